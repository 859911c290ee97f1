"""A caller given away, and a colleague asked: what each of the three sees, and what is told of it."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, ConsultWay, Done, GoOnFromConsult, Refused, Transfer
from springline.contracts.events import (
    AgentConnected,
    CallEnded,
    CallOutcome,
    HangupBy,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.handovers import CallTransferred, ConsultEnded, ConsultOutcome
from springline.contracts.live import ConsultPhase
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


async def code_of(house: ExchangeHouse, command: object) -> str | None:
    reply = await house.ask(command)  # type: ignore[arg-type]
    assert isinstance(reply, Done | Refused)
    return reply.code if isinstance(reply, Refused) else None


def call_id(house: ExchangeHouse, caller: FakeChannel) -> str:
    row = house.row_of(caller)
    assert row is not None
    return row.id


def together(house: ExchangeHouse, *channels: FakeChannel | None) -> bool:
    ids = {channel.id for channel in channels if channel is not None}
    return len(ids) == len(channels) and any(set(b.channels) == ids for b in house.asterisk.bridges.values())


async def talking(house: ExchangeHouse, *others: str) -> tuple[FakeChannel, FakeChannel, str]:
    """A caller and 1001's leg in a conversation; `others` are ready."""
    await house.work("1001")
    caller, leg = await house.talk_in("11")
    await house.work(*others)
    await asyncio.sleep(10)
    return caller, leg, call_id(house, caller)


async def asked(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel, FakeChannel, str]:
    """1001 talks with 1002 while the caller hears music."""
    caller, leg, call = await talking(house, "1002")
    assert await code_of(house, Consult(call_id=call, agent="1001", to_agent="1002")) is None
    await until(lambda: together(house, leg, house.agent_leg("1002")))
    await settle()
    colleague = house.agent_leg("1002")
    assert colleague is not None
    assert caller.moh
    assert caller.bridge_id is None
    return caller, leg, colleague, call


def go_on(call: str, way: ConsultWay, agent: str = "1001") -> GoOnFromConsult:
    return GoOnFromConsult(call_id=call, agent=agent, way=way)


async def the_end(house: ExchangeHouse, caller: FakeChannel) -> CallEnded:
    if caller.alive:
        caller.hang_up()
    await until(lambda: not caller.alive)
    await asyncio.sleep(15)
    check_empty(house)
    [ended] = await house.events(CallEnded)
    assert isinstance(ended, CallEnded)
    return ended


