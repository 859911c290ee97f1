"""The formulas of requirements §1.3, by hand and as laws."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from springline.business.reports.measures import CallFacts, measure

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOON + timedelta(seconds=seconds)


def call(
    queued: float | None = 10,
    connected: float | None = None,
    ended: float | None = 100,
    talk: float = 0.0,
    **more: bool,
) -> CallFacts:
    return CallFacts(NOON, at(queued), at(connected), at(ended), talk, **more)


def handled(wait: float = 5, talk: float = 120) -> CallFacts:
    return call(10, 10 + wait, 10 + wait + talk, talk)


def abandoned(after: float) -> CallFacts:
    return call(10, None, 10 + after)


def test_a_day_by_hand() -> None:
    """20 handled (2 after 25 s); left after 3, 10 and 40 s; 1 message; 1 left in the menu, 1 out of area."""
    found = measure(
        [
            *(handled() for _ in range(18)),
            *(handled(wait=25, talk=60) for _ in range(2)),
            abandoned(3),
            abandoned(10),
            abandoned(40),
            call(message=True),
            call(queued=None),
            call(queued=None, out_of_area=True),
        ]
    )
    assert (found.calls, found.requests, found.connected) == (26, 24, 20)
    assert found.connect_rate == 20 / (24 - 1)
    assert found.service_level == 18 / (20 + 1)
    assert found.abandon_rate == 3 / 24
    assert found.average_talk == (18 * 120 + 2 * 60) / 20
    assert (found.messages, found.out_of_area, found.left_in_menu) == (1, 1, 1)
    assert found.connect_needs_action


def test_the_acceptance_of_g2() -> None:
    """100 calls, 4 lost: 96 % green; 6 lost: 94 % red."""
    good = measure([*(handled() for _ in range(96)), *(abandoned(30) for _ in range(4))])
    assert (good.connect_rate, good.connect_needs_action) == (0.96, False)
    bad = measure([*(handled() for _ in range(94)), *(abandoned(30) for _ in range(6))])
    assert (bad.connect_rate, bad.connect_needs_action) == (0.94, True)


def test_few_calls_alarm_nobody() -> None:
    found = measure([*(handled() for _ in range(10)), *(abandoned(30) for _ in range(9))])
    assert found.connect_rate == 10 / 19
    assert not found.connect_needs_action


def test_a_message_is_no_connection_and_no_abandoned_call() -> None:
    found = measure([handled(), call(message=True)])
    assert found.connect_rate == 1 / 2
    assert found.abandoned == 0


def test_who_still_waits_counts_neither_way() -> None:
    found = measure([handled(), call(ended=None)])
    assert found.connect_rate == 1.0
    assert found.open == 1


def test_whom_an_agent_took_while_control_was_away_is_connected() -> None:
    found = measure([handled(), call(queued=None, connected=12, ended=60, talk=48)])
    assert (found.requests, found.connected, found.left_in_menu) == (2, 2, 0)
    assert (found.connect_rate, found.service_level) == (1.0, 1.0)


def test_nothing_is_divided_by_nothing() -> None:
    found = measure([])
    assert (found.connect_rate, found.service_level, found.average_talk) == (None, None, None)
    assert measure([abandoned(2)]).connect_rate is None


_seconds = st.none() | st.floats(0, 300)


@st.composite
def _calls(draw: st.DrawFn) -> CallFacts:
    queued = draw(_seconds)
    connected = draw(st.none() | st.floats(0, 60).map(lambda wait: (queued or 0) + wait))
    last = connected or queued or 0.0
    ended = draw(st.none() | st.floats(0, 300).map(lambda more: last + more))
    message = ended is not None and connected is None and draw(st.booleans())
    outside = queued is None and connected is None and draw(st.booleans())
    return call(queued, connected, ended, 10.0, message=message, out_of_area=outside)


@given(st.lists(_calls(), max_size=40))
def test_every_call_is_counted_in_exactly_one_place(calls: list[CallFacts]) -> None:
    found = measure(calls)
    still_open = sum(one.ended_at is None and one.connected_at is None for one in calls)
    places = (found.connected, found.abandoned, found.messages, found.out_of_area, found.left_in_menu)
    assert found.calls == sum(places) + still_open
    rates = (found.connect_rate, found.offered_connect_rate, found.service_level, found.abandon_rate)
    assert all(rate is None or 0 <= rate <= 1 for rate in rates)
