"""Each reason why an agent's telephone does not ring, and what is said of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from springline.contracts.agents import AgentState
from springline.contracts.mobile import MobileUse
from springline.contracts.ringing import (
    CheckKind,
    DeskLease,
    DeviceFact,
    DeviceKind,
    QueueFact,
    RingingFacts,
    Verdict,
)
from springline.telephony.control.diagnosis import diagnose

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ONLINE = DeviceFact(kind=DeviceKind.BROWSER, there=True)
AWAY = DeviceFact(kind=DeviceKind.BROWSER, there=False)
PHONE = DeviceFact(kind=DeviceKind.PHONE, there=True)
READY = RingingFacts(
    at=NOW,
    agent="1001",
    engine=True,
    signed_in=True,
    state=AgentState.READY,
    since=NOW - timedelta(minutes=3),
    desk=DeskLease.OPEN,
    contact=True,
    devices=(ONLINE,),
    queues=(QueueFact(id="city", waiting=0, ahead=()),),
)
GONE: dict[str, Any] = {"state": AgentState.UNREACHABLE, "contact": False, "devices": (AWAY,)}
TALKS: dict[str, Any] = {"state": AgentState.TALKING, "call_id": "c1", "call_alive": True, "legs": 1}
LATER = NOW + timedelta(seconds=9)
A, V, K = AgentState, Verdict, CheckKind

CASES: list[tuple[dict[str, Any], Verdict, bool]] = [
    ({}, V.NEXT_IN_TURN, False),
    ({"queues": (QueueFact(id="city", waiting=0, ahead=("1002",)),)}, V.AFTER_OTHERS, False),
    ({"engine": False, **TALKS}, V.ENGINE_AWAY, False),
    ({"state": A.OFFLINE, "signed_in": False}, V.SIGNED_OUT, False),
    ({"state": A.OFFLINE, "signed_in": False, "leftovers": 1, "legs": 1}, V.SIGNED_OUT, False),
    ({**GONE, "desk": DeskLease.CLOSED}, V.DESK_CLOSED, False),
    ({**GONE, "desk": DeskLease.OPEN}, V.NOT_REGISTERED, False),
    ({**GONE, "desk": DeskLease.UNKNOWN}, V.NOT_REGISTERED, False),
    ({**GONE, "desk": DeskLease.ASLEEP}, V.DESK_ASLEEP, False),
    (
        {**GONE, "devices": (DeviceFact(kind=DeviceKind.PHONE, there=False),), "desk": DeskLease.CLOSED},
        V.NOT_REGISTERED,
        False,
    ),
    ({"desk": DeskLease.ASLEEP}, V.DESK_ASLEEP, False),
    ({"desk": DeskLease.ASLEEP, "devices": (ONLINE, PHONE)}, V.NEXT_IN_TURN, False),
    ({"desk": DeskLease.ASLEEP, "mobile": MobileUse.LAST}, V.NEXT_IN_TURN, False),
    ({"state": A.PAUSED, "paused": True, "pause_reason": "meal"}, V.PAUSED, False),
    ({"state": A.PAUSED, "paused": True}, V.PAUSED, False),
    ({"state": A.PAUSED, "paused": True, "pause_reason": "no_answer"}, V.MISSED, False),
    ({"state": A.WRAP_UP, "wrap_until": LATER}, V.WRAP_UP, False),
    (TALKS, V.BUSY, False),
    ({**TALKS, "state": A.RINGING}, V.RINGING, False),
    ({**TALKS, "legs": 0}, V.STUCK, True),
    ({**TALKS, "call_alive": False}, V.STUCK, True),
    ({**TALKS, "legs": 0, "since": NOW - timedelta(seconds=2)}, V.BUSY, False),
    ({**TALKS, "state": A.RINGING, "legs": 0}, V.STUCK, True),
    ({"leftovers": 1, "legs": 1}, V.LEFTOVER, True),
    ({"devices": (AWAY,)}, V.OUT_OF_STEP, True),
    ({**GONE, "devices": (ONLINE,)}, V.OUT_OF_STEP, True),
    ({"devices": (AWAY,), "contact": False, "mobile": MobileUse.ONLY}, V.NEXT_IN_TURN, False),
    ({"queues": ()}, V.NO_QUEUE, False),
    ({"elsewhere": ("huoshan",)}, V.ELSEWHERE, False),
    ({"queues": (QueueFact(id="city", waiting=2, ahead=()),)}, V.OVERDUE, True),
    ({"queues": (QueueFact(id="city", waiting=2),), "rest_until": LATER}, V.RESTING, False),
]


@pytest.mark.parametrize(("differs", "verdict", "reset"), CASES)
def test_each_case_has_its_verdict(differs: dict[str, Any], verdict: Verdict, reset: bool) -> None:
    found = diagnose(msgspec.structs.replace(READY, **differs))
    assert (found.verdict, found.reset) == (verdict, reset)


def test_every_verdict_is_among_the_cases() -> None:
    assert {verdict for _facts, verdict, _reset in CASES} == set(Verdict)


def kinds(passed: bool, **differs: Any) -> list[CheckKind]:
    found = diagnose(msgspec.structs.replace(READY, **differs))
    return [check.kind for check in found.checks if check.passed is passed]


def test_what_fails_comes_first_and_the_most_decisive_of_it_before_all() -> None:
    found = diagnose(msgspec.structs.replace(READY, **GONE, desk=DeskLease.CLOSED, paused=True))
    assert [check.kind for check in found.checks[:4]] == [K.DEVICE, K.DESK, K.PAUSE, K.CALLERS]
    assert [check.passed for check in found.checks] == sorted(check.passed for check in found.checks)


def test_whom_nothing_keeps_only_lacks_a_caller() -> None:
    assert kinds(False) == [K.CALLERS]


def test_without_the_engine_nobody_says_that_it_agrees() -> None:
    assert K.IN_STEP not in (*kinds(True, engine=False), *kinds(False, engine=False))
    assert kinds(False, engine=False)[0] is K.ENGINE


def test_a_desk_is_asked_for_only_where_a_browser_rings_and_a_mobile_only_where_it_is_wanted() -> None:
    assert K.DESK in kinds(True)
    assert K.DESK not in kinds(True, devices=(PHONE,))
    assert K.MOBILE not in kinds(True)
    assert kinds(True, mobile=MobileUse.ONLY)[4] is K.MOBILE
    assert K.DEVICE not in kinds(True, mobile=MobileUse.ONLY)
    assert K.MOBILE in kinds(False, mobile=MobileUse.LAST, mobile_refused="daily_cap")
