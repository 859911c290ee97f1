"""The day's callers: shares met to the call, the peak where the brief has it."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from springline.day.profile import (
    AREAS,
    DAY_SECONDS,
    KNOWN,
    TEMPERS,
    WISHES,
    Area,
    Temper,
    Wish,
    clock,
    schedule,
)

PEAK = (3600.0, 3 * 3600.0)


@given(st.integers(1, 400), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_every_day_keeps_the_profile(calls: int, seed: int) -> None:
    day = schedule(calls, seed)

    assert [visit.no for visit in day] == list(range(1, calls + 1))
    assert [visit.at for visit in day] == sorted(visit.at for visit in day)
    assert all(0 <= visit.at < DAY_SECONDS for visit in day)
    for shares, dealt in (
        (WISHES, Counter(visit.wish for visit in day)),
        (AREAS, Counter(visit.area for visit in day)),
        (TEMPERS, Counter(visit.temper for visit in day)),
    ):
        for key, share in shares.items():
            assert abs(dealt[key] - share * calls / 100) < 1  # type: ignore[index]
    peak = sum(PEAK[0] <= visit.at < PEAK[1] for visit in day)
    assert abs(peak - 0.4 * calls) < 2


@given(st.integers(1, 400), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_nobody_is_mistaken_for_another(calls: int, seed: int) -> None:
    known = {number for numbers in KNOWN.values() for number in numbers}
    strangers = [visit.own_number for visit in schedule(calls, seed) if not visit.known]

    assert len(set(strangers)) == len(strangers)
    assert not set(strangers) & known
    for visit in schedule(calls, seed):
        assert (visit.number == "anonymous") is (visit.temper is Temper.MASKED)
        assert visit.own_number.startswith("0551") is visit.temper.value.startswith("outside")
        assert not visit.known or visit.own_number in KNOWN[visit.area]


def test_the_brief_s_hundred_calls() -> None:
    day = schedule(100, 1)

    wishes = Counter(visit.wish for visit in day)
    assert (wishes[Wish.ORDER], wishes[Wish.AFTERSALE]) == (60, 30)
    areas = Counter(visit.area for visit in day)
    assert (areas[Area.CITY], areas[Area.HUOSHAN]) == (60, 20)
    assert sum(PEAK[0] <= visit.at < PEAK[1] for visit in day) == 40


def test_a_seed_is_a_day() -> None:
    assert schedule(50, 7) == schedule(50, 7) != schedule(50, 8)


def test_the_clock_on_the_wall() -> None:
    assert [clock(0), clock(3659), clock(DAY_SECONDS - 1)] == ["08:00", "09:00", "19:59"]
