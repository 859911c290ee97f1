"""When the own agents are busy: others help; who is served first; what waiting callers are told."""

import asyncio

import pytest

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    AgentOffered,
    CallEnded,
    CallOutcome,
    CallOverflowed,
    KeyPressed,
    OfferEnded,
    OfferOutcome,
)
from springline.contracts.routing import CallerFound
from springline.contracts.voicemail import MessageOffered
from tests.support.exchange_house import ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty

SKILLS = {"1001": ("city",), "1002": ("pool",), "1003": ("huoshan", "pool")}
HELPED = {"overflow_to": ("pool",), "overflow_after": 18.0, "overflow_wait": 500.0}


def helped(**more: object) -> object:
    return config(skills=SKILLS, **{**HELPED, **more})  # type: ignore[arg-type]


async def test_after_18_seconds_the_pool_helps(house: ExchangeHouse) -> None:
    house.config = helped()
    async with house.control():
        await house.work("1001", "1002")
        first, _ = await house.talk_in("11", "13805640001")
        caller = await house.call_in("11", "13805640002")
        queued = house.asterisk.now
        await house.hears(caller, "queue.overflow")
        assert house.asterisk.now - queued == pytest.approx(18, abs=0.5)
        await until(lambda: caller.bridge_id is not None)
        connected = (await house.events(AgentConnected))[-1]
        assert (connected.agent, connected.queue) == ("1002", "pool")
        [overflowed] = await house.events(CallOverflowed)
        assert overflowed.queues == ("pool",)
        assert first.alive


async def test_without_anybody_of_its_own_a_queue_is_helped_at_once(house: ExchangeHouse) -> None:
    house.config = helped()
    async with house.control():
        await house.work("1002")
        caller = await house.call_in("11")
        queued = house.asterisk.now
        await until(lambda: caller.bridge_id is not None)
        assert house.asterisk.now - queued < 5


async def test_where_the_wait_would_be_long_help_comes_at_once(house: ExchangeHouse) -> None:
    """One agent, and each call takes 150 s as far as is known."""
    house.config = helped(overflow_wait=90.0)
    async with house.control():
        await house.work("1001", "1002")
        await house.talk_in("11", "13805640001")
        caller = await house.call_in("11", "13805640002")
        queued = house.asterisk.now
        await until(lambda: caller.bridge_id is not None)
        assert house.asterisk.now - queued < 5


async def test_told_once_over_a_restart(house: ExchangeHouse) -> None:
    house.config = helped()
    async with house.control():
        caller = await house.call_in("11")
        await until(lambda: "queue.overflow" in house.heard(caller))
    async with house.control():
        await asyncio.sleep(5)
        await house.work("1002")
        await until(lambda: caller.bridge_id is not None)
    assert len(await house.events(CallOverflowed)) == 1
    assert house.heard(caller).count("queue.overflow") == 1


async def test_whose_water_is_on_its_way_is_served_sooner(house: ExchangeHouse) -> None:
    waiting_since = {"+8613805640002": False, "+8613805640003": True}

    async def answer(data: bytes) -> bytes:
        caller = codec.decode_any(data, dict)["caller"]
        return codec.encode(CallerFound(known=True, open_order=waiting_since.get(caller, False)))

    await house.bus.respond(subjects.LOCATE_CALLER, answer)
    house.config = config(head_start=60.0)
    async with house.control():
        patient = await house.call_in("11", "13805640002")
        await asyncio.sleep(20)
        expecting = await house.call_in("11", "13805640003")
        await house.work("1001")
        await until(lambda: expecting.bridge_id is not None)
        assert patient.bridge_id is None


async def test_the_agent_who_knows_the_caller_is_asked_first(house: ExchangeHouse) -> None:
    async def answer(_data: bytes) -> bytes:
        return codec.encode(CallerFound(last_agent="1002"))

    await house.bus.respond(subjects.LOCATE_CALLER, answer)
    house.config = config(skills={"1001": ("city",), "1002": ("city",)}, last_agent_first=True)
    async with house.control():
        await house.work("1001", "1002")
        caller = await house.call_in("11")
        await until(lambda: caller.bridge_id is not None)
        assert [offer.agent for offer in await house.events(AgentOffered)] == ["1002"]


async def queue_of(house: ExchangeHouse, count: int) -> list:
    return [await house.call_in("11", f"1380564{number:04d}") for number in range(1, count + 1)]


async def test_position_and_wait_are_told_to_those_who_have_two_before_them(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", max_wait=900.0)
    async with house.control():
        await house.work("1001")
        await house.talk_in("11", "13905640000")
        first, _second, third = await queue_of(house, 3)
        await house.hears(third, "queue.position.ahead.2")
        await house.hears(third, "queue.position.wait.8")
        await house.hears(third, "queue.position.offer")
        await house.hears(first, "queue.wait")
        assert "queue.position.offer" not in house.heard(first)


async def test_press_1_to_leave_a_message_instead(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", max_wait=900.0)
    async with house.control():
        await house.work("1001")
        await house.talk_in("11", "13905640000")
        *_, caller = await queue_of(house, 3)
        caller.press("1")
        await asyncio.sleep(1)
        assert await house.events(MessageOffered) == [], "not yet offered: a late key of the menu"
        await house.hears(caller, "queue.position.offer")
        caller.press("1")
        await house.hears(caller, "vm.confirm")
        assert not caller.moh
        caller.press("1")
        await house.hears(caller, "vm.start")
        [offer] = await house.events(MessageOffered)
        assert offer.reason == "asked"
        assert [k.accepted for k in await house.events(KeyPressed) if k.call_id == offer.call_id][-2:] == [
            True,
            True,
        ]
        caller.hang_up()
        await asyncio.sleep(1)
        ended = (await house.events(CallEnded))[-1]
        # Asked for a call back, and confirmed the number: that is no lost call.
        assert ended.outcome is CallOutcome.MESSAGE


async def test_who_leaves_the_line_frees_the_agent_who_rings(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", max_wait=900.0, skills={"1001": ("city",)}, wrap_up=0.0)
    async with house.control():
        await house.work("1001")
        talking, _ = await house.talk_in("11", "13905640000")
        first, second, caller = await queue_of(house, 3)
        await house.hears(caller, "queue.position.offer")
        house.phone("1001", answers_after=None)
        for other in (first, second, talking):
            other.hang_up()
        await until(lambda: house.row_of(caller).agent == "1001")
        caller.press("1")
        await house.hears(caller, "vm.confirm")
        last = (await house.events(OfferEnded))[-1]
        assert last.outcome is OfferOutcome.CALLER_LEFT
        await house.agent_is("1001", AgentState.READY)
        caller.hang_up()
        await asyncio.sleep(1)
        check_empty(house)
