"""Agents' devices that go away, while ringing and while talking."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    CallEnded,
    HangupBy,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.telephony.control.line import CAUSE_NO_SOUND
from tests.support.exchange_house import ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty


async def test_gone_while_ringing_the_next_agent_rings(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001", "1002")
    house.phone("1001", answers_after=None)
    caller = await house.call_in("11")
    await until(lambda: house.agent_leg("1001"))
    house.register("1001", False)
    await until(lambda: house.agent_leg("1002"))
    assert house.agent_leg("1001") is None
    await until(lambda: caller.bridge_id is not None)
    outcomes = [(event.agent, event.outcome) for event in await house.events(OfferEnded)]
    assert outcomes == [("1001", OfferOutcome.FAILED), ("1002", OfferOutcome.ANSWERED)]
    assert house.agent("1001").state is AgentState.UNREACHABLE
    house.register("1001", True)
    await house.agent_is("1001", AgentState.READY)


async def test_gone_while_talking_without_sound_the_caller_comes_first(
    house: ExchangeHouse, exchange: object
) -> None:
    await house.work("1001")
    caller, _ = await house.talk_in("11")
    waiting = await house.call_in("11", "13805640002")
    await asyncio.sleep(10)
    house.silent_devices.add("1001")
    house.register("1001", False)
    await house.hears(caller, "queue.broken", 15)
    assert house.agent_leg("1001") is None
    [lost] = await house.events(AgentLost)
    assert (lost.agent, lost.cause) == ("1001", CAUSE_NO_SOUND)
    assert house.agent("1001").state is AgentState.UNREACHABLE
    await house.work("1002")
    await until(
        lambda: caller.bridge_id is not None and len(house.asterisk.bridges[caller.bridge_id].channels) == 2
    )
    assert waiting.bridge_id is None
    await asyncio.sleep(20)
    caller.hang_up()
    await until(lambda: not caller.alive)
    await asyncio.sleep(2)
    started = [event.path for event in await house.events(RecordingStarted)]
    assert started == [event.path for event in await house.events(RecordingFinished)]
    assert len(started) == 2
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001", "1002"]
    [ended] = await house.events(CallEnded)
    assert ended.talk_seconds == pytest.approx(10 + 6 + 22, abs=1)


async def test_sound_outlives_the_registration(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in("11")
    ready.register("1001", False)
    await never(lambda: ready.agent_leg("1001") is None, 60)
    assert caller.bridge_id is not None
    ready.register("1001", True)
    await asyncio.sleep(20)
    assert await ready.events(AgentLost) == []
    caller.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)


async def test_leg_and_registration_go_together(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in("11")
    ready.register("1001", False)
    leg.hang_up(cause=38)
    await ready.hears(caller, "queue.broken")
    assert caller.alive
    ready.register("1001", True)
    await until(lambda: ready.agent_leg("1001"))


async def test_an_agent_who_hangs_up_ends_the_call(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in("11")
    await asyncio.sleep(12)
    leg.hang_up()
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.by is HangupBy.AGENT
    assert ended.talk_seconds == pytest.approx(12, abs=0.1)


async def test_a_device_that_never_was_there(house: ExchangeHouse) -> None:
    for agent in ("1001", "1002", "1003"):
        house.phone(agent, online=False)
    async with house.control():
        await house.work("1001")
        assert house.agent("1001").state is AgentState.UNREACHABLE
        caller = await house.call_in("11")
        await never(lambda: house.agent_leg("1001"), 60)
        house.phone("1001", answers_after=1.0)
        house.register("1001", True)
        await until(lambda: caller.bridge_id is not None)
