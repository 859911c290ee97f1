"""What must hold after every scenario, whatever happened in it."""

from collections import defaultdict

from springline.contracts.agents import AgentStateChanged
from springline.contracts.event import CallEvent
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    AnyEvent,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallPlaced,
    CallQueued,
    CallRejected,
    CallUnheld,
    NoticePlayed,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.handovers import CallTransferred, ConsultEnded, ConsultStarted
from springline.contracts.live import LiveEvent, LiveSnapshot, apply, key_of
from tests.support.exchange_house import ExchangeHouse

ONCE = (CallArrived, CallRejected, CallAnswered, CallQueued, CallEnded)


async def check_journal(house: ExchangeHouse) -> None:
    """Every call's story is told once, in a possible order."""
    events = await house.events()
    ids = [event.id for event in events]
    assert len(ids) == len(set(ids)), "an event stands twice in the journal"
    stories: dict[str, list[AnyEvent]] = defaultdict(list)
    for event in events:
        if isinstance(event, CallEvent):
            stories[event.call_id].append(event)
    for story in stories.values():
        check_story(story)
    check_agents([event for event in events if isinstance(event, AgentStateChanged)])


def check_story(story: list[AnyEvent]) -> None:
    names = [type(event).__name__ for event in story]
    if isinstance(story[0], CallRejected):
        assert names == ["CallRejected"]
        return
    assert isinstance(story[0], CallArrived | CallPlaced), names
    for kind in ONCE:
        assert sum(isinstance(event, kind) for event in story) <= 1, (kind, names)
    if "CallEnded" in names:
        assert set(names[names.index("CallEnded") + 1 :]) <= {"RecordingFinished"}, names
    check_offers(story)
    check_recordings(story)
    check_times(story)


def check_offers(story: list[AnyEvent]) -> None:
    ringing: str | None = None
    talking: str | None = None
    asked: str | None = None
    held = answered = False
    # Whoever calls says so themselves.
    notice = isinstance(story[0], CallPlaced)
    for event in story:
        match event:
            case NoticePlayed():
                notice = True
            case AgentOffered():
                assert ringing is None, "offered while another offer is open"
                assert talking is None, "offered while talking"
                ringing = event.agent
            case OfferEnded():
                assert ringing == event.agent, f"no open offer of {event.agent}"
                ringing, answered = None, event.outcome is OfferOutcome.ANSWERED
            case AgentConnected():
                assert answered, "connected without an answer"
                assert talking is None, "connected twice"
                talking = event.agent
            case RecordingStarted():
                assert notice, "recorded without the notice"
            case AgentLost() | CallTransferred():
                assert talking == event.agent
                assert asked is None or isinstance(event, AgentLost), "handed over while a colleague is asked"
                talking = asked = None
                held = False
            case ConsultStarted():
                assert talking == event.agent, "asks a colleague without a caller"
                assert asked is None, "asks two colleagues"
                asked, held = event.to_agent, False
            case ConsultEnded():
                assert asked == event.to_agent
                asked = None
            case CallHeld() | CallUnheld():
                assert talking == event.agent
                assert held is isinstance(event, CallUnheld), "hold told twice"
                held = not held
            case CallEnded():
                assert ringing is None, "the call ended with an open offer"
                assert asked is None, "the call ended with an open consultation"
            case _:
                pass


def check_recordings(story: list[AnyEvent]) -> None:
    """A file for each conversation, told of once, and only then whole."""
    started: list[str] = []
    finished: list[str] = []
    conversations = 0
    for event in story:
        match event:
            case AgentConnected() | ConsultStarted():
                # After a consultation the caller is back in a file of its own.
                conversations += 1
            case RecordingStarted():
                started.append(event.path)
                assert len(started) <= conversations, "recorded without a conversation"
            case RecordingFinished():
                assert event.path in started, "whole before it began"
                finished.append(event.path)
            case _:
                pass
    assert len(set(started)) == len(started)
    assert len(set(finished)) == len(finished)


def check_times(story: list[AnyEvent]) -> None:
    times = [event.at for event in story]
    assert times == sorted(times)
    talk = 0.0
    since = None
    for event in story:
        match event:
            case AgentConnected():
                since = event.at
            case AgentLost() | CallTransferred() if since is not None:
                talk += (event.at - since).total_seconds()
                since = None
            case CallEnded() if event.cause != 0:
                if since is not None:
                    talk += (event.at - since).total_seconds()
                assert abs(event.talk_seconds - talk) < 0.01
            case _:
                pass


def check_agents(changes: list[AgentStateChanged]) -> None:
    last: dict[str, tuple[object, ...]] = {}
    for change in changes:
        standing = (change.state, change.reason, change.call_id, change.mobile)
        assert last.get(change.agent) != standing, f"no change: {change}"
        last[change.agent] = standing


def check_live(house: ExchangeHouse) -> None:
    """Snapshot + events == a fresh snapshot, for every run of control."""
    for first in house.snapshots:
        following = [event for event in house.live if event.epoch == first.epoch]
        assert [event.seq for event in following] == list(range(1, len(following) + 1))
        state = replay(first, following)
        if first.epoch == house.board.epoch:
            assert rows(state) == rows(house.snapshot())


def replay(snapshot: LiveSnapshot, events: list[LiveEvent]) -> LiveSnapshot:
    for event in events:
        snapshot = apply(snapshot, event)
    return snapshot


def rows(snapshot: LiveSnapshot) -> dict[tuple[str, str], object]:
    return {key_of(row): row for row in snapshot.rows}


def check_empty(house: ExchangeHouse) -> None:
    """No call is left anywhere: engine, queues, board, control's own tables."""
    exchange = house.exchange
    assert not house.asterisk.channels
    assert not house.asterisk.bridges
    assert house.call_rows() == []
    assert not exchange._calls
    assert not exchange.switchboard._inboxes
    assert not exchange.ari._dispatcher._streams
    book = exchange.switchboard._acd._book
    assert not book.calls
    assert [agent.call for agent in book.agents.values() if agent.call] == []
    assert [row for row in house.snapshot().rows if getattr(row, "call_id", None)] == []
