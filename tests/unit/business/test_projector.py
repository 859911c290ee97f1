"""What each story of a call looks like as a row."""

import pytest
from django.db import OperationalError

from springline.business.calls import projector
from springline.business.calls.models import (
    AgentStateRow,
    Call,
    CallStep,
    JournalPosition,
    RecordingFile,
    SystemEvent,
    TrunkRefusal,
)
from springline.contracts import events, house_events
from springline.contracts.agents import AgentState, AgentStateChanged
from springline.contracts.event import CallEvent
from tests.unit.business.people import NOON, Journal, a_call, call_events

pytestmark = pytest.mark.django_db


def test_a_served_call_is_one_row_with_its_steps() -> None:
    a_call("c1")
    call = Call.objects.get()
    assert call.arrived_at == NOON
    assert (call.caller, call.caller_quality) == ("+8613800012345", "real")
    assert (call.queue, call.intent, call.region, call.agent) == ("huoshan", "order", "341525", "1003")
    assert (call.outcome, call.hangup_by, call.cause) == ("handled", "caller", 16)
    assert (call.wait_seconds, call.talk_seconds) == (3.0, 20.0)
    assert CallStep.objects.count() == 13
    assert CallStep.objects.get(type="KeyPressed", data__node="region").data == {
        "node": "region",
        "key": "2",
        "accepted": True,
        "title": None,
    }
    file = RecordingFile.objects.get()
    assert (file.call_id, file.size, file.closed_at is not None) == ("c1", 32000, True)


def test_who_hangs_up_while_waiting_has_waited_until_then() -> None:
    journal = Journal()
    for event in call_events("c1", journal.now)[:7]:
        journal.add(event)
    journal.add(
        events.CallEnded(
            at=journal.now(),
            call_id="c1",
            by=events.HangupBy.CALLER,
            outcome=events.CallOutcome.ABANDONED_QUEUE,
            cause=16,
            talk_seconds=0.0,
        )
    )
    journal.project()
    call = Call.objects.get()
    assert (call.outcome, call.wait_seconds, call.connected_at) == ("abandoned_queue", 7.0, None)


def test_after_a_lost_agent_the_first_wait_and_the_last_agent_stand() -> None:
    journal = Journal()
    for event in call_events("c1", journal.now)[:10]:
        journal.add(event)
    first = journal.entries[-1]
    journal.add(events.AgentLost(at=journal.now(), call_id="c1", agent="1003"))
    journal.add(events.CallQueued(at=journal.now(), call_id="c1", queue="huoshan", via="requeued"))
    journal.add(
        events.AgentConnected(
            at=journal.now(), call_id="c1", agent="1001", queue="huoshan", wait_seconds=30.0
        )
    )
    journal.project()
    call = Call.objects.get()
    assert first.seq == 10
    assert (call.wait_seconds, call.agent, call.region, call.intent) == (3.0, "1001", "341525", "order")


def test_a_refused_call_is_a_row_too() -> None:
    journal = Journal()
    journal.add(
        events.CallRejected(
            at=NOON, call_id="c1", dialled="4000000001", caller_raw="x" * 80, reason="unknown_number"
        )
    )
    journal.project()
    call = Call.objects.get()
    assert (call.outcome, call.reject_reason, call.caller) == ("rejected", "unknown_number", None)


def test_agents_and_refused_addresses_are_logged() -> None:
    journal = Journal()
    journal.add(AgentStateChanged(at=NOON, agent="1001", state=AgentState.PAUSED, reason="meal"))
    journal.add(house_events.TrunkRefused(at=NOON, address="203.0.113.9", service="SIP", count=7))
    journal.add(house_events.EngineChanged(at=NOON, status=house_events.EngineStatus.UP))
    journal.project()
    assert AgentStateRow.objects.values_list("agent", "state", "reason").get() == ("1001", "paused", "meal")
    assert TrunkRefusal.objects.values_list("address", "count").get() == ("203.0.113.9", 7)
    assert SystemEvent.objects.values_list("type", "error").get() == ("EngineChanged", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00\x01",
        b"{}",
        b'{"type":"CallTeleported","id":"n","at":"2031-01-01T00:00:00Z"}',
        b"[" * 99,
    ],
)
def test_what_cannot_be_read_is_filed_and_counted_and_the_rest_goes_on(data: bytes) -> None:
    journal = Journal()
    journal.add_raw(data, "journal.call.x")
    journal.add(events.CallAnswered(at=NOON, call_id="c1"))
    journal.project()
    filed = SystemEvent.objects.get()
    assert filed.error
    position = JournalPosition.objects.get()
    assert (position.applied, position.unread) == (2, 1)
    assert Call.objects.count() == 1


def test_an_event_that_the_tables_refuse_is_filed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(event: CallEvent, call: Call) -> None:
        if isinstance(event, events.CallAnswered):
            raise ValueError("a bug")

    monkeypatch.setattr(projector.folding, "fold", fails)
    journal = Journal()
    for event in call_events("c1", journal.now):
        journal.add(event)
    journal.project()
    assert JournalPosition.objects.get().applied == 13
    assert CallStep.objects.count() == 12
    assert SystemEvent.objects.get().type == "CallAnswered"


def test_a_database_that_is_away_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("disk I/O error")

    a_call("c1")
    journal = Journal()
    for event in [*call_events("c1", journal.now), *call_events("c2", journal.now)]:
        journal.add(event)
    with monkeypatch.context() as patch:
        patch.setattr(projector, "_upsert", away)
        with pytest.raises(OperationalError):
            journal.project()
    assert projector.applied() == 13
    assert not Call.objects.filter(pk="c2").exists()
    journal.project()
    assert projector.applied() == 26


def test_a_batch_costs_few_queries(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    journal = Journal()
    for number in range(15):
        for event in call_events(f"c{number}", journal.now):
            journal.add(event)
    with django_assert_max_num_queries(25):
        journal.project()
    assert Call.objects.count() == 15
