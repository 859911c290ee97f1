"""The fold of a call's events never fails, whatever they are, and its phases follow one another sanely."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    AnyCallEvent,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerQuality,
    CallHeld,
    CallOutcome,
    CallQueued,
    CallRejected,
    CallUnheld,
    HangupBy,
    InputMissed,
    KeyPressed,
    MenuEntered,
    NoticePlayed,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.live import CallPhase
from springline.telephony.control.folding import fold

CALL = "c1"
AGENTS = st.sampled_from(["1001", "1002"])
START = datetime(2026, 1, 31, tzinfo=UTC)
ARRIVED = CallArrived(
    at=START, call_id=CALL, channel_id="x", dialled="4000564000", hotline="4000564000", caller_raw="138",
    caller=None, caller_quality=CallerQuality.INVALID,
)  # fmt: skip


def moments() -> st.SearchStrategy[datetime]:
    """Also backwards: the clock of a machine is set now and then."""
    return st.integers(-5, 3600).map(lambda seconds: START + timedelta(seconds=seconds))


def event(kind: type, **fields: object) -> st.SearchStrategy[AnyCallEvent]:
    given = {name: v if isinstance(v, st.SearchStrategy) else st.just(v) for name, v in fields.items()}
    return st.builds(kind, at=moments(), call_id=st.just(CALL), **given)


ANY = st.one_of(
    event(CallAnswered),
    event(NoticePlayed, prompt="notice.record"),
    event(MenuEntered, node="main", flow_version="1"),
    event(KeyPressed, node="main", key="1", accepted=True),
    event(InputMissed, node="main"),
    event(CallQueued, queue=st.sampled_from(["city", "pool"]), via="key"),
    event(AgentOffered, agent=AGENTS, queue="city", attempt=1),
    event(OfferEnded, agent=AGENTS, outcome=st.sampled_from(list(OfferOutcome)), ring_seconds=1.0),
    event(AgentConnected, agent=AGENTS, queue="city", wait_seconds=1.0),
    event(RecordingStarted, path="x.raw"),
    event(CallHeld, agent=AGENTS),
    event(CallUnheld, agent=AGENTS),
    event(AgentLost, agent=AGENTS),
    event(RecordingFinished, path="x.raw", size=1),
    event(
        CallEnded, by=st.sampled_from(list(HangupBy)), outcome=st.sampled_from(list(CallOutcome)), cause=16,
        talk_seconds=0.0,
    ),
    event(CallRejected, dialled="1", caller_raw="", reason="unknown_number"),
)  # fmt: skip


@given(st.lists(ANY))
def test_any_events_in_any_order_fold(history: list[AnyCallEvent]) -> None:
    facts = fold([ARRIVED, *history])
    assert facts is not None
    facts.row()
    for by in HangupBy:
        facts.outcome(by)
    assert facts.talk_seconds(START + timedelta(hours=2)) >= 0
    assert (facts.phase is CallPhase.TALKING) == (facts.connected_at is not None)
    assert facts.complete <= facts.ended


@given(st.lists(ANY))
def test_a_fold_in_two_parts_is_the_same(history: list[AnyCallEvent]) -> None:
    whole = fold([ARRIVED, *history])
    parts = fold([ARRIVED])
    assert parts is not None
    for one in history:
        before = parts.phase
        parts.apply(one)
        if parts.phase is not before:
            assert parts.phase_since == one.at
    assert parts == whole


def test_a_rejected_call_and_half_a_story_fold_to_nothing() -> None:
    assert fold([]) is None
    assert fold([CallRejected(at=START, call_id=CALL, dialled="1", caller_raw="", reason="no_flow")]) is None
    assert fold([CallAnswered(at=START, call_id=CALL), ARRIVED]) is None


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_whole_call_with_a_lost_agent() -> None:
    story: list[tuple[AnyCallEvent, CallPhase]] = [
        (ARRIVED, CallPhase.MENU),
        (CallAnswered(at=after(0), call_id=CALL), CallPhase.MENU),
        (CallQueued(at=after(10), call_id=CALL, queue="city", via="key"), CallPhase.QUEUED),
        (AgentOffered(at=after(11), call_id=CALL, agent="1001", queue="city", attempt=1), CallPhase.RINGING),
        (
            OfferEnded(
                at=after(14), call_id=CALL, agent="1001", outcome=OfferOutcome.ANSWERED, ring_seconds=3
            ),
            CallPhase.RINGING,
        ),
        (
            AgentConnected(at=after(14), call_id=CALL, agent="1001", queue="city", wait_seconds=4),
            CallPhase.TALKING,
        ),
        (CallHeld(at=after(20), call_id=CALL, agent="1001"), CallPhase.TALKING),
        (AgentLost(at=after(24), call_id=CALL, agent="1001"), CallPhase.QUEUED),
        (AgentOffered(at=after(25), call_id=CALL, agent="1002", queue="city", attempt=2), CallPhase.RINGING),
        (
            AgentConnected(at=after(30), call_id=CALL, agent="1002", queue="city", wait_seconds=20),
            CallPhase.TALKING,
        ),
    ]
    for length in range(1, len(story) + 1):
        facts = fold(one for one, _ in story[:length])
        assert facts is not None
        assert facts.phase is story[length - 1][1]
    assert facts.talk_seconds(after(37)) == 17.0
    assert not facts.held
    assert facts.queued_at == after(10)
    # What the second agent finds: a wait of six seconds after one of four, not all of the call.
    assert (facts.row().waiting_since, facts.row().waited_before) == (after(24), 4.0)
    assert facts.outcome(HangupBy.CALLER) is CallOutcome.HANDLED
