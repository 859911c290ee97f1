"""The pure rules: the table of states, clocks, rounds, commission."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.delivery.clocks import TRUSTED, corrected, plausible
from springline.business.delivery.earning import Rule, earned
from springline.business.delivery.routing import Stop, round_of
from springline.business.delivery.states import OPEN, TASKS, TaskEventKind, TaskState, after
from springline.platform.states import IllegalTransition

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
_S, _K = TaskState, TaskEventKind
ROWS = [
    # offered, accepted, picked_up, arrived, delivered, failed, withdrawn
    (_K.ACCEPT, "a-----a"),
    (_K.REFUSE, "w------"),
    (_K.PICK_UP, "pp-----"),
    (_K.ARRIVE, "rrr----"),
    (_K.DELIVER, "dddd--d"),
    (_K.FAIL, "ffff---"),
    (_K.WITHDRAW, "wwww---"),
]
LETTERS = {"a": _S.ACCEPTED, "p": _S.PICKED_UP, "r": _S.ARRIVED, "d": _S.DELIVERED, "f": _S.FAILED}
LETTERS["w"] = _S.WITHDRAWN


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_the_whole_table(kind: TaskEventKind, row: str) -> None:
    for state, letter in zip(TaskState, row, strict=True):
        if letter == "-":
            with pytest.raises(IllegalTransition):
                after(state, kind)
        else:
            assert after(state, kind) is LETTERS[letter]


def test_nothing_else_is_in_the_table() -> None:
    assert {kind for _state, kind in TASKS} == {kind for kind, _row in ROWS}
    assert {_S.OFFERED, _S.ACCEPTED, _S.PICKED_UP, _S.ARRIVED} == OPEN


def test_a_clock_that_is_right_is_left_alone() -> None:
    at = NOW - timedelta(minutes=10)
    assert corrected(at, NOW - timedelta(seconds=3), NOW) == at


@given(st.integers(-3 * 86_400, 3 * 86_400), st.integers(0, 86_400))
def test_a_wrong_clock_is_corrected_by_what_it_said_at_sending(wrong: int, ago: int) -> None:
    skew, true = timedelta(seconds=wrong), NOW - timedelta(seconds=ago)
    found = corrected(true + skew, NOW + skew, NOW)
    assert found <= NOW
    assert abs(found - true) <= (TRUSTED if abs(skew) <= TRUSTED else timedelta(0))


def test_when_a_delivery_is_plausible() -> None:
    offered, told = NOW - timedelta(hours=2), NOW - timedelta(minutes=30)
    at = NOW - timedelta(hours=1)
    assert plausible(at, offered_at=offered, received_at=NOW)
    assert plausible(at, offered_at=offered, received_at=NOW, told_at=told)
    assert not plausible(NOW, offered_at=offered, received_at=NOW, told_at=told)
    assert not plausible(offered - timedelta(minutes=5), offered_at=offered, received_at=NOW)
    assert not plausible(at, offered_at=offered, received_at=NOW + timedelta(days=2))


def stop(id: int, minutes: int | None, *, urged: bool = False, **more: object) -> Stop:
    promise = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Stop(id, promise, str(more.pop("town", "")), str(more.pop("text", "")), urged=urged, **more)  # type: ignore[arg-type]


def test_without_coordinates_by_promise_then_town_then_address() -> None:
    stops = [
        stop(1, None),
        stop(2, 60, town="b", text="x"),
        stop(3, 60, town="a", text="z"),
        stop(4, 60, town="a", text="y"),
        stop(5, 30),
        stop(6, 90, urged=True),
    ]
    assert round_of(stops, (31.7, 116.5), NOW) == [6, 5, 4, 3, 2, 1]


def test_by_road_the_near_one_comes_before_the_far_one() -> None:
    far, near, middle = (
        stop(1, 300, lat=31.80, lng=116.5),
        stop(2, 300, lat=31.71, lng=116.5),
        stop(3, 300, lat=31.75, lng=116.5),
    )
    assert round_of([far, near, middle], (31.70, 116.5), NOW) == [2, 3, 1]


def test_a_promise_is_kept_before_the_road_is_shortened() -> None:
    near, far = stop(1, 300, lat=31.72, lng=116.5), stop(2, 25, lat=31.74, lng=116.48)
    other_way = stop(3, 300, lat=31.71, lng=116.52)
    assert round_of([near, far, other_way], (31.70, 116.5), NOW)[0] == 2


def test_who_is_late_comes_first() -> None:
    near, late = stop(1, 300, lat=31.71, lng=116.5), stop(2, -5, lat=31.79, lng=116.5)
    assert round_of([near, late], (31.70, 116.5), NOW) == [2, 1]


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-60, 240),
            st.booleans(),
            st.none() | st.tuples(st.floats(31.5, 32), st.floats(116, 117)),
        ),
        max_size=7,
    )
)
def test_every_stop_is_visited_once(facts: list[tuple[int | None, bool, tuple[float, float] | None]]) -> None:
    stops = [
        stop(id, minutes, urged=urged, lat=at[0] if at else None, lng=at[1] if at else None)
        for id, (minutes, urged, at) in enumerate(facts, 1)
    ]
    assert sorted(round_of(stops, (31.7, 116.5), NOW)) == [one.id for one in stops]


@pytest.mark.parametrize(
    ("qty", "floor", "lift", "fen"),
    [(2, 5, "no", 100 + 300 + 2 * 4 * 50), (2, 5, "yes", 400), (2, 5, "unknown", 400), (2, None, "no", 400),
     (2, -1, "no", 400), (0, 5, "no", 0)],
)  # fmt: skip
def test_commission(qty: int, floor: int | None, lift: str, fen: int) -> None:
    assert earned(Rule(100, 150, 50), qty, floor, lift)[0] == fen


def test_commission_says_how() -> None:
    assert earned(Rule(0, 150, 50), 2, 3, "no")[1] == "2 桶 × 1.50 + 爬楼 2 桶 × 2 层 × 0.50"
