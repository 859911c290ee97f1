"""What agents may do when, and what becomes of a conversation."""

import pytest

from springline.telephony.acd import (
    AcdEvent,
    AgentAdopted,
    CallFinished,
    CallLeft,
    CallReturned,
    CallWaiting,
    DeviceDown,
    DeviceUp,
    Refuse,
    SetPaused,
    SetReady,
    SignIn,
    SignOut,
)
from tests.unit.acd.people import Hall, person, queue


@pytest.fixture
def hall() -> Hall:
    return Hall([queue()], [person("8001")])


@pytest.fixture
def talking(hall: Hall) -> Hall:
    hall.ready("8001")
    hall.call("c")
    hall.answer()
    return hall


def test_signing_in_begins_paused(hall: Hall) -> None:
    hall.do(DeviceUp("8001"))
    assert hall.state("8001") == "offline"
    hall.do(SignIn("8001"))
    assert (hall.state("8001"), hall.row("8001").reason) == ("paused", None)
    assert hall.do(SignIn("8001")) == ()
    hall.do(SetReady("8001"))
    assert hall.state("8001") == "ready"


def test_without_a_device_nobody_is_reachable_but_wishes_are_kept(hall: Hall) -> None:
    hall.do(SignIn("8001"))
    assert hall.state("8001") == "unreachable"
    hall.do(SetReady("8001"))
    assert hall.state("8001") == "unreachable"
    hall.do(DeviceUp("8001"))
    assert hall.state("8001") == "ready"
    hall.do(SetPaused("8001", "lunch"))
    hall.do(DeviceDown("8001"))
    hall.do(DeviceUp("8001"))
    assert (hall.state("8001"), hall.row("8001").reason) == ("paused", "lunch")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (SignIn("9"), "unknown_agent"),
        (DeviceUp("9"), "unknown_agent"),
        (SetReady("8001"), "not_signed_in"),
        (SetPaused("8001", "lunch"), "not_signed_in"),
        (AgentAdopted("9", "c", "city"), "unknown_agent"),
        (AgentAdopted("8001", "c", "nowhere"), "unknown_queue"),
    ],
)
def test_refused(hall: Hall, event: AcdEvent, code: str) -> None:
    before = hall.acd.agents()
    assert hall.do(event) == (Refuse(code=code),)
    assert hall.acd.agents() == before


def test_signing_out(hall: Hall) -> None:
    assert hall.do(SignOut("8001")) == ()
    hall.ready("8001")
    hall.call("c")
    assert hall.do(SignOut("8001")) == (Refuse(code="busy"),)
    hall.answer()
    assert hall.do(SignOut("8001")) == (Refuse(code="busy"),)
    hall.do(CallFinished("c", "8001"))
    hall.do(SignOut("8001"))
    assert hall.state("8001") == "offline"
    assert hall.acd.next_wake(hall.now) is None


def test_wrap_up_then_ready(talking: Hall) -> None:
    talking.wait(60)
    talking.do(CallFinished("c", "8001"))
    row = talking.row("8001")
    assert (row.state, row.call, row.since) == ("wrap_up", None, 160.0)
    talking.wait(14.9)
    assert talking.state("8001") == "wrap_up"
    talking.wait(0.1)
    assert talking.state("8001") == "ready"


def test_ready_ends_wrap_up_early_and_the_next_call_comes(talking: Hall) -> None:
    talking.call("d")
    talking.do(CallFinished("c", "8001"))
    talking.do(SetReady("8001"))
    assert (talking.state("8001"), talking.row("8001").call) == ("ringing", "d")


def test_no_wrap_up_where_the_queue_has_none() -> None:
    hall = Hall([queue(wrap_up=0)], [person("8001")])
    hall.ready("8001")
    hall.call("c")
    hall.call("d")
    hall.answer()
    hall.do(CallFinished("c", "8001"))
    assert (hall.state("8001"), hall.row("8001").call) == ("ringing", "d")


def test_a_pause_asked_for_in_a_call_comes_after_wrap_up(talking: Hall) -> None:
    talking.do(SetPaused("8001", "lunch"))
    row = talking.row("8001")
    assert (row.state, row.reason, row.pause_after, row.since) == ("talking", None, "lunch", 100.0)
    talking.do(CallFinished("c", "8001"))
    assert (talking.state("8001"), talking.row("8001").pause_after) == ("wrap_up", "lunch")
    talking.wait(15)
    row = talking.row("8001")
    assert (row.state, row.reason, row.pause_after) == ("paused", "lunch", None)


def test_a_pause_asked_for_can_be_taken_back(talking: Hall) -> None:
    talking.do(SetPaused("8001", "lunch"))
    talking.do(SetReady("8001"))
    assert talking.row("8001").pause_after is None
    talking.do(CallFinished("c", "8001"))
    talking.wait(15)
    assert talking.state("8001") == "ready"


def test_a_pause_ends_wrap_up(talking: Hall) -> None:
    talking.do(CallFinished("c", "8001"))
    talking.do(SetPaused("8001", "lunch"))
    assert talking.state("8001") == "paused"
    talking.wait(60)
    assert (talking.state("8001"), talking.row("8001").since) == ("paused", 100.0)
    talking.do(SetPaused("8001", "training"))
    assert (talking.row("8001").reason, talking.row("8001").since) == ("training", 160.0)


