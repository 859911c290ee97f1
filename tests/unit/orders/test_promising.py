"""When the water comes: by area and hour, in working time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.orders.promising import CLOSES, OPENS, SHANGHAI, promise


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "minutes", "promised"),
    [
        ("25T09:12:40", 120, "25T11:15"),
        ("25T09:00:00", 120, "25T11:00"),
        ("25T05:00:00", 60, "25T08:30"),  # before we open
        ("25T20:00:00", 60, "26T08:00"),  # half an hour today, half an hour tomorrow
        ("25T20:30:00", 120, "26T09:30"),
        ("25T23:50:00", 120, "26T09:30"),
        ("25T09:00:00", 1440, "26T20:30"),  # the next day
        ("25T09:00:00", 2000, "27T20:30"),
    ],
)
def test_the_promise(now: str, minutes: int, promised: str) -> None:
    assert promise(at(now), minutes) == at(promised)


def test_nothing_is_promised_where_nothing_is_known() -> None:
    assert promise(at("25T09:00:00"), None) is None


@given(st.integers(0, 700 * 24 * 3600), st.integers(1, 5000))
def test_always_later_and_while_we_work(seconds: int, minutes: int) -> None:
    now = at("01T00:00:00") + timedelta(seconds=seconds)
    promised = promise(now, minutes)
    assert promised is not None
    assert promised > now
    assert OPENS <= promised.time() <= CLOSES
    assert promised.minute % 5 == 0
    assert promised - now <= timedelta(days=minutes // 780 + 3)
