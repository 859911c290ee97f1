"""What a day of calls out may cost, to the 分 and to the minute of midnight in Shanghai."""

from datetime import UTC, datetime, timedelta

import pytest

from springline.contracts import subjects
from springline.contracts.config import OutboundConfig
from springline.platform.bus import MemoryBus
from springline.telephony.control.daily_limits import DailyLimits, DayOut, cost, store_day, stored_day

RULES = OutboundConfig(callback_number="05643210000", daily_calls=3, rate=30, daily_spend=100)
# Five minutes before midnight in Shanghai.
LATE = datetime(2026, 11, 24, 15, 55, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "fen"), [(0, 0), (0.1, 30), (60, 30), (60.1, 60), (3600, 1800)])
def test_begun_minutes_count_and_a_call_nobody_took_is_free(seconds: float, fen: int) -> None:
    assert cost(seconds, 30) == fen


def test_the_money_ends_before_the_next_minute_would_exceed_it() -> None:
    limits = DailyLimits()
    limits.spend(LATE, 61, RULES.rate)
    assert limits.refusal(LATE, RULES, ()) is None, "60 of 100 spent: one more minute is 90"
    limits.spend(LATE, 5, RULES.rate)
    assert limits.refusal(LATE, RULES, ()) == "spend_cap"


def test_calls_that_go_on_and_that_ring_cost_as_well() -> None:
    limits = DailyLimits()
    assert limits.refusal(LATE, RULES, (0.0, 0.0)) is None
    assert limits.refusal(LATE, RULES, (0.0, 0.0, 0.0)) == "spend_cap"
    assert limits.refusal(LATE, RULES, (130.0,)) == "spend_cap"


def test_midnight_of_shanghai_begins_anew() -> None:
    limits = DailyLimits()
    limits.spend(LATE, 600, RULES.rate)
    for _ in range(RULES.daily_calls):
        limits.count(LATE)
    assert limits.refusal(LATE + timedelta(minutes=4), RULES, ()) == "daily_cap"
    assert limits.refusal(LATE + timedelta(minutes=6), RULES, ()) is None


async def test_a_restart_goes_on_with_the_day_and_not_with_another_one() -> None:
    bus, told = MemoryBus(), list[DayOut]()
    assert await stored_day(bus) is None
    before = DailyLimits(keep=told.append)
    before.count(LATE)
    before.spend(LATE, 150, RULES.rate)
    before.spend(LATE, 0, RULES.rate)
    assert len(told) == 2, "what costs nothing changes nothing"
    await store_day(bus, told)
    after = DailyLimits(await stored_day(bus))
    assert after.refusal(LATE, RULES, ()) == "spend_cap"
    assert DailyLimits(await stored_day(bus)).refusal(LATE + timedelta(minutes=6), RULES, ()) is None


async def test_a_day_that_nobody_can_read_keeps_no_control_from_starting() -> None:
    bus = MemoryBus()
    await bus.kv_put(subjects.CONTROL_BUCKET, subjects.DAY_OUT_KEY, b"{")
    assert await stored_day(bus) is None
