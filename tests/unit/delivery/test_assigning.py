"""Who gets an order: cases by name, and what holds for any of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.delivery.assigning import (
    COUNTY,
    ESTATE,
    NOWHERE,
    TOWN,
    Area,
    Candidate,
    Choice,
    Nobody,
    Place,
    choose,
    fits,
)

HUOSHAN, HENGSHAN = "341525", "341525100"
PLACE = Place(HUOSHAN, HENGSHAN, "衡山镇迎驾小区3栋")
COUNTY_AREA, TOWN_AREA, ESTATE_AREA = (
    Area(HUOSHAN),
    Area(HUOSHAN, HENGSHAN),
    Area(HUOSHAN, HENGSHAN, "迎驾小区"),
)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def one(id: int, *areas: Area, **more: object) -> Candidate:
    facts = {"on_shift": True, "capacity": 20, "load": 0, "open_tasks": 0, **more}
    return Candidate(courier_id=id, station_id=1, areas=areas or (COUNTY_AREA,), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("area", "match"),
    [
        (COUNTY_AREA, COUNTY),
        (TOWN_AREA, TOWN),
        (ESTATE_AREA, ESTATE),
        (Area(HUOSHAN, "", "迎驾小区"), ESTATE),
        (Area(HUOSHAN, "341525101"), NOWHERE),
        (Area("341502"), NOWHERE),
        (Area(HUOSHAN, HENGSHAN, "别的小区"), NOWHERE),
    ],
)
def test_how_narrow_an_area_is(area: Area, match: int) -> None:
    assert fits(area, PLACE) == match


def test_an_unknown_county_is_in_no_territory() -> None:
    assert (
        choose(Place("", "", "迎驾小区"), 1, [one(1, Area("", "", "迎驾小区"))]).nobody is Nobody.NO_TERRITORY
    )


def test_the_town_comes_before_the_county_however_busy() -> None:
    busy = one(1, TOWN_AREA, load=10, open_tasks=9)
    assert choose(PLACE, 2, [one(2), busy]).courier_id == 1


def test_a_full_vehicle_leaves_it_to_the_county() -> None:
    assert choose(PLACE, 2, [one(2), one(1, TOWN_AREA, load=19)]) == Choice(2, 1, COUNTY)


def test_of_equals_the_higher_priority_then_the_fewest_tasks_then_in_turn() -> None:
    preferred = Area(HUOSHAN, HENGSHAN, priority=5)
    assert choose(PLACE, 1, [one(1, TOWN_AREA), one(2, preferred, open_tasks=5)]).courier_id == 2
    assert choose(PLACE, 1, [one(1, open_tasks=2), one(2, open_tasks=1)]).courier_id == 2
    earlier, later = NOW - timedelta(hours=2), NOW
    assert choose(PLACE, 1, [one(1, last_offer_at=later), one(2, last_offer_at=earlier)]).courier_id == 2
    assert choose(PLACE, 1, [one(1, last_offer_at=earlier), one(2)]).courier_id == 2


def test_an_order_larger_than_any_vehicle_goes_to_one_without_load() -> None:
    assert choose(PLACE, 60, [one(1, load=1), one(2)]).courier_id == 2


@pytest.mark.parametrize(
    ("candidates", "tried", "why"),
    [
        ([], (), Nobody.NO_TERRITORY),
        ([one(1, Area("341502"))], (), Nobody.NO_TERRITORY),
        ([one(1, on_shift=False)], (), Nobody.NOBODY_ON_SHIFT),
        ([one(1, load=20, open_tasks=3)], (), Nobody.ALL_FULL),
        ([one(1), one(2, on_shift=False)], (1,), Nobody.ALL_TRIED),
    ],
)
def test_why_there_is_nobody(candidates: list[Candidate], tried: tuple[int, ...], why: Nobody) -> None:
    assert choose(PLACE, 2, candidates, tried=tried) == Choice(nobody=why)


AREAS = st.sampled_from([COUNTY_AREA, TOWN_AREA, ESTATE_AREA, Area("341502"), Area(HUOSHAN, "341525101")])
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        courier_id=st.integers(1, 9),
        station_id=st.integers(1, 3),
        areas=st.lists(AREAS, max_size=3).map(tuple),
        on_shift=st.booleans(),
        capacity=st.integers(1, 20),
        load=st.integers(0, 25),
        open_tasks=st.integers(0, 8),
        last_offer_at=st.none() | st.integers(0, 99).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    ),
    max_size=8,
    unique_by=lambda candidate: candidate.courier_id,
)


@given(CANDIDATES, st.integers(1, 30), st.frozensets(st.integers(1, 9)), st.none() | st.integers(1, 3))
def test_whoever_is_chosen_may_be_and_nobody_is_better(
    candidates: list[Candidate], qty: int, tried: frozenset[int], station: int | None
) -> None:
    choice = choose(PLACE, qty, candidates, tried=tried, station_id=station)
    fit = [
        one
        for one in candidates
        if one.on_shift
        and one.courier_id not in tried
        and one.has_room(qty)
        and station in (None, one.station_id)
        and max((fits(area, PLACE) for area in one.areas), default=NOWHERE)
    ]
    assert (choice.courier_id is None) == (not fit) == (choice.nobody is not None)
    if choice.courier_id is not None:
        [chosen] = [one for one in fit if one.courier_id == choice.courier_id]
        assert choice.station_id == chosen.station_id
        assert choice.match == max(fits(area, PLACE) for one in fit for area in one.areas)
        equals = [one for one in fit if set(one.areas) == set(chosen.areas)]
        assert chosen.open_tasks == min(one.open_tasks for one in equals)


@given(CANDIDATES, st.randoms())
def test_the_order_of_the_list_does_not_matter(candidates: list[Candidate], random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(PLACE, 2, shuffled) == choose(PLACE, 2, candidates)
