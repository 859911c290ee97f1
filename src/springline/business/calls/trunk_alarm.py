"""Tells people that the trunk is dead: the carrier does not answer, or nobody calls in hours that have calls.

A dead trunk makes no noise of its own: callers hear the carrier's words, and here it is only quiet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import prometheus_client as metrics
from django.db import transaction
from django.utils import timezone

from springline.business import jobs
from springline.business.calls.models import Call, SystemEvent
from springline.business.hotline import calendar
from springline.business.hotline.models import Hotline
from springline.business.messaging import services as messages
from springline.contracts import codec
from springline.contracts.house_events import EngineStatus, TrunkChanged
from springline.platform.service_hours import is_open

LOOK_SECONDS = 10.0
OLD_NEWS = timedelta(hours=6)
WEEKS = 4
WINDOWS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
USUAL_CALLS = 6.0
"""So many calls are usual in a window: that none comes by chance happens once in 400 windows."""

SILENT = metrics.Gauge("springline_trunk_silent", "Whether nobody calls though it is usual to (1: silence)")


@dataclass(frozen=True)
class Silence:
    """No call since `since` (None: never); `usual` calls come in the last `minutes` of such a day."""

    since: datetime | None
    minutes: int
    usual: float


def register() -> None:
    jobs.every(LOOK_SECONDS, "calls.trunk_alarm", look)


def look(now: datetime | None = None) -> None:
    now = now or timezone.now()
    _tell_of_changes(now)
    found = silence(now)
    SILENT.set(found is not None)
    if found is not None:
        _tell_of_silence(found, now)


def silence(now: datetime) -> Silence | None:
    """The shortest window in which calls are usual at this time of this weekday, and none came.

    While we are closed nobody is expected.
    """
    if not any(is_open(calendar.service_hours(hotline), now) for hotline in Hotline.objects.all()):
        return None
    real = Call.objects.filter(direction="in", is_test=False, arrived_at__lte=now)
    last = real.order_by("-arrived_at").first()
    since = last.arrived_at if last is not None else None
    for window in WINDOWS:
        if since is not None and now - since < window:
            return None
        usual = _usual(now, window)
        if usual >= USUAL_CALLS:
            return Silence(since, int(window.total_seconds() // 60), usual)
    return None


def _usual(now: datetime, window: timedelta) -> float:
    """The mean of the same window one to four weeks ago; a week without any call (closed) counts as well."""
    return sum(_calls_before(now - timedelta(weeks=week), window) for week in range(1, WEEKS + 1)) / WEEKS


def _calls_before(end: datetime, window: timedelta) -> int:
    return Call.objects.filter(
        direction="in", is_test=False, arrived_at__gt=end - window, arrived_at__lte=end
    ).count()


def _tell_of_changes(now: datetime) -> None:
    """Each outage once, and its end if the outage was told."""
    rows = SystemEvent.objects.filter(type="TrunkChanged", at__gte=now - OLD_NEWS).order_by("-seq")[:2]
    events = [codec.decode(row.data.encode(), TrunkChanged) for row in rows]
    if not events:
        return
    if events[0].status is EngineStatus.DOWN:
        _tell(
            "trunk.down",
            events[0].id,
            f"中继中断：运营商自 {_clock(events[0].at)} 起没有应答，客户可能打不进来。",
        )
    elif len(events) == 2 and events[1].status is EngineStatus.DOWN:
        _tell("trunk.up", events[0].id, f"中继恢复：运营商自 {_clock(events[0].at)} 起又有应答。")


def _tell_of_silence(found: Silence, now: datetime) -> None:
    key = found.since.isoformat() if found.since else now.date().isoformat()
    _tell(
        "trunk.silent",
        key,
        f"热线过于安静：{found.minutes} 分钟没有来电，平时约 {found.usual:.0f} 通，请试拨 400 号码。",
    )


def _tell(event: str, key: str, text: str) -> None:
    """To robots, webhooks and the mobile phones of every hotline, once per `key`."""
    key = f"{event}:{key}"
    with transaction.atomic():
        messages.tell_robots(event, text, key=key, about="trunk")
        messages.publish(event, {"text": text}, key=key, about="trunk")
        for hotline in Hotline.objects.all():
            for phone in hotline.reminder_phones:
                params = (_SMS_WORDS[event],)
                messages.sms("trunk_alarm", phone, params, key=f"{key}:{phone}", about="trunk")


_SMS_WORDS = {"trunk.down": "中继无应答", "trunk.up": "中继已恢复", "trunk.silent": "长时间无来电"}


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")
