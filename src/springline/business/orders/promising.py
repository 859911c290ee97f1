"""When we say the water comes: by area and hour. Pure; times are aware, hours Shanghai's."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(7, 30), time(20, 30)
_STEP = timedelta(minutes=5)
_DAY = 24 * 60


def promise(now: datetime, minutes: int | None) -> datetime | None:
    """The moment we promise for an order placed `now`, with `minutes` promised in its area (None: unknown).

    Working time counts: what does not fit into today goes on when we open tomorrow. A day or more is a
    promise by days: the end of tomorrow, of the day after, and so on. Rounded up to five minutes.
    """
    if minutes is None:
        return None
    local = now.astimezone(SHANGHAI)
    if minutes >= _DAY:
        return _at(local, CLOSES) + timedelta(days=-(-minutes // _DAY))
    start = max(local, _at(local, OPENS))
    left = timedelta(minutes=minutes)
    while start + left > _at(start, CLOSES):
        left -= max(timedelta(0), _at(start, CLOSES) - start)
        start = _at(start, OPENS) + timedelta(days=1)
    return _rounded(start + left)


def _at(day: datetime, hour: time) -> datetime:
    return datetime.combine(day.date(), hour, SHANGHAI)


def _rounded(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + _STEP
