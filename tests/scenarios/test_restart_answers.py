"""An agent picks up while control is away, or as it dies: the first hello is not spoken to nobody."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    AgentOffered,
    CallEnded,
    OfferEnded,
    OfferOutcome,
    RecordingStarted,
)
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.exchange_ways import unanswered
from tests.support.virtual_time import settle


async def talk_and_end(house: ExchangeHouse, caller: FakeChannel) -> None:
    await house.agent_is("1001", AgentState.TALKING)
    await asyncio.sleep(3)
    caller.hang_up()
    await asyncio.sleep(3)
    check_empty(house)
    assert len(await house.events(CallEnded)) == 1


@pytest.mark.parametrize("steps", range(0, 8))
@pytest.mark.parametrize("away", [0.3, 4.4])
async def test_who_picked_up_as_control_died_is_joined(house: ExchangeHouse, steps: int, away: float) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
        leg.pick_up()
        await settle(steps)
        house.exchange.abandon()
        house.asterisk.drop()
    await asyncio.sleep(away)
    async with house.control():
        await until(lambda: caller.bridge_id is not None and caller.bridge_id == leg.bridge_id)
        assert leg.alive
        await talk_and_end(house, caller)
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001"]
    assert len(await house.events(AgentOffered)) == 1
    assert [event.outcome for event in await house.events(OfferEnded)] == [OfferOutcome.ANSWERED]
    assert len(await house.events(RecordingStarted)) == 1


async def test_who_picks_up_while_control_is_away_is_rung_again(house: ExchangeHouse) -> None:
    """The engine ends that leg at once; the journal tells of an interrupted offer, not of a conversation."""
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
    leg.pick_up()
    assert not leg.alive
    await asyncio.sleep(4.4)
    house.phone("1001", answers_after=1.0)
    async with house.control():
        await until(lambda: caller.bridge_id is not None)
        await talk_and_end(house, caller)
    assert len(await house.events(AgentConnected)) == 1
    outcomes = [event.outcome for event in await house.events(OfferEnded)]
    assert outcomes == [OfferOutcome.INTERRUPTED, OfferOutcome.ANSWERED]


async def test_who_hung_up_again_meanwhile_is_rung_again(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
        leg.pick_up()
        house.exchange.abandon()
        house.asterisk.drop()
    leg.hang_up()
    house.phone("1001", answers_after=1.0)
    async with house.control():
        await until(lambda: caller.bridge_id is not None)
        await talk_and_end(house, caller)


@pytest.mark.parametrize("steps", range(0, 30, 3))
async def test_the_caller_leaves_while_the_agent_who_picked_up_waits(
    house: ExchangeHouse, steps: int
) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
        leg.pick_up()
        house.exchange.abandon()
        house.asterisk.drop()
    async with house.control():
        await settle(steps)
        caller.hang_up()
        await asyncio.sleep(3)
        check_empty(house)
        assert not leg.alive
        assert house.agent("1001").state in (AgentState.READY, AgentState.WRAP_UP)
        assert len(await house.events(CallEnded)) == 1


@pytest.mark.parametrize("steps", range(0, 12))
async def test_who_picked_up_as_the_link_was_lost_is_joined(house: ExchangeHouse, steps: int) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
        leg.pick_up()
        await settle(steps)
        house.asterisk.drop()
        await until(lambda: caller.bridge_id is not None and caller.bridge_id == leg.bridge_id)
        await talk_and_end(house, caller)
    assert len(await house.events(AgentOffered)) == 1
    assert [event.outcome for event in await house.events(OfferEnded)] == [OfferOutcome.ANSWERED]
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001"]