async def test_given_to_a_queue(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, call = await talking(house, "1003")
    assert await code_of(house, Transfer(call_id=call, agent="1001", queue="huoshan")) is None
    await until(lambda: together(house, caller, house.agent_leg("1003")))
    assert not leg.alive
    [told] = await house.events(CallTransferred)
    assert (told.agent, told.queue, told.to_agent, told.attended) == ("1001", "huoshan", None, False)
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001", "1003"]
    row = house.row_of(caller)
    assert row is not None
    assert (row.agent, row.queue) == ("1003", "huoshan")
    await house.agent_is("1001", AgentState.READY)
    ended = await the_end(house, caller)
    assert ended.outcome is CallOutcome.HANDLED
    assert len(await house.events(RecordingStarted)) == len(await house.events(RecordingFinished)) == 2


async def test_given_to_a_colleague_who_is_not_next_in_turn(house: ExchangeHouse, exchange: object) -> None:
    caller, _, call = await talking(house, "1002", "1003")
    assert await code_of(house, Transfer(call_id=call, agent="1001", to_agent="1003")) is None
    await until(lambda: together(house, caller, house.agent_leg("1003")))
    row = house.row_of(caller)
    assert row is not None
    assert row.queue == "huoshan", "they do not know the caller's queue, so theirs it is"
    await the_end(house, caller)


async def test_a_colleague_who_does_not_answer_costs_nobody_the_caller(
    house: ExchangeHouse, exchange: object
) -> None:
    caller, _, call = await talking(house, "1002")
    house.phone("1002", answers_after=None)
    assert await code_of(house, Transfer(call_id=call, agent="1001", to_agent="1002")) is None
    await until(lambda: caller.bridge_id is None)
    await until(lambda: together(house, caller, house.agent_leg("1001")), 120)
    await settle()
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001", "1001"]
    await the_end(house, caller)


async def test_what_cannot_be_asked_for(house: ExchangeHouse, exchange: object) -> None:
    caller, _, call = await talking(house, "1002")
    waiting = await house.call_in("11", "13805640002")
    await until(lambda: house.agent("1002").state is not AgentState.READY)
    for command, code in (
        (Transfer(call_id="x", agent="1001", queue="city"), "unknown_call"),
        (Transfer(call_id=call, agent="1002", queue="city"), "not_talking"),
        (Transfer(call_id=call, agent="1001", queue="nowhere"), "unknown_queue"),
        (Transfer(call_id=call, agent="1001"), "unknown_queue"),
        (Transfer(call_id=call, agent="1001", to_agent="9"), "unknown_agent"),
        (Transfer(call_id=call, agent="1001", to_agent="1001"), "unknown_agent"),
        (Transfer(call_id=call, agent="1001", to_agent="1002"), "colleague_busy"),
        (Transfer(call_id=call, agent="1001", to_agent="1003"), "colleague_busy"),
        (Consult(call_id=call, agent="1001", to_agent="1002"), "colleague_busy"),
        (Consult(call_id=call, agent="1001", to_agent="1001"), "unknown_agent"),
        (go_on(call, ConsultWay.COMPLETE), "no_consult"),
    ):
        assert await code_of(house, command) == code, command
    assert caller.bridge_id is not None
    waiting.hang_up()
    await until(lambda: not waiting.alive)


async def test_asked_and_back(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, call = await asked(house)
    row = house.row_of(caller)
    assert row is not None
    assert (row.agent, row.consult, row.consult_phase) == ("1001", "1002", ConsultPhase.ASKED)
    assert house.agent("1002").state is AgentState.TALKING
    assert house.agent("1002").call_id == call
    assert await code_of(house, Consult(call_id=call, agent="1001", to_agent="1003")) == "consulting"
    assert await code_of(house, Transfer(call_id=call, agent="1001", queue="city")) == "consulting"
    caller.press("5")
    assert await code_of(house, go_on(call, ConsultWay.RETURN)) is None
    await until(lambda: together(house, caller, leg))
    assert not colleague.alive
    assert not caller.moh
    assert house.agent("1002").state is AgentState.READY, "who was asked has nothing to wrap up"
    assert [event.outcome for event in await house.events(ConsultEnded)] == [ConsultOutcome.RETURNED]
    await the_end(house, caller)
    assert len(await house.events(RecordingStarted)) == len(await house.events(RecordingFinished)) == 2


async def test_asked_and_taken_over(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, call = await asked(house)
    assert await code_of(house, go_on(call, ConsultWay.COMPLETE)) is None
    await until(lambda: together(house, caller, colleague))
    assert not leg.alive
    assert house.agent("1001").state is AgentState.WRAP_UP
    assert house.agent("1002").state is AgentState.TALKING
    [told] = await house.events(CallTransferred)
    assert (told.agent, told.to_agent, told.attended) == ("1001", "1002", True)
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001", "1002"]
    await asyncio.sleep(20)
    colleague.hang_up()
    ended = await the_end(house, caller)
    assert ended.by is HangupBy.AGENT
    assert len(await house.events(RecordingFinished)) == 2


async def test_hanging_up_hands_over(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, _ = await asked(house)
    leg.hang_up()
    await until(lambda: together(house, caller, colleague))
    await the_end(house, caller)


async def test_hanging_up_before_the_answer_gives_away(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, call = await talking(house, "1002")
    house.phone("1002", answers_after=4.0)
    assert await code_of(house, Consult(call_id=call, agent="1001", to_agent="1002")) is None
    await until(lambda: house.agent_leg("1002"))
    leg.hang_up()
    await until(lambda: together(house, caller, house.agent_leg("1002")), 60)
    assert [event.attended for event in await house.events(CallTransferred)] == [False]
    await the_end(house, caller)


async def test_all_three_talk_and_one_leaves(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, call = await asked(house)
    assert await code_of(house, go_on(call, ConsultWay.JOIN)) is None
    await until(lambda: together(house, caller, leg, colleague))
    await settle()
    row = house.row_of(caller)
    assert row is not None
    assert row.consult_phase is ConsultPhase.JOINED
    colleague.hang_up()
    await until(lambda: together(house, caller, leg))
    await settle()
    assert house.agent("1002").state is AgentState.READY
    assert [event.outcome for event in await house.events(ConsultEnded)] == [ConsultOutcome.LEFT]
    await the_end(house, caller)
    assert len(await house.events(RecordingFinished)) == 2


async def test_all_three_talk_and_the_agent_leaves(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, call = await asked(house)
    assert await code_of(house, go_on(call, ConsultWay.JOIN)) is None
    await until(lambda: together(house, caller, leg, colleague))
    leg.hang_up()
    await asyncio.sleep(5)
    assert together(house, caller, colleague)
    await the_end(house, caller)
    assert len(await house.events(RecordingFinished)) == 3


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ({"answers_after": None}, ConsultOutcome.NO_ANSWER),
        ({"rejects_after": 1.0}, ConsultOutcome.REFUSED),
        (
            {"answers_after": None, "rings_after": None, "rejects_after": 0.5, "reject_cause": 20},
            ConsultOutcome.FAILED,
        ),
    ],
)
async def test_a_colleague_who_cannot(
    house: ExchangeHouse, exchange: object, behaviour: dict[str, object], outcome: ConsultOutcome
) -> None:
    caller, leg, call = await talking(house, "1002")
    house.phone("1002", **behaviour)
    assert await code_of(house, Consult(call_id=call, agent="1001", to_agent="1002")) is None
    await until(lambda: not together(house, caller, leg))
    assert await code_of(house, go_on(call, ConsultWay.COMPLETE)) in ("not_answered", "no_consult")
    await until(lambda: together(house, caller, leg))
    await settle()
    assert [event.outcome for event in await house.events(ConsultEnded)] == [outcome]
    assert house.agent("1002").call_id is None
    await the_end(house, caller)


async def test_the_caller_leaves_meanwhile(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, _ = await asked(house)
    caller.hang_up()
    await until(lambda: not leg.alive and not colleague.alive)
    await settle()
    assert house.agent("1002").state is AgentState.READY
    assert [event.outcome for event in await house.events(ConsultEnded)] == [ConsultOutcome.CALLER_LEFT]
    await the_end(house, caller)


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("away", [0.5, 40.0])
async def test_control_dies_while_a_colleague_is_asked(
    house: ExchangeHouse, joined: bool, away: float
) -> None:
    async with house.control():
        caller, leg, colleague, call = await asked(house)
        if joined:
            assert await code_of(house, go_on(call, ConsultWay.JOIN)) is None
            await until(lambda: together(house, caller, leg, colleague))
    await asyncio.sleep(away)
    assert leg.alive
    assert colleague.alive
    async with house.control():
        await settle()
        row = house.row_of(caller)
        assert row is not None
        assert row.consult_phase is (ConsultPhase.JOINED if joined else ConsultPhase.ASKED)
        assert house.agent("1001").state is house.agent("1002").state is AgentState.TALKING
        assert await code_of(house, go_on(call, ConsultWay.COMPLETE)) is None
        await until(lambda: together(house, caller, colleague))
        assert not caller.moh
        await the_end(house, caller)


async def test_control_dies_while_the_colleague_rings(house: ExchangeHouse) -> None:
    async with house.control():
        caller, leg, call = await talking(house, "1002")
        house.phone("1002", answers_after=None)
        assert await code_of(house, Consult(call_id=call, agent="1001", to_agent="1002")) is None
        await until(lambda: house.agent_leg("1002"))
    async with house.control():
        await until(lambda: together(house, caller, leg))
        await until(lambda: house.agent_leg("1002") is None)
        assert house.agent("1002").call_id is None
        await the_end(house, caller)


async def test_the_link_is_lost_while_a_colleague_is_asked(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, colleague, call = await asked(house)
    house.asterisk.drop()
    await asyncio.sleep(8)
    assert together(house, leg, colleague)
    assert await code_of(house, go_on(call, ConsultWay.RETURN)) is None
    await until(lambda: together(house, caller, leg))
    assert not caller.moh
    await the_end(house, caller)
