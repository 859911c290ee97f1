"""Laws of the projector: a replay gives the same rows, twice is once, calls do not disturb each other."""

import json
import string
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from springline.business.accounts.models import User
from springline.business.calls import projector, wrapping
from springline.business.calls.models import PROJECTED, Call, JournalPosition, WrapUp, WrapUpCode
from springline.contracts import codec, events, house_events
from springline.contracts.agents import AgentState, AgentStateChanged
from springline.contracts.event import CallEvent, Event
from springline.platform.bus import JournalEntry
from tests.unit.business.people import NOON, call_events

IDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)


@st.composite
def a_call(draw: st.DrawFn, call_id: str) -> list[CallEvent]:
    """A served call cut off somewhere, perhaps with an agent lost on the way or a refusal instead."""
    ticks = iter(range(1000))

    def now() -> Any:
        return NOON + timedelta(seconds=next(ticks), milliseconds=draw(st.integers(0, 999)))

    if draw(st.integers(0, 9)) == 0:
        return [
            events.CallRejected(
                at=now(), call_id=call_id, dialled="1", caller_raw="x", reason="unknown_number"
            )
        ]
    caller = draw(st.sampled_from(["+8613800012345", None]))
    told = call_events(call_id, now, caller=caller, agent=draw(st.sampled_from(["1001", "1003"])))
    if draw(st.booleans()):
        lost = [
            events.AgentLost(at=now(), call_id=call_id, agent="1003"),
            events.CallQueued(at=now(), call_id=call_id, queue="pool", via="requeued"),
            events.AgentConnected(at=now(), call_id=call_id, agent="1001", queue="pool", wait_seconds=9.0),
        ]
        told[-2:-2] = lost
    # A prefix as well as a suffix: a journal may begin in the middle of a call.
    first, last = draw(st.integers(0, 1)), draw(st.integers(1, len(told)))
    return told[first:last] or told[:1]


@st.composite
def others(draw: st.DrawFn) -> list[Event]:
    kinds = st.sampled_from(list(AgentState))
    return [
        *(
            AgentStateChanged(at=NOON, agent="1001", state=state)
            for state in draw(st.lists(kinds, max_size=4))
        ),
        *(
            house_events.TrunkRefused(at=NOON, address="203.0.113.9", service="SIP", count=n)
            for n in draw(st.lists(st.integers(1, 99), max_size=2))
        ),
        *(
            [house_events.EngineChanged(at=NOON, status=house_events.EngineStatus.UP)]
            if draw(st.booleans())
            else []
        ),
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[bytes]:
    """Messages of several calls and others, in a random order that keeps each call's own."""
    lines: list[list[bytes]] = [
        [codec.encode(event) for event in draw(a_call(call_id))]
        for call_id in draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    ]
    lines.append([codec.encode(event) for event in draw(others())])
    lines.append(draw(st.lists(JUNK, max_size=3)))
    merged: list[bytes] = []
    while lines := [line for line in lines if line]:
        merged.append(draw(st.sampled_from(lines)).pop(0))
    return merged


JUNK = st.one_of(
    st.binary(max_size=40),
    st.just(b'{"type":"CallTeleported","id":"n1","at":"2031-01-01T00:00:00Z","v":9,"call_id":"x"}'),
    st.just(b'{"type":"CallAnswered","id":"n2","at":"2026-01-01T00:00:00","call_id":"x"}'),
    st.just(b'{"type":"CallAnswered","at":5}'),
    st.just(b"[]"),
)


def entries_of(messages: Sequence[bytes]) -> list[JournalEntry]:
    return [
        JournalEntry(seq=seq, subject="journal.x", data=data, at=NOON) for seq, data in enumerate(messages, 1)
    ]


def tables() -> dict[str, str]:
    """All projected rows as text."""
    found = {}
    for model in PROJECTED:
        rows = list(model._default_manager.order_by("pk").values())
        found[model.__name__] = json.dumps(rows, default=str, ensure_ascii=False)
    return found


class ProjectorLaws(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(data=st.data(), messages=histories())
    def test_it_is_the_same_in_any_batches_with_redeliveries_and_after_a_replay(
        self, data: st.DataObject, messages: list[bytes]
    ) -> None:
        entries = entries_of(messages)
        projector.apply_batch(entries)
        once = tables()
        assert JournalPosition.objects.get().applied == len(entries)

        projector.apply_batch(entries)
        assert tables() == once

        projector.rebuild()
        place = 0
        while place < len(entries):
            # A delivery may begin before what is applied; it never leaves anything out.
            start = data.draw(st.integers(0, place))
            place = data.draw(st.integers(place + 1, len(entries)))
            projector.apply_batch(entries[start:place])
        assert tables() == once

    @settings(max_examples=15, deadline=None)
    @given(data=st.data(), messages=histories())
    def test_an_event_that_is_in_the_journal_twice_counts_once(
        self, data: st.DataObject, messages: list[bytes]
    ) -> None:
        projector.apply_batch(entries_of(messages))
        once = tables()["Call"], tables()["RecordingFile"]
        projector.rebuild()
        again = data.draw(st.lists(st.sampled_from(messages), max_size=5))
        projector.apply_batch(entries_of([*messages, *again]))
        assert (tables()["Call"], tables()["RecordingFile"]) == once

    @settings(max_examples=15, deadline=None)
    @given(messages=histories())
    def test_a_call_reads_the_same_alone(self, messages: list[bytes]) -> None:
        projector.apply_batch(entries_of(messages))
        together = json.loads(tables()["Call"])
        for row in together:
            projector.rebuild()
            mine = [data for data in messages if _call_of(data) == row["id"]]
            projector.apply_batch(entries_of(mine))
            assert json.loads(tables()["Call"]) == [row]

    def test_what_people_noted_survives_a_replay(self) -> None:
        clock = iter(NOON + timedelta(seconds=n) for n in range(100))
        entries = entries_of([codec.encode(event) for event in call_events("c1", lambda: next(clock))])
        projector.apply_batch(entries)
        code = WrapUpCode.objects.create(code="order", name_zh="订水", name_en="Order", key="1")
        wrapping.wrap_up(
            Call.objects.get(pk="c1"),
            wrapping.Noted(code=code, note="两桶"),
            User.objects.create_user("u", "p", name="n"),
        )
        projector.rebuild()
        projector.apply_batch(entries)
        assert WrapUp.objects.get(pk="c1").note == "两桶"


def _call_of(data: bytes) -> str | None:
    try:
        event = codec.decode(data, events.AnyEvent)  # type: ignore[arg-type]
    except codec.BadMessage:
        return None
    if event.at.tzinfo is None:
        return None
    return getattr(event, "call_id", None) if isinstance(event, CallEvent) else None
