"""An agent calls somebody back: the own device first, then the customer, and never the 400 number."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Done, HangUp, PlaceCall, Refused, SetPaused, SignIn
from springline.contracts.config import Config, OutboundConfig
from springline.contracts.events import (
    AgentConnected,
    CallEnded,
    CallOutcome,
    CallPlaced,
    HangupBy,
    OfferEnded,
    OfferOutcome,
    RecordingStarted,
)
from springline.telephony.ari.fake import Phone
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import DID, ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty

SHOWN, CUSTOMER = "05643210000", "+8613805640001"
RULES = OutboundConfig(callback_number=SHOWN, allow=("+861", "+86564"), daily_calls=3)


def with_rules(rules: OutboundConfig | None) -> Config:
    plain = config()
    hotline = msgspec.structs.replace(plain.hotlines[0], outbound=rules)
    return msgspec.structs.replace(plain, hotlines=(hotline,))


@pytest.fixture
async def trunk(house: ExchangeHouse) -> AsyncIterator[ExchangeHouse]:
    """Agent 1001 is ready; every number outside answers after three seconds."""
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        yield house


async def place(
    house: ExchangeHouse, number: str = CUSTOMER, call_id: str = "back1", agent: str = "1001"
) -> object:
    return await house.ask(
        PlaceCall(call_id=call_id, agent=agent, number=number, hotline=DID, first_call="c1")
    )


def customer(house: ExchangeHouse) -> FakeChannel | None:
    return next(
        (c for c in house.asterisk.channels.values() if c.name.endswith("@trunk-") or "@trunk" in c.name),
        None,
    )


async def talking(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel]:
    assert await place(house) == Done()
    await until(lambda: (leg := customer(house)) is not None and leg.bridge_id is not None)
    called = customer(house)
    assert called is not None
    return called, house.partner(called)


async def talking_again(house: ExchangeHouse, call_id: str) -> tuple[FakeChannel, FakeChannel]:
    assert await place(house, call_id=call_id) == Done()
    name = f"out-{call_id}"
    await until(
        lambda: name in house.asterisk.channels and house.asterisk.channels[name].bridge_id is not None
    )
    called = house.asterisk.channels[name]
    return called, house.partner(called)


async def test_the_agents_leg_first_then_the_customer(trunk: ExchangeHouse) -> None:
    assert await place(trunk) == Done()
    await until(lambda: trunk.agent_leg("1001"))
    assert customer(trunk) is None
    assert trunk.agent("1001").state is AgentState.TALKING
    await until(lambda: customer(trunk))
    called = customer(trunk)
    assert called is not None
    assert called.name.startswith("PJSIP/13805640001@trunk")
    assert called.caller.number == SHOWN
    await until(lambda: called.bridge_id is not None)
    [placed] = await trunk.events(CallPlaced)
    assert (placed.number, placed.presented, placed.first_call) == (CUSTOMER, SHOWN, "c1")
    [row] = trunk.call_rows()
    assert (row.direction, row.caller, row.agent) == ("out", CUSTOMER, "1001")
    await until(lambda: trunk.exchange._calls["back1"].facts.recording)
    [begun] = await trunk.events(RecordingStarted)
    assert begun.path.endswith("back1.raw")
    await asyncio.sleep(10)
    called.hang_up()
    await asyncio.sleep(1)
    [ended] = await trunk.events(CallEnded)
    assert (ended.outcome, ended.by) == (CallOutcome.HANDLED, HangupBy.CALLER)
    assert ended.talk_seconds == pytest.approx(10, abs=0.5)
    assert trunk.agent("1001").state is AgentState.WRAP_UP
    check_empty(trunk)


async def test_the_agent_hangs_up(trunk: ExchangeHouse) -> None:
    called, leg = await talking(trunk)
    leg.hang_up()
    await until(lambda: not called.alive)
    await asyncio.sleep(1)
    [ended] = await trunk.events(CallEnded)
    assert (ended.outcome, ended.by) == (CallOutcome.HANDLED, HangupBy.AGENT)
    check_empty(trunk)


async def test_the_agent_gives_up_while_it_rings(trunk: ExchangeHouse) -> None:
    trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    await place(trunk)
    await until(lambda: customer(trunk))
    leg = trunk.agent_leg("1001")
    assert leg is not None
    assert leg.ringing
    leg.hang_up()
    await asyncio.sleep(2)
    [ended] = await trunk.events(CallEnded)
    assert (ended.outcome, ended.by) == (CallOutcome.NOT_REACHED, HangupBy.AGENT)
    check_empty(trunk)


@pytest.mark.parametrize(("cause", "busy"), [(17, True), (21, False), (20, False)])
async def test_the_customer_is_not_reached(trunk: ExchangeHouse, cause: int, busy: bool) -> None:
    trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(rejects_after=1.0, reject_cause=cause)
    await place(trunk)
    await until(lambda: not trunk.exchange._calls)
    await asyncio.sleep(1)
    [ended] = await trunk.events(CallEnded)
    assert (ended.outcome, ended.cause) == (CallOutcome.NOT_REACHED, cause)
    assert await trunk.events(AgentConnected) == []
    check_empty(trunk)


async def test_the_agents_device_does_not_answer(trunk: ExchangeHouse) -> None:
    trunk.phone("1001", answers_after=None)
    await place(trunk)
    await until(lambda: not trunk.exchange._calls)
    await asyncio.sleep(1)
    assert customer(trunk) is None, "nobody is called whom no agent would talk to"
    [offer] = await trunk.events(OfferEnded)
    assert offer.outcome is OfferOutcome.NO_ANSWER
    check_empty(trunk)


async def test_hung_up_by_command(trunk: ExchangeHouse) -> None:
    called, _ = await talking(trunk)
    await trunk.ask(HangUp(call_id="back1"))
    await until(lambda: not called.alive)
    await asyncio.sleep(1)
    check_empty(trunk)


async def test_a_paused_agent_stays_paused_afterwards(trunk: ExchangeHouse) -> None:
    await trunk.ask(SetPaused(agent="1001", reason="admin"))
    called, _ = await talking(trunk)
    called.hang_up()
    await trunk.agent_is("1001", AgentState.PAUSED)
    assert trunk.agent("1001").reason == "admin"


async def test_no_caller_is_offered_to_an_agent_who_calls(trunk: ExchangeHouse) -> None:
    await talking(trunk)
    caller = await trunk.call_in("11")
    await asyncio.sleep(30)
    assert caller.bridge_id is None


# What is denied.


@pytest.mark.parametrize("number", ["+8529876543", "+8610086", "+864000564000", "13805640001", "", "x"])
async def test_denied_unless_a_rule_allows(trunk: ExchangeHouse, number: str) -> None:
    reply = await place(trunk, number)
    assert isinstance(reply, Refused)
    assert reply.code == "number_not_allowed"
    assert await trunk.events(CallPlaced) == []


async def test_denied_without_rules(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001")
    reply = await place(house)
    assert isinstance(reply, Refused)
    assert reply.code == "outbound_off"


async def test_no_more_than_the_day_may_cost(house: ExchangeHouse) -> None:
    """Two minutes are paid for: one call of 61 s takes them both."""
    house.config = with_rules(msgspec.structs.replace(RULES, rate=30, daily_spend=60))
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        called, _agent = await talking(house)
        await asyncio.sleep(61)
        called.hang_up()
        await house.agent_is("1001", AgentState.READY)
        reply = await place(house, call_id="back2")
        assert isinstance(reply, Refused)
        assert reply.code == "spend_cap"


async def test_a_restart_forgets_neither_the_days_money_nor_its_calls(house: ExchangeHouse) -> None:
    """Of two minutes the first call takes one before the restart; the second goes on over another restart."""
    house.config = with_rules(msgspec.structs.replace(RULES, rate=30, daily_spend=60, daily_calls=9))
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        called, _agent = await talking(house)
        await asyncio.sleep(20)
        called.hang_up()
        await house.agent_is("1001", AgentState.READY)
    async with house.control():
        await talking_again(house, "back2")
        await asyncio.sleep(50)
    async with house.control():
        await asyncio.sleep(5)
        house.asterisk.channels["out-back2"].hang_up()
        await house.agent_is("1001", AgentState.READY)
        reply = await place(house, call_id="back3")
        assert isinstance(reply, Refused)
        assert reply.code == "spend_cap"
    house.config = with_rules(msgspec.structs.replace(RULES, rate=30, daily_spend=6000, daily_calls=2))
    async with house.control():
        reply = await place(house, call_id="back4")
        assert isinstance(reply, Refused)
        assert reply.code == "daily_cap"


async def test_no_more_than_the_days_calls(trunk: ExchangeHouse) -> None:
    for number in range(3):
        assert await place(trunk, call_id=f"back{number}") == Done()
        await until(lambda: (leg := customer(trunk)) is not None and leg.bridge_id is not None)
        trunk.asterisk.channels[f"out-back{number}"].hang_up()
        await trunk.agent_is("1001", AgentState.READY)
    reply = await place(trunk, call_id="back9")
    assert isinstance(reply, Refused)
    assert reply.code == "daily_cap"
    assert len(await trunk.events(CallPlaced)) == 3


@pytest.mark.parametrize(("agent", "code"), [("1002", "not_signed_in"), ("9999", "unknown_agent")])
async def test_who_is_not_at_work_cannot_call(trunk: ExchangeHouse, agent: str, code: str) -> None:
    reply = await place(trunk, agent=agent)
    assert isinstance(reply, Refused)
    assert reply.code == code


async def test_whose_device_is_away_or_who_talks_cannot_call(trunk: ExchangeHouse) -> None:
    await trunk.talk_in("11")
    reply = await place(trunk)
    assert isinstance(reply, Refused)
    assert reply.code == "busy"
    await trunk.ask(SignIn(agent="1002"))
    trunk.register("1002", False)
    await asyncio.sleep(1)
    reply = await place(trunk, agent="1002")
    assert isinstance(reply, Refused)
    assert reply.code == "device_away"


# What goes wrong underneath.


async def test_the_conversation_survives_a_restart_of_control(house: ExchangeHouse) -> None:
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        called, leg = await talking(house)
        await asyncio.sleep(5)
    async with house.control():
        await asyncio.sleep(5)
        assert called.alive
        assert leg.alive
        assert house.agent("1001").state is AgentState.TALKING
        called.hang_up()
        await asyncio.sleep(1)
        check_empty(house)
    [ended] = await house.events(CallEnded)
    assert ended.outcome is CallOutcome.HANDLED
    assert ended.talk_seconds == pytest.approx(10, abs=1.5)


async def test_what_only_rang_is_ended_by_a_restart(house: ExchangeHouse) -> None:
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    async with house.control():
        await house.work("1001")
        await place(house)
        await until(lambda: customer(house))
    async with house.control():
        await asyncio.sleep(2)
        assert customer(house) is None
        check_empty(house)
        assert house.agent("1001").state in (AgentState.READY, AgentState.WRAP_UP)
    [ended] = await house.events(CallEnded)
    assert ended.outcome is CallOutcome.NOT_REACHED


async def test_the_link_is_lost_during_the_conversation(trunk: ExchangeHouse) -> None:
    called, _ = await talking(trunk)
    trunk.asterisk.drop()
    await asyncio.sleep(5)
    assert called.alive
    called.hang_up()
    await asyncio.sleep(1)
    [ended] = await trunk.events(CallEnded)
    assert ended.outcome is CallOutcome.HANDLED
    check_empty(trunk)


async def test_the_link_is_lost_while_it_rings(trunk: ExchangeHouse) -> None:
    trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    await place(trunk)
    await until(lambda: customer(trunk))
    trunk.asterisk.drop()
    await asyncio.sleep(5)
    check_empty(trunk)
    assert trunk.agent("1001").state in (AgentState.READY, AgentState.WRAP_UP)
