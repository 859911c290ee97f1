"""Tells people of calls that the engine refused before they were one: those callers are on no list."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from springline.business import jobs
from springline.business.calls.models import SystemEvent
from springline.business.messaging import services as messages
from springline.contracts import codec
from springline.contracts.house_events import CallsTurnedAway, TurnedAwayFor
from springline.platform.findings import Finding, good, warning

LOOK_SECONDS = 60.0
RECENT, WINDOW = timedelta(days=1), timedelta(hours=1)
OFTEN = 3
"""In a window. One call may be somebody's test; a carrier that changed its codecs has all refused."""

_WORDS = {
    TurnedAwayFor.CODEC: ("编解码不符", "no codec of ours offered"),
    TurnedAwayFor.TRANSPORT: ("只提供加密语音", "only encrypted sound offered"),
    TurnedAwayFor.OFFER: ("媒体描述读不懂", "an offer that cannot be read"),
    TurnedAwayFor.NUMBER: ("被叫号码无效", "no valid number dialled"),
}


def register() -> None:
    jobs.every(LOOK_SECONDS, "calls.turned_away", look)


def counts(now: datetime, window: timedelta) -> Counter[TurnedAwayFor]:
    """Refused calls of the last `window` by reason."""
    rows = SystemEvent.objects.filter(type="CallsTurnedAway", error="", at__gt=now - window, at__lte=now)
    found: Counter[TurnedAwayFor] = Counter()
    for row in rows:
        event = codec.decode(row.data.encode(), CallsTurnedAway)
        found[event.reason] += event.count
    return found


def look(now: datetime | None = None) -> None:
    """To robots and webhooks, at most once an hour."""
    now = now or timezone.now()
    found = counts(now, WINDOW)
    if found.total() < OFTEN:
        return
    text = (
        f"一小时内有 {found.total()} 通来电被电话引擎拒接：{_words(found, 0)}。"
        "客户打不进来，请运行 springline doctor 并联系运营商。"
    )
    key = f"trunk.refused_calls:{timezone.localtime(now):%Y-%m-%d %H}"
    with transaction.atomic():
        messages.tell_robots("trunk.refused_calls", text, key=key, about="trunk")
        messages.publish("trunk.refused_calls", {"text": text}, key=key, about="trunk")


def finding() -> Finding:
    """For the doctor: the last day's."""
    found = counts(timezone.now(), RECENT)
    if not found:
        return good("turned-away", "一天内没有来电被电话引擎拒接", "The engine refused no call in a day")
    return warning(
        "turned-away",
        f"一天内有 {found.total()} 通来电被电话引擎拒接，不在通话记录里：{_words(found, 0)}",
        f"The engine refused {found.total()} calls in a day, which are in no list: {_words(found, 1)}",
        "请运营商提供 G.711（PCMA/PCMU）且不加密的语音，被叫送 400 号码；详情见电话引擎的日志 messages。",
        "Ask the carrier for plain G.711 (PCMA/PCMU) and for the hotline's number as the called one; "
        "the engine's log `messages` has details.",
    )


def _words(found: Counter[TurnedAwayFor], language: int) -> str:
    """The most frequent first; `language`: 0 Chinese, 1 English."""
    separator = "；" if language == 0 else "; "
    return separator.join(f"{_WORDS[reason][language]} × {count}" for reason, count in found.most_common())
