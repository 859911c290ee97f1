"""The service calendar: when are we open, and a clock that runs only then. Pure; shared by both floors.

Times in and out are aware UTC datetimes; the days and minutes of a calendar are those on the wall of its
time zone. Without a calendar (None) we are always open.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from springline.contracts.config import ServiceHours, Span

_MOST_DAYS = 400
"""A calendar that is not open once within this many days is taken for one that never is."""


def is_open(hours: ServiceHours | None, at: datetime) -> bool:
    return hours is None or any(begin <= at < end for begin, end in _spans_on(hours, _local_day(hours, at)))


def holiday(hours: ServiceHours | None, at: datetime) -> str | None:
    """The name of this day's holiday, as the prompts know it."""
    if hours is None:
        return None
    day = hours.days.get(_local_day(hours, at).isoformat())
    return day.holiday if day else None


def opening_after(hours: ServiceHours | None, at: datetime) -> datetime:
    """The next moment at which we open; `at` for a calendar that never does, or never closes."""
    if hours is None:
        return at
    return next((begin for begin, _ in _spans_from(hours, at) if begin > at), at)


def later(hours: ServiceHours | None, at: datetime, seconds: float) -> datetime:
    """When `seconds` of opening time will have passed since `at`."""
    left = timedelta(seconds=seconds)
    if hours is None:
        return at + left
    for begin, end in _spans_from(hours, at):
        begin = max(begin, at)
        if begin + left <= end:
            return begin + left
        left -= end - begin
    return at + timedelta(seconds=seconds)


def elapsed(hours: ServiceHours | None, begin: datetime, end: datetime) -> float:
    """Seconds of opening time between two moments."""
    if hours is None:
        return max((end - begin).total_seconds(), 0.0)
    total = timedelta()
    for opens, closes in _spans_from(hours, begin):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, begin), timedelta())
    return total.total_seconds()


def _spans_from(hours: ServiceHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Opening times that end after `at`, in order."""
    first = _local_day(hours, at)
    for days in range(_MOST_DAYS):
        for begin, end in _spans_on(hours, first + timedelta(days=days)):
            if end > at:
                yield begin, end


def _spans_on(hours: ServiceHours, day: date) -> list[tuple[datetime, datetime]]:
    special = hours.days.get(day.isoformat())
    spans = hours.week[day.weekday()] if special is None or special.spans is None else special.spans
    return [(_moment(hours, day, span.opens), _moment(hours, day, span.closes)) for span in _sorted(spans)]


def _sorted(spans: tuple[Span, ...]) -> list[Span]:
    return sorted(spans, key=lambda span: span.opens)


def _moment(hours: ServiceHours, day: date, minutes: int) -> datetime:
    midnight = datetime.combine(day, time(), ZoneInfo(hours.timezone))
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def _local_day(hours: ServiceHours, at: datetime) -> date:
    return at.astimezone(ZoneInfo(hours.timezone)).date()