def test_a_device_lost_in_a_call_is_told_after_it(talking: Hall) -> None:
    talking.do(DeviceDown("8001"))
    row = talking.row("8001")
    assert (row.state, row.device_online, row.call) == ("talking", False, "c")
    talking.do(CallFinished("c", "8001"))
    assert talking.state("8001") == "unreachable"
    talking.do(DeviceUp("8001"))
    assert talking.state("8001") == "wrap_up"
    talking.wait(15)
    assert talking.state("8001") == "ready"


def test_a_returned_call_is_at_the_head_of_its_line() -> None:
    hall = Hall([queue()], [person("8001"), person("8002")])
    hall.ready("8001", "8002")
    for call in ("a", "b"):
        hall.call(call)
        hall.answer()
    hall.call("waiting")
    hall.wait(700)
    hall.call("later")
    hall.do(CallReturned("b", "8002"))
    assert hall.acd.waiting("city")[0] == "b"
    assert hall.state("8002") == "ready"
    hall.do(DeviceDown("8002"))
    hall.do(CallFinished("a", "8001"))
    hall.wait(15)
    assert (hall.offers[-1].call, hall.offers[-1].agent, hall.offers[-1].attempt) == ("b", "8001", 2)


def test_an_agent_whose_page_was_reloaded_gets_the_caller_back() -> None:
    hall = Hall([queue()], [person("8001")])
    hall.ready("8001")
    hall.call("c")
    hall.answer()
    hall.do(CallReturned("c", "8001"))
    hall.do(DeviceDown("8001"))
    hall.wait(5)
    hall.do(DeviceUp("8001"))
    assert (hall.state("8001"), hall.offers[-1].attempt) == ("ringing", 2)


def torn(*others: str, down: bool = False) -> Hall:
    """8001 talked until the line broke; `others` are ready."""
    hall = Hall([queue()], [person("8001"), *(person(other) for other in others)])
    hall.ready("8001")
    hall.call("c")
    hall.answer()
    hall.ready(*others)
    if down:
        hall.do(DeviceDown("8001"))
    hall.do(CallReturned("c", "8001"))
    return hall


def test_whose_line_broke_wraps_up_as_a_colleague_has_the_caller() -> None:
    hall = torn("8002")
    assert (hall.state("8002"), hall.state("8001")) == ("ringing", "wrap_up")
    hall.answer()
    hall.wait(15)
    assert hall.state("8001") == "ready"


def test_whose_line_broke_wraps_up_as_the_caller_leaves() -> None:
    hall = torn()
    assert hall.state("8001") == "ready"
    hall.do(CallLeft("c"))
    assert hall.state("8001") == "wrap_up"


@pytest.mark.parametrize("first", ["leg", "registration"])
def test_wrap_up_waits_for_the_device_that_broke(first: str) -> None:
    hall = torn("8002", down=first == "registration")
    hall.answer()
    hall.do(DeviceDown("8001"))
    hall.wait(60)
    hall.do(DeviceUp("8001"))
    assert hall.state("8001") == "wrap_up"
    hall.do(SetReady("8001"))
    assert hall.state("8001") == "ready"


def test_who_gets_the_torn_caller_back_wraps_up_once() -> None:
    hall = torn()
    hall.wait(5)
    hall.answer()
    assert hall.state("8001") == "talking"
    hall.do(CallFinished("c", "8001"))
    assert hall.state("8001") == "wrap_up"
    hall.wait(15)
    assert hall.state("8001") == "ready"


def test_adoption_after_a_restart(hall: Hall) -> None:
    hall.do(DeviceUp("8001"))
    hall.do(AgentAdopted("8001", "c", "city"))
    assert (hall.state("8001"), hall.row("8001").call) == ("talking", "c")
    assert hall.do(AgentAdopted("8001", "d", "city")) == (Refuse(code="busy"),)
    assert hall.do(CallWaiting("c", "city", 0.0)) == (Refuse(code="duplicate_call"),)
    hall.do(CallFinished("c", "8001"))
    hall.wait(15)
    assert hall.state("8001") == "ready"


def test_a_call_cannot_be_adopted_twice() -> None:
    hall = Hall([queue()], [person("8001"), person("8002")])
    hall.do(AgentAdopted("8001", "c", "city"))
    assert hall.do(AgentAdopted("8002", "c", "city")) == (Refuse(code="duplicate_call"),)


def test_ends_of_calls_that_are_over_are_ignored(talking: Hall) -> None:
    talking.do(CallFinished("c", "8001"))
    for event in (CallFinished("c", "8001"), CallReturned("c", "8001"), CallFinished("x", "9")):
        assert talking.do(event) == ()
    talking.wait(15)
    talking.call("d")
    assert talking.do(CallFinished("d", "8001")) == ()
    assert talking.do(CallReturned("d", "8001")) == ()
    assert talking.state("8001") == "ringing"
