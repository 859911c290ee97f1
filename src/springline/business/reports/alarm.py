"""Tells people that today's connect rate is below its target (G2): not everybody looks at the board."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from springline.business import jobs
from springline.business.days import bounds
from springline.business.messaging import services as messages
from springline.business.reports import selectors
from springline.business.reports.measures import CONNECT_TARGET, Measures

LOOK_SECONDS = 60.0


def register() -> None:
    jobs.every(LOOK_SECONDS, "reports.connect_alarm", look)


def look(now: datetime | None = None) -> None:
    """Robots and webhooks hear of it once a day."""
    day = timezone.localdate(now)
    found = selectors.measures(*bounds(day))
    if found.connect_needs_action:
        _tell(found, f"connect.low:{day:%Y-%m-%d}")


def _tell(found: Measures, key: str) -> None:
    assert found.connect_rate is not None
    text = (
        f"今日接通率 {found.connect_rate:.1%}，低于 {CONNECT_TARGET:.0%}：人工请求 {found.requests} 通，"
        f"接通 {found.connected} 通，留言 {found.messages} 通，放弃 {found.abandoned} 通。"
        "请增加在线坐席或查看大屏。"
    )
    data = {
        "connect_rate": round(found.connect_rate, 4),
        "target": CONNECT_TARGET,
        "requests": found.requests,
        "connected": found.connected,
        "messages": found.messages,
        "abandoned": found.abandoned,
        "text": text,
    }
    with transaction.atomic():
        messages.tell_robots("connect.low", text, key=key, about="connect_rate")
        messages.publish("connect.low", data, key=key, about="connect_rate")
