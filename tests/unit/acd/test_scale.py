"""The cost of a decision does not grow with the hall: counted in function calls, not in seconds."""

import sys
from types import FrameType

import pytest

from springline.telephony.acd import CallFinished, CallLeft, CallWaiting, OfferAccepted, SetReady
from tests.unit.acd.people import Hall, person, queue

SKILLS = 8


def hall_of(size: int) -> Hall:
    """`size` agents, all in one pool and each in a few of half as many other queues; most are talking."""
    queues = [queue("pool"), *(queue(f"q{i}") for i in range(size // 2))]
    agents = [
        person(str(10_000 + i), "pool", *(f"q{(i * 7 + k * 13) % (size // 2)}" for k in range(SKILLS)))
        for i in range(size)
    ]
    hall = Hall(queues, agents)
    hall.ready(*(agent.id for agent in agents))
    for i in range(size // 2):
        hall.call(f"pool{i}", "pool")
        hall.answer()
    for i in range(size // 2):
        hall.call(f"wait{i}", "q0")
    return hall


def steps_of_a_call(hall: Hall, name: str) -> int:
    """How many function calls one whole call costs."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        hall.do(CallWaiting(name, "pool", hall.now))
        agent = hall.offers[-1].agent
        hall.do(OfferAccepted(name, agent))
        hall.do(CallFinished(name, agent))
        hall.do(SetReady(agent))
        hall.do(CallLeft(name))
    finally:
        sys.setprofile(None)
    return count


def test_the_cost_of_a_call_does_not_grow_with_the_hall() -> None:
    small, large = hall_of(40), hall_of(800)
    assert steps_of_a_call(large, "a") == pytest.approx(steps_of_a_call(small, "a"), rel=0.2)
