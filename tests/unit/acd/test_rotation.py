"""Requirements G1 and D3: even turns, skills, one call per agent."""

from collections import Counter

import pytest

from springline.telephony.acd import CallFinished, Offer, OfferAccepted, PointerMoved, SetPaused
from tests.unit.acd.people import Hall, person, queue


def three(wrap_up: float = 15.0) -> Hall:
    hall = Hall([queue(wrap_up=wrap_up)], [person("8001"), person("8002"), person("8003")])
    hall.ready("8001", "8002", "8003")
    return hall


def test_thirty_calls_are_ten_each() -> None:
    hall = three()
    served: Counter[str] = Counter()
    for i in range(30):
        served[hall.serve(f"c{i}")] += 1
        hall.wait(20)
    assert served == {"8001": 10, "8002": 10, "8003": 10}


def test_a_paused_agent_is_left_out() -> None:
    hall = three()
    hall.do(SetPaused("8002", "lunch"))
    served: Counter[str] = Counter()
    for i in range(30):
        served[hall.serve(f"c{i}")] += 1
        hall.wait(20)
    assert served == {"8001": 15, "8003": 15}


@pytest.mark.parametrize("before", range(5))
def test_the_pointer_survives_a_restart(before: int) -> None:
    first, straight = three(), three()
    for hall in (first, straight):
        for i in range(before):
            hall.serve(f"c{i}")
            hall.wait(20)
    told = {d.queue: d.agent for d in first.call("last") if isinstance(d, PointerMoved)}
    straight.serve("last")
    straight.wait(20)
    assert first.acd.pointers() == told
    restarted = Hall([queue()], [person("8003"), person("8001"), person("8002")], told)
    restarted.ready("8001", "8002", "8003")
    assert restarted.serve("next") == straight.serve("next")


def test_a_pointer_at_an_agent_who_left_the_company() -> None:
    hall = Hall([queue()], [person("8001"), person("8003")], {"city": "8002"})
    hall.ready("8001", "8003")
    assert [hall.serve("a"), hall.serve("b")] == ["8003", "8001"]


def test_extensions_take_turns_as_numbers() -> None:
    hall = Hall([queue()], [person("10000"), person("9")])
    hall.ready("10000", "9")
    assert [hall.serve("a"), hall.serve("b")] == ["9", "10000"]


def test_only_agents_with_the_skill_ring() -> None:
    agents = [person("8001", "huoshan"), person("8002", "city"), person("8003", "shucheng", "city")]
    hall = Hall([queue("city"), queue("huoshan"), queue("shucheng")], agents)
    hall.ready("8001", "8002", "8003")
    served: Counter[str] = Counter()
    for i in range(10):
        served[hall.serve(f"yuan{i}")] += 1
        hall.wait(20)
    assert served == {"8002": 5, "8003": 5}
    hall.call("a")
    hall.call("b")
    assert not [d for d in hall.call("c") if isinstance(d, Offer)]
    assert hall.acd.waiting("city") == ("c",)


def test_each_queue_has_a_pointer_of_its_own() -> None:
    hall = Hall([queue("city"), queue("pool")], [person("8001", "city", "pool"), person("8002", "pool")])
    hall.ready("8001", "8002")
    hall.serve("a")
    hall.wait(20)
    hall.call("b", "pool")
    assert hall.offers[-1].agent == "8001"
    assert hall.acd.pointers() == {"city": "8001", "pool": "8001"}


def test_two_calls_for_one_agent_the_oldest_gets_it() -> None:
    hall = Hall([queue("city"), queue("huoshan")], [person("8001", "city", "huoshan")])
    hall.call("younger-queue-older-call", "huoshan")
    hall.wait(1)
    hall.call("second", "city")
    hall.ready("8001")
    assert [o.call for o in hall.offers] == ["younger-queue-older-call"]
    assert hall.acd.waiting("city") == ("second",)
    hall.answer()
    assert hall.do(OfferAccepted("second", "8001")) != ()
    assert [o.call for o in hall.offers] == ["younger-queue-older-call"]


def test_calls_at_the_front_go_first_and_keep_their_order() -> None:
    hall = Hall([queue()], [person("8001")])
    for call, front in (("a", False), ("b", True), ("c", True), ("d", False)):
        hall.wait(1)
        hall.call(call, front=front)
    assert hall.acd.waiting("city") == ("b", "c", "a", "d")


def test_several_agents_getting_ready_at_one_moment_take_turns_too() -> None:
    hall = three(wrap_up=10)
    for i in range(3):
        hall.call(f"c{i}")
        hall.answer()
    for call, agent in (("c2", "8003"), ("c1", "8002"), ("c0", "8001")):
        hall.do(CallFinished(call, agent))
    hall.call("waiting")
    hall.wait(10)
    assert (hall.offers[-1].call, hall.offers[-1].agent) == ("waiting", "8001")
