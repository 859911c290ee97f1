"""A new configuration under live calls loses none."""

from springline.telephony.acd import (
    AgentChanged,
    CallFinished,
    CallLeft,
    CallReturned,
    CallWaiting,
    Refuse,
    SignIn,
)
from tests.unit.acd.people import Hall, person, queue


def test_the_same_again_changes_nothing() -> None:
    hall = Hall([queue()], [person("8001"), person("8002")])
    hall.ready("8001", "8002")
    hall.call("a")
    rows = hall.acd.agents()
    assert hall.acd.reconfigure([queue()], [person("8001"), person("8002")], hall.now) == ()
    assert hall.acd.agents() == rows


def test_a_new_skill_takes_a_waiting_call() -> None:
    hall = Hall([queue("city"), queue("huoshan")], [person("8001", "city")])
    hall.ready("8001")
    hall.call("a", "huoshan")
    assert hall.offers == []
    hall.note(hall.acd.reconfigure([queue("city"), queue("huoshan")], [person("8001", "huoshan")], hall.now))
    assert [o.call for o in hall.offers] == ["a"]
    hall.answer()
    hall.do(CallFinished("a", "8001"))
    hall.wait(15)
    hall.call("b", "city")
    assert len(hall.offers) == 1


def test_a_new_agent_and_a_new_queue() -> None:
    hall = Hall([queue("city")], [])
    assert hall.do(SignIn("8001")) == (Refuse(code="unknown_agent"),)
    hall.acd.reconfigure([queue("city"), queue("pool")], [person("8001", "pool", "nowhere")], hall.now)
    hall.ready("8001")
    hall.call("a", "pool")
    assert [o.call for o in hall.offers] == ["a"]


def test_a_removed_agent_goes_offline() -> None:
    hall = Hall([queue()], [person("8001"), person("8002")])
    hall.ready("8001", "8002")
    (row,) = hall.acd.reconfigure([queue()], [person("8002")], hall.now)
    assert isinstance(row, AgentChanged)
    assert (row.agent, row.state) == ("8001", "offline")
    assert hall.acd.agent("8001") is None
    hall.call("a")
    assert hall.offers[-1].agent == "8002"


def test_a_removed_agent_finishes_the_call_first() -> None:
    hall = Hall([queue()], [person("8001")])
    hall.ready("8001")
    hall.call("a")
    hall.answer()
    assert hall.acd.reconfigure([queue()], [], hall.now) == ()
    assert hall.state("8001") == "talking"
    (row,) = hall.do(CallFinished("a", "8001"))
    assert isinstance(row, AgentChanged)
    assert (row.state, row.call) == ("offline", None)
    assert hall.acd.agents() == ()
    assert hall.wait(100) == []


def test_a_removed_agent_rings_out_and_the_call_waits_on() -> None:
    hall = Hall([queue()], [person("8001")])
    hall.ready("8001")
    hall.call("a")
    hall.acd.reconfigure([queue()], [], hall.now)
    hall.wait(15)
    assert hall.acd.agents() == ()
    assert hall.acd.waiting("city") == ("a",)
    hall.acd.reconfigure([queue()], [person("8001")], hall.now)
    hall.ready("8001")
    assert hall.offers[-1].attempt == 2


def test_a_removed_queue_is_served_until_it_is_empty() -> None:
    hall = Hall([queue("city"), queue("old")], [person("8001", "city", "old")])
    hall.call("a", "old")
    hall.call("b", "old")
    hall.acd.reconfigure([queue("city")], [person("8001", "city")], hall.now)
    assert hall.do(CallWaiting("c", "old", hall.now)) == (Refuse(code="unknown_queue"),)
    hall.ready("8001")
    hall.answer()
    hall.do(CallReturned("a", "8001"))
    assert hall.acd.waiting("old") == ("a", "b")
    hall.acd.reconfigure([queue("city")], [person("8001", "city")], hall.now)
    hall.wait(3)
    hall.answer()
    hall.do(CallFinished("a", "8001"))
    hall.do(CallLeft("b"))
    hall.acd.reconfigure([queue("city")], [person("8001", "city")], hall.now)
    assert hall.do(CallReturned("a", "8001")) == ()
    hall.wait(15)
    hall.call("d", "city")
    assert hall.offers[-1].call == "d"
