"""How a call's events fold into its row: pure, one event at a time, in the journal's order."""

from functools import singledispatch

from springline.business.calls.models import Abuse, Call
from springline.contracts import events, voicemail
from springline.contracts.event import CallEvent
from springline.contracts.handovers import OUTSIDE
from springline.contracts.warnings import CallerDismissed, CallerWarned


def opened_by(event: CallEvent) -> Call:
    """The row before its first event; without a CallArrived in the journal, that is when it arrived."""
    return Call(id=event.call_id, arrived_at=event.at)


@singledispatch
def fold(event: CallEvent, call: Call) -> None:
    """Apply `event` to `call` in memory. Kinds without an own rule change nothing but the list of steps."""


@fold.register
def _(event: events.CallArrived, call: Call) -> None:
    call.arrived_at = event.at
    call.caller = event.caller
    call.caller_raw = event.caller_raw
    call.caller_quality = event.caller_quality.value
    call.dialled = event.dialled[:80]
    call.hotline = event.hotline[:20]
    call.trunk = event.trunk[:40]
    call.is_test = event.is_test


@fold.register
def _(event: events.CallPlaced, call: Call) -> None:
    call.direction = "out"
    call.arrived_at = event.at
    call.caller, call.caller_quality = event.number, events.CallerQuality.REAL.value
    call.agent, call.hotline = event.agent, event.hotline[:20]
    call.first_call, call.presented = event.first_call, event.presented[:20]


@fold.register
def _(event: events.CallRejected, call: Call) -> None:
    call.caller_raw = event.caller_raw
    call.dialled = event.dialled[:80]
    call.reject_reason = event.reason[:40]
    call.outcome = events.CallOutcome.REJECTED.value
    call.ended_at = call.ended_at or event.at


@fold.register
def _(event: events.CallAnswered, call: Call) -> None:
    call.answered_at = call.answered_at or event.at


@fold.register
def _(event: events.NoticePlayed, call: Call) -> None:
    call.notice_at = call.notice_at or event.at


@fold.register
def _(event: events.CallQueued, call: Call) -> None:
    call.queued_at = call.queued_at or event.at
    call.queue = event.queue
    call.intent = event.intent or call.intent
    _locate(call, event.region, "menu", "medium")


@fold.register
def _(event: events.CallerResolved, call: Call) -> None:
    call.home, call.home_city = event.level, event.city and event.city[:40]
    _locate(call, event.region, event.source, event.certainty)


@fold.register
def _(event: events.CallOverflowed, call: Call) -> None:
    call.overflowed = True


@fold.register
def _(event: voicemail.MessageOffered, call: Call) -> None:
    call.message_reason = event.reason[:10]
    call.intent = call.intent or event.intent
    _locate(call, event.region, "menu", "medium")


@fold.register
def _(event: voicemail.CallbackNumberGiven, call: Call) -> None:
    call.callback_number = event.number[:20]


@fold.register
def _(event: voicemail.MessageFinished, call: Call) -> None:
    call.message_seconds = event.seconds


@fold.register
def _(event: events.AgentOffered, call: Call) -> None:
    call.offers = max(call.offers, event.attempt)


@fold.register
def _(event: events.AgentConnected, call: Call) -> None:
    if call.connected_at is None:
        call.connected_at = event.at
        call.wait_seconds = event.wait_seconds
    if event.agent == OUTSIDE:
        # It stays the call of the agent who handed the caller over.
        return
    # Who talked while control was away nobody knows.
    call.agent = event.agent or None
    call.queue = event.queue or None


@fold.register
def _(event: CallerWarned, call: Call) -> None:
    call.abuse = call.abuse or Abuse.WARNED


@fold.register
def _(event: CallerDismissed, call: Call) -> None:
    call.abuse = Abuse.ENDED


@fold.register
def _(event: events.CallEnded, call: Call) -> None:
    call.ended_at = event.at
    call.outcome = event.outcome.value
    call.hangup_by = event.by.value
    call.cause = event.cause
    call.talk_seconds = event.talk_seconds
    if call.wait_seconds is None and call.queued_at is not None:
        call.wait_seconds = max((event.at - call.queued_at).total_seconds(), 0.0)


def _locate(call: Call, region: str | None, source: str, certainty: str) -> None:
    """A key that names several counties does not blur the one that is known."""
    if region is not None and (call.region is None or call.region not in region.split("+")):
        call.region, call.region_source, call.region_certainty = region, source, certainty
