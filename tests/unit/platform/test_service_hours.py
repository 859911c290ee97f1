"""The clock of the service calendar, on the wall of Shanghai."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.contracts.config import ServiceHours, Span, SpecialDay
from springline.platform.service_hours import elapsed, holiday, is_open, later, opening_after

DAY = (Span(opens=450, closes=1230),)  # 07:30 to 20:30
HOURS = ServiceHours(
    week=(DAY,) * 7,
    days={
        "2026-02-17": SpecialDay(spans=(), holiday="spring"),
        "2026-02-18": SpecialDay(spans=(Span(opens=540, closes=720),), holiday="spring"),
        "2026-10-01": SpecialDay(holiday="national"),
    },
)
SPLIT = ServiceHours(week=((Span(opens=780, closes=1080), Span(opens=480, closes=720)),) * 5 + ((), ()))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
calendars = st.sampled_from([HOURS, SPLIT])


def at(text: str) -> datetime:
    """A time on the wall of Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("2026-03-02 07:29:59", False),
        ("2026-03-02 07:30", True),
        ("2026-03-02 20:29:59", True),
        ("2026-03-02 20:30", False),
        ("2026-02-17 12:00", False),
        ("2026-02-18 11:59", True),
        ("2026-02-18 12:00", False),
        ("2026-10-01 08:00", True),
    ],
)
def test_open(text: str, is_it: bool) -> None:
    assert is_open(HOURS, at(text)) is is_it


def test_holidays_have_names() -> None:
    assert holiday(HOURS, at("2026-10-01 08:00")) == "national"
    assert holiday(HOURS, at("2026-10-02 08:00")) is None


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-02 10:00", 15, "2026-03-02 10:15"),
        ("2026-03-02 20:25", 15, "2026-03-03 07:40"),
        ("2026-03-02 23:40", 30, "2026-03-03 08:00"),
        ("2026-03-02 20:15", 15, "2026-03-02 20:30"),
        ("2026-02-16 20:25", 15, "2026-02-18 09:10"),
        ("2026-02-17 12:00", 200, "2026-02-19 07:50"),
    ],
)
def test_the_clock_stands_still_at_night(start: str, minutes: int, due: str) -> None:
    assert later(HOURS, at(start), minutes * 60) == at(due)


def test_without_a_calendar_we_never_close() -> None:
    now = at("2026-03-02 03:00")
    assert is_open(None, now)
    assert (opening_after(None, now), later(None, now, 60)) == (now, now + timedelta(seconds=60))
    assert holiday(None, now) is None


def test_a_calendar_that_never_opens_ends() -> None:
    never = ServiceHours(week=((),) * 7)
    now = at("2026-03-02 03:00")
    assert opening_after(never, now) == now
    assert later(never, now, 60) == now + timedelta(seconds=60)


@given(hours=calendars, now=moments, seconds=st.integers(1, 40_000))
def test_laws(hours: ServiceHours, now: datetime, seconds: int) -> None:
    due = later(hours, now, seconds)
    assert elapsed(hours, now, due) == pytest.approx(seconds)
    assert due >= now + timedelta(seconds=seconds)
    assert is_open(hours, opening_after(hours, now))
    assert is_open(hours, due - timedelta(seconds=0.5))
