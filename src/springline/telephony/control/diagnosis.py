"""Why an agent's telephone does not ring, from facts of one moment. Pure."""

from collections.abc import Iterator

from springline.contracts.agents import AgentState
from springline.contracts.commands import Ringing
from springline.contracts.mobile import MobileUse
from springline.contracts.ringing import (
    Check,
    CheckKind,
    DeskLease,
    DeviceKind,
    RingingFacts,
    Verdict,
)
from springline.telephony.acd.agents import NO_ANSWER_REASON
from springline.telephony.control.comparison import devices_differ, held_by_nothing

GRACE_SECONDS = 5.0
"""So long a call may be without a channel, and a channel without a call: legs and words cross on the wire."""

_HELPED = frozenset({Verdict.STUCK, Verdict.LEFTOVER, Verdict.OUT_OF_STEP, Verdict.OVERDUE})
_ABSENT = frozenset({DeskLease.CLOSED, DeskLease.ASLEEP})


def diagnose(facts: RingingFacts) -> Ringing:
    verdict = _verdict(facts)
    checks = sorted(_checks(facts), key=lambda check: check.passed)
    return Ringing(verdict=verdict, checks=tuple(checks), reset=verdict in _HELPED, facts=facts)


def stuck(facts: RingingFacts) -> bool:
    """Control holds a call for this agent that is not there."""
    if not facts.engine:
        return False
    settled = (facts.at - facts.since).total_seconds() >= GRACE_SECONDS
    return settled and held_by_nothing(facts.call_id, facts.call_alive, facts.legs)


def _out_of_step(facts: RingingFacts) -> bool:
    there = [device.there for device in facts.devices if device.there is not None]
    return devices_differ(there, facts.contact)


def _by_browser_alone(facts: RingingFacts) -> bool:
    kinds = {device.kind for device in facts.devices}
    return kinds == {DeviceKind.BROWSER} and facts.mobile is MobileUse.OFF


def _verdict(facts: RingingFacts) -> Verdict:
    if not facts.engine:
        return Verdict.ENGINE_AWAY
    if stuck(facts):
        return Verdict.STUCK
    if facts.state is AgentState.RINGING:
        return Verdict.RINGING
    if facts.call_id is not None:
        return Verdict.BUSY
    if not facts.signed_in:
        return Verdict.SIGNED_OUT
    if facts.leftovers:
        return Verdict.LEFTOVER
    if _out_of_step(facts) and facts.mobile is not MobileUse.ONLY:
        return Verdict.OUT_OF_STEP
    if facts.state is AgentState.UNREACHABLE:
        return _unreachable(facts)
    return _reachable(facts)


def _unreachable(facts: RingingFacts) -> Verdict:
    if any(device.kind is DeviceKind.BROWSER for device in facts.devices):
        if facts.desk is DeskLease.CLOSED:
            return Verdict.DESK_CLOSED
        if facts.desk is DeskLease.ASLEEP:
            return Verdict.DESK_ASLEEP
    return Verdict.NOT_REGISTERED


def _reachable(facts: RingingFacts) -> Verdict:
    if facts.state is AgentState.WRAP_UP:
        return Verdict.WRAP_UP
    if facts.state is AgentState.PAUSED:
        return Verdict.MISSED if facts.pause_reason == NO_ANSWER_REASON else Verdict.PAUSED
    if facts.desk is DeskLease.ASLEEP and _by_browser_alone(facts):
        return Verdict.DESK_ASLEEP
    if not facts.queues:
        return Verdict.NO_QUEUE
    if facts.rest_until is not None and facts.rest_until > facts.at:
        return Verdict.RESTING
    if any(queue.waiting for queue in facts.queues):
        return Verdict.OVERDUE
    if facts.elsewhere:
        return Verdict.ELSEWHERE
    first = any(queue.ahead == () for queue in facts.queues)
    return Verdict.NEXT_IN_TURN if first else Verdict.AFTER_OTHERS


def _checks(facts: RingingFacts) -> Iterator[Check]:
    """In the order in which they decide."""

    def check(kind: CheckKind, passed: bool) -> Check:
        return Check(kind=kind, passed=passed)

    in_step = not (stuck(facts) or facts.leftovers or _out_of_step(facts))
    yield check(CheckKind.ENGINE, facts.engine)
    if facts.engine:
        yield check(CheckKind.IN_STEP, in_step)
    yield check(CheckKind.FREE, facts.call_id is None)
    yield check(CheckKind.SIGNED_IN, facts.signed_in)
    yield from _ways(facts)
    yield check(CheckKind.WRAP_UP, facts.wrap_until is None or facts.wrap_until <= facts.at)
    yield check(CheckKind.PAUSE, facts.signed_in and not facts.paused)
    yield check(CheckKind.RESTED, facts.rest_until is None or facts.rest_until <= facts.at)
    yield check(CheckKind.MEMBER, bool(facts.queues) and not facts.elsewhere)
    yield check(CheckKind.CALLERS, any(queue.waiting for queue in facts.queues))
    yield check(CheckKind.TURN, any(queue.ahead == () for queue in facts.queues))


def _ways(facts: RingingFacts) -> Iterator[Check]:
    """How the agent can be rung."""
    if facts.mobile is not MobileUse.ONLY:
        there = any(device.there for device in facts.devices) or (not facts.engine and facts.contact)
        yield Check(kind=CheckKind.DEVICE, passed=there)
        if any(device.kind is DeviceKind.BROWSER for device in facts.devices):
            yield Check(kind=CheckKind.DESK, passed=facts.desk not in _ABSENT)
    if facts.mobile is not MobileUse.OFF:
        yield Check(kind=CheckKind.MOBILE, passed=facts.mobile_refused is None)
