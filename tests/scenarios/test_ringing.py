"""Why an agent does not ring, asked of control beside an engine that may disagree; and the forced reset."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import (
    AnyReply,
    Consult,
    DeskSeen,
    HangUp,
    PlaceCall,
    ResetAgent,
    Ringing,
    SetPaused,
    SetReady,
    SignOut,
    WasReset,
    WhyNotRinging,
)
from springline.contracts.event import utcnow
from springline.contracts.events import CallEnded
from springline.contracts.reconciling import DifferenceMended
from springline.contracts.ringing import DeskLease, Verdict
from springline.telephony.acd import AgentDials, CallWaiting, OfferAccepted
from springline.telephony.ari.fake import Phone
from springline.telephony.control.desks import LEASE_SECONDS
from tests.scenarios.test_handing_over import call_id, code_of, talking, the_end, together
from tests.scenarios.test_outbound import CUSTOMER, RULES, with_rules
from tests.support.exchange_house import DID, ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


async def why(house: ExchangeHouse, agent: str = "1001") -> Ringing:
    reply: AnyReply = await house.ask(WhyNotRinging(agent=agent))
    assert isinstance(reply, Ringing)
    return reply


async def verdict(house: ExchangeHouse, agent: str = "1001") -> Verdict:
    return (await why(house, agent)).verdict


async def reset(house: ExchangeHouse, agent: str = "1001", end_conversation: bool = False) -> WasReset:
    reply = await house.ask(ResetAgent(agent=agent, end_conversation=end_conversation))
    assert isinstance(reply, WasReset), reply
    return reply


async def test_from_signed_out_to_next_in_turn(house: ExchangeHouse, exchange: object) -> None:
    assert await verdict(house) is Verdict.SIGNED_OUT
    await house.work("1001", "1002")
    assert await verdict(house) is Verdict.NEXT_IN_TURN
    found = await why(house, "1002")
    assert found.verdict is Verdict.AFTER_OTHERS
    assert {queue.id: queue.ahead for queue in found.facts.queues} == {"city": ("1001",), "pool": ("1001",)}
    await house.ask(SetPaused(agent="1001", reason="meal"))
    assert (await why(house)).facts.pause_reason == "meal"
    await house.ask(SetReady(agent="1001"))
    house.register("1001", False)
    await settle()
    assert await verdict(house) is Verdict.NOT_REGISTERED
    house.asterisk.drop(refuse=True)
    await settle()
    assert await verdict(house) is Verdict.ENGINE_AWAY
    assert (await reset(house)).later
    assert await code_of(house, WhyNotRinging(agent="9999")) == "unknown_agent"


async def test_rings_talks_wraps_up(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001")
    house.phone("1001", answers_after=4.0)
    caller = await house.call_in()
    await house.agent_is("1001", AgentState.RINGING)
    assert await verdict(house) is Verdict.RINGING
    await house.agent_is("1001", AgentState.TALKING)
    await asyncio.sleep(10)
    found = await why(house)
    assert (found.verdict, found.facts.talking, found.reset) == (Verdict.BUSY, True, False)
    caller.hang_up()
    await house.agent_is("1001", AgentState.WRAP_UP)
    assert await verdict(house) is Verdict.WRAP_UP
    await asyncio.sleep(6)
    check_empty(house)


async def test_callers_who_wait_elsewhere(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1002")
    caller = await house.call_in("12")
    found = await why(house, "1002")
    assert (found.verdict, found.facts.elsewhere) == (Verdict.ELSEWHERE, ("huoshan",))
    caller.hang_up()
    await asyncio.sleep(5)
    check_empty(house)


async def test_the_desk_says_that_it_is_open_falls_asleep_and_is_closed(
    house: ExchangeHouse, exchange: object
) -> None:
    assert (await why(house)).facts.desk is DeskLease.UNKNOWN
    await house.ask(DeskSeen(agent="1001", tab="a"))
    await asyncio.sleep(60)
    assert (await why(house)).facts.desk is DeskLease.OPEN
    await asyncio.sleep(LEASE_SECONDS)
    assert (await why(house)).facts.desk is DeskLease.ASLEEP
    await house.ask(DeskSeen(agent="1001", tab="b"))
    assert (await why(house)).facts.desk is DeskLease.OPEN
    await house.ask(DeskSeen(agent="1001", tab="b", open=False))
    found = await why(house)
    assert (found.facts.desk, found.facts.desk_seen) == (DeskLease.CLOSED, None)
    assert (await why(house, "1002")).facts.desk is DeskLease.CLOSED


async def test_a_word_that_was_overtaken_by_the_last_opens_no_desk(
    house: ExchangeHouse, exchange: object
) -> None:
    await house.ask(DeskSeen(agent="1001", tab="a", open=False, said=2))
    await house.ask(DeskSeen(agent="1001", tab="a", said=1))
    assert (await why(house)).facts.desk is DeskLease.CLOSED
    await house.ask(DeskSeen(agent="1001", tab="a", said=3))
    assert (await why(house)).facts.desk is DeskLease.OPEN


async def test_a_call_that_nobody_looks_after_is_stuck_and_let_go(
    house: ExchangeHouse, exchange: object
) -> None:
    await house.work("1001")
    switchboard = house.exchange.switchboard
    switchboard.tell(CallWaiting("ghost", "city", 0.0))
    switchboard.tell(OfferAccepted("ghost", "1001"))
    assert await verdict(house) is Verdict.BUSY
    await asyncio.sleep(10)
    found = await why(house)
    assert (found.verdict, found.reset, found.facts.legs) == (Verdict.STUCK, True, 0)
    assert await reset(house) == WasReset(state=AgentState.READY, legs=0, dropped=True)
    assert await verdict(house) is Verdict.NEXT_IN_TURN
    switchboard.tell(AgentDials("1001", "ghost2"))
    await asyncio.sleep(10)
    assert (await reset(house)).dropped
    caller, _leg = await house.talk_in()
    await the_end(house, caller)


async def test_a_leg_that_is_gone_unheard_gives_the_caller_back_to_the_queue(
    house: ExchangeHouse, exchange: object
) -> None:
    caller, leg, _call = await talking(house, "1002")
    del house.asterisk.channels[leg.id]
    house.asterisk.bridges[caller.bridge_id or ""].channels.remove(leg.id)
    await asyncio.sleep(10)
    assert await verdict(house) is Verdict.STUCK
    was = await reset(house)
    assert (was.state, was.dropped) == (AgentState.READY, False)
    await until(lambda: house.agent("1002").state is AgentState.TALKING)
    await settle()
    assert caller.alive
    await the_end(house, caller)


async def test_a_caller_who_is_gone_unheard_is_told_of(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, call = await talking(house)
    for channel in (caller, leg):
        del house.asterisk.channels[channel.id]
    house.asterisk.bridges.clear()
    await asyncio.sleep(10)
    assert await verdict(house) is Verdict.STUCK
    assert (await reset(house)).state is AgentState.READY
    assert [event.call_id for event in await house.events(CallEnded)] == [call]  # type: ignore[attr-defined]
    assert await code_of(house, HangUp(call_id=call)) == "unknown_call"


async def test_a_conversation_is_never_ended_unasked_and_its_caller_goes_on(
    house: ExchangeHouse, exchange: object
) -> None:
    caller, leg, call = await talking(house, "1002")
    assert await code_of(house, ResetAgent(agent="1001")) == "in_conversation"
    assert together(house, caller, leg)
    assert (await reset(house, end_conversation=True)).state is AgentState.READY
    await until(lambda: house.agent("1002").call_id == call)
    assert not leg.alive
    assert caller.alive
    await the_end(house, caller)


async def test_a_ringing_agent_is_let_go_and_the_next_one_rings(
    house: ExchangeHouse, exchange: object
) -> None:
    await house.work("1001", "1002")
    house.phone("1001", answers_after=None)
    caller = await house.call_in()
    await house.agent_is("1001", AgentState.RINGING)
    assert (await reset(house)).state is AgentState.READY
    await until(lambda: house.agent("1002").call_id == call_id(house, caller))
    assert house.agent_leg("1001") is None
    await until(lambda: caller.bridge_id is not None)
    await settle()
    await the_end(house, caller)


@pytest.mark.parametrize("after", [1.0, 12.0])
async def test_a_call_out_is_let_go_while_it_rings_and_after_a_word_only_while_it_talks(
    house: ExchangeHouse, after: float
) -> None:
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        assert (
            await code_of(house, PlaceCall(call_id="o", agent="1001", number=CUSTOMER, hotline=DID)) is None
        )
        await asyncio.sleep(after)
        talks = house.exchange._calls["o"].talking is not None
        assert talks is (after > 10)
        if talks:
            assert await code_of(house, ResetAgent(agent="1001")) == "in_conversation"
        assert (await reset(house, end_conversation=talks)).state is AgentState.READY
        await settle()
        assert house.agent_leg("1001") is None
        assert await verdict(house) is Verdict.NEXT_IN_TURN
        check_empty(house)


async def test_channels_that_no_call_has_are_ended(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001")
    house.phone("1001", answers_after=None)
    ari = house.exchange.ari
    await ari.channels.originate_with_id(
        "agent-1001-0123456789ab",
        endpoint="PJSIP/agent-1001",
        app=ari.app,
        app_args="agent",
        variables={"SL_ROLE": "agent", "SL_CALL": "gone", "SL_AGENT": "1001"},
    )
    found = await why(house)
    assert (found.verdict, found.facts.leftovers) == (Verdict.LEFTOVER, 1)
    assert (await reset(house)).legs == 1
    await settle()
    assert house.agent_leg("1001") is None


async def test_a_reset_puts_who_is_nowhere_out_and_who_is_paused_back_to_the_pause(
    house: ExchangeHouse, exchange: object
) -> None:
    await house.work("1001", "1002")
    await house.ask(SetPaused(agent="1002", reason="meal"))
    assert (await reset(house, "1002")).state is AgentState.PAUSED
    await house.ask(DeskSeen(agent="1001", tab="a"))
    house.register("1001", False)
    await settle()
    assert (await reset(house)).state is AgentState.UNREACHABLE
    await house.ask(DeskSeen(agent="1001", tab="a", open=False))
    assert (await reset(house)).state is AgentState.OFFLINE
    assert await code_of(house, SignOut(agent="1002")) is None
    assert house.agent("1001").since <= utcnow()


# While the engine is away.


async def away(house: ExchangeHouse) -> None:
    house.asterisk.drop(refuse=True)
    await settle()


async def back(house: ExchangeHouse) -> None:
    house.asterisk.accept()
    await house.exchange.ari.wait_ready()
    await settle()


async def test_without_the_engine_who_talks_is_let_go_and_the_rest_follows(
    house: ExchangeHouse, exchange: object
) -> None:
    """Their leg ends and the caller waits for somebody else, once the engine is there to do it."""
    caller, leg, call = await talking(house, "1002")
    await house.ask(DeskSeen(agent="1001", tab="a"))
    await away(house)
    assert (await why(house)).facts.talking
    assert await code_of(house, ResetAgent(agent="1001")) == "in_conversation"
    was = await reset(house, end_conversation=True)
    assert was == WasReset(state=AgentState.UNREACHABLE, legs=1, dropped=False, later=True)
    assert house.agent("1001").call_id is None
    assert (await why(house)).facts.desk is not DeskLease.OPEN
    assert leg.alive
    await back(house)
    await until(lambda: not leg.alive)
    await until(lambda: house.agent("1002").call_id == call)
    assert house.agent("1001").state is AgentState.READY
    await asyncio.sleep(25)
    await the_end(house, caller)
    assert await house.events(DifferenceMended) == []


async def test_without_the_engine_who_rings_is_let_go(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001", "1002")
    house.phone("1001", answers_after=None)
    caller = await house.call_in()
    await house.agent_is("1001", AgentState.RINGING)
    leg = house.agent_leg("1001")
    assert leg is not None
    await away(house)
    was = await reset(house)
    assert (was.state, was.legs, was.later) == (AgentState.UNREACHABLE, 1, True)
    await back(house)
    await until(lambda: caller.bridge_id is not None, 60)
    assert not leg.alive
    assert house.agent("1001").state is not AgentState.UNREACHABLE
    await asyncio.sleep(25)
    await the_end(house, caller)


async def test_without_the_engine_who_asks_a_colleague_is_let_go(
    house: ExchangeHouse, exchange: object
) -> None:
    """The colleague who was asked has the caller then."""
    caller, leg, call = await talking(house, "1002")
    await house.ask(Consult(call_id=call, agent="1001", to_agent="1002"))
    await until(lambda: (other := house.agent_leg("1002")) is not None and other.bridge_id is not None)
    await away(house)
    was = await reset(house, end_conversation=True)
    assert (was.legs, was.dropped) == (1, True)
    assert house.agent("1001").call_id is None
    await back(house)
    await until(lambda: not leg.alive)
    await until(lambda: together(house, caller, house.agent_leg("1002")))
    assert house.agent("1001").state is AgentState.READY
    await the_end(house, caller)


@pytest.mark.parametrize("after", [1.0, 12.0])
async def test_without_the_engine_a_call_out_is_let_go(house: ExchangeHouse, after: float) -> None:
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        await house.ask(PlaceCall(call_id="o", agent="1001", number=CUSTOMER, hotline=DID))
        await asyncio.sleep(after)
        await away(house)
        await reset(house, end_conversation=after > 10)
        assert house.agent("1001").call_id is None
        await back(house)
        await asyncio.sleep(25)
        check_empty(house)
        assert house.agent("1001").state is AgentState.READY
        assert len(await house.events(CallEnded)) == 1


async def test_control_restarts_before_the_engine_is_back(house: ExchangeHouse) -> None:
    async with house.control():
        caller, leg, _call = await talking(house, "1002")
        await away(house)
        await reset(house, end_conversation=True)
    house.asterisk.accept()
    async with house.control():
        await until(lambda: not leg.alive)
        await until(lambda: caller.bridge_id is not None, 60)
        await asyncio.sleep(25)
        await the_end(house, caller)
