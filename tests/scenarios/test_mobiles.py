"""An agent's own mobile over the trunk: rings as the last rung or alone, and only a 1 takes the call."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, PlaceCall, SetPaused, SetReady, SignIn, SignOut
from springline.contracts.config import OutboundConfig
from springline.contracts.events import AgentConnected, CallEnded, OfferEnded, OfferOutcome
from springline.contracts.mobile import MobileUse
from springline.telephony.ari.fake import Phone
from tests.scenarios.mobiles import ACCEPT, MOBILE, RULES, SHOWN, asked, mobile, rings, use, with_mobile
from tests.scenarios.test_handing_over import code_of
from tests.support.exchange_house import DID, PROMPTS, ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


@pytest.fixture
def trunk(house: ExchangeHouse) -> ExchangeHouse:
    house.config = with_mobile()
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    return house


@pytest.fixture
async def only(trunk: ExchangeHouse) -> AsyncIterator[ExchangeHouse]:
    """1001 is ready, by mobile only; no device is there."""
    trunk.phone("1001", online=False)
    async with trunk.control():
        await trunk.ask(SignIn(agent="1001"))
        assert await code_of(trunk, use(MobileUse.ONLY)) is None
        await trunk.work("1001")
        assert trunk.agent("1001").state is AgentState.READY
        yield trunk


async def test_a_one_takes_the_call(only: ExchangeHouse) -> None:
    caller, leg = await asked(only)
    assert leg.name.startswith("PJSIP/13905640001@trunk")
    assert leg.caller.number == SHOWN
    assert caller.bridge_id is None
    leg.press("5")
    await asyncio.sleep(3)
    assert caller.bridge_id is None
    leg.press("1")
    await until(lambda: caller.bridge_id is not None)
    assert only.partner(caller) is leg
    await settle()
    [connected] = await only.events(AgentConnected)
    assert connected.mobile
    row = only.row_of(caller)
    assert row is not None
    assert row.mobile
    await asyncio.sleep(20)
    leg.hang_up()
    await until(lambda: not caller.alive)
    await asyncio.sleep(10)
    check_empty(only)
    assert only.agent("1001").state is AgentState.READY


async def test_a_voicemail_does_not_swallow_the_call(only: ExchangeHouse) -> None:
    caller, leg = await asked(only)
    await until(lambda: not leg.alive, 40)
    assert caller.alive
    assert only.heard(leg).count(ACCEPT) > 3
    [offer] = await only.events(OfferEnded)
    assert offer.outcome is OfferOutcome.NO_ANSWER
    await until(lambda: only.agent("1001").reason == "no_answer", 60)
    assert caller.alive


async def test_a_voicemail_that_hangs_up_is_a_missed_call(only: ExchangeHouse) -> None:
    _caller, leg = await asked(only)
    leg.hang_up()
    await settle()
    [offer] = await only.events(OfferEnded)
    assert offer.outcome is OfferOutcome.NO_ANSWER


async def test_the_caller_leaves_while_somebody_is_asked(only: ExchangeHouse) -> None:
    caller, leg = await asked(only)
    caller.hang_up()
    await until(lambda: not leg.alive)
    await asyncio.sleep(10)
    check_empty(only)


async def test_the_keys_of_the_mobile_are_not_the_callers(only: ExchangeHouse) -> None:
    """1 pressed by a waiting caller means: rather leave a message."""
    only.exchange.configure(msgspec.structs.replace(with_mobile(flow="main.v2"), version=2), PROMPTS)
    await only.ask(SetPaused(agent="1001", reason="meal"))
    await only.work("1003")
    await only.talk_in("12", "13805640009")
    *before, caller = [await only.call_in("12", f"1380564000{n}") for n in range(1, 5)]
    await only.hears(caller, "queue.position.offer")
    for one in before:
        one.hang_up()
    await asyncio.sleep(1)
    await only.ask(SetReady(agent="1001"))
    leg = await rings(only)
    await only.hears(leg, ACCEPT)
    leg.press("1")
    await until(lambda: caller.bridge_id is not None)
    assert only.partner(caller) is leg


async def test_the_last_rung_rings_when_the_device_does_not_answer(trunk: ExchangeHouse) -> None:
    trunk.phone("1001", answers_after=None)
    async with trunk.control():
        await trunk.work("1001")
        assert await code_of(trunk, use(MobileUse.LAST)) is None
        caller = await trunk.call_in("12")
        device = trunk.agent_leg("1001")
        assert device is not None
        assert mobile(trunk) is None
        began = trunk.asterisk.now
        leg = await rings(trunk)
        assert trunk.asterisk.now - began == pytest.approx(15, abs=1)
        assert not device.alive
        await trunk.hears(leg, ACCEPT)
        leg.press("1")
        await until(lambda: caller.bridge_id is not None)
        [offer] = await trunk.events(OfferEnded)
        assert offer.outcome is OfferOutcome.ANSWERED
        caller.hang_up()
        await asyncio.sleep(10)
        check_empty(trunk)


@pytest.mark.parametrize("gone", [True, False])
async def test_the_last_rung_rings_at_once_where_no_device_is(trunk: ExchangeHouse, gone: bool) -> None:
    if gone:
        trunk.phone("1001", online=False)
    else:
        trunk.phone("1001", answers_after=None, rejects_after=0.5, reject_cause=20)
    async with trunk.control():
        await trunk.ask(SignIn(agent="1001"))
        await trunk.ask(use(MobileUse.LAST))
        await trunk.work("1001")
        caller = await trunk.call_in("12")
        began = trunk.asterisk.now
        leg = await rings(trunk)
        assert trunk.asterisk.now - began < 1.5
        await trunk.hears(leg, ACCEPT)
        leg.press("1")
        await until(lambda: caller.bridge_id is not None)


async def test_who_refuses_at_the_device_is_not_rung_again(trunk: ExchangeHouse) -> None:
    trunk.phone("1001", answers_after=None, rejects_after=0.5, reject_cause=21)
    async with trunk.control():
        await trunk.work("1001")
        await trunk.ask(use(MobileUse.LAST))
        await trunk.call_in("12")
        await never(lambda: mobile(trunk), 2)


async def test_the_device_first_answers_and_no_mobile_rings(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        await trunk.work("1001")
        await trunk.ask(use(MobileUse.LAST))
        caller, _leg = await trunk.talk_in("12")
        await never(lambda: mobile(trunk), 30)
        [connected] = await trunk.events(AgentConnected)
        assert not connected.mobile
        assert caller.alive


@pytest.mark.parametrize("at", ["ringing", "asked", "talking"])
async def test_a_restart_of_control(trunk: ExchangeHouse, at: str) -> None:
    trunk.phone("1001", online=False)
    async with trunk.control():
        await trunk.ask(SignIn(agent="1001"))
        await trunk.ask(use(MobileUse.ONLY))
        await trunk.work("1001")
        caller = await trunk.call_in("12")
        leg = await rings(trunk)
        if at != "ringing":
            await trunk.hears(leg, ACCEPT)
        if at == "talking":
            leg.press("1")
            await until(lambda: caller.bridge_id is not None)
            await settle()
    async with trunk.control():
        assert trunk.agent("1001").mobile is MobileUse.ONLY
        if at != "talking":
            await until(lambda: not leg.alive)
            leg = await rings(trunk)
            await trunk.hears(leg, ACCEPT)
            leg.press("1")
        await until(lambda: caller.bridge_id is not None)
        await asyncio.sleep(5)
        assert leg.alive
        leg.hang_up()
        await until(lambda: not caller.alive)
        await asyncio.sleep(10)
        check_empty(trunk)


# What it costs, and who may.


async def test_it_counts_against_the_days_money(trunk: ExchangeHouse) -> None:
    trunk.config = with_mobile(msgspec.structs.replace(RULES, rate=30, daily_spend=60))
    trunk.phone("1001", online=False)
    async with trunk.control():
        await trunk.ask(SignIn(agent="1001"))
        await trunk.ask(use(MobileUse.ONLY))
        await trunk.work("1001")
        caller, leg = await asked(trunk)
        leg.press("1")
        await until(lambda: caller.bridge_id is not None)
        await asyncio.sleep(61)
        caller.hang_up()
        await trunk.agent_is("1001", AgentState.READY)
        assert await code_of(trunk, use(MobileUse.ONLY)) == "spend_cap"
        second = await trunk.call_in("12")
        await trunk.agent_is("1001", AgentState.UNREACHABLE)
        assert trunk.agent("1001").mobile is MobileUse.OFF
        assert mobile(trunk) is None
        assert second.alive
        call = PlaceCall(call_id="b1", agent="1001", number="+8613805640001", hotline=DID)
        assert await code_of(trunk, call) == "spend_cap"


async def test_no_more_than_the_days_calls(trunk: ExchangeHouse) -> None:
    trunk.config = with_mobile(msgspec.structs.replace(RULES, daily_calls=1))
    async with trunk.control():
        await trunk.work("1001")
        assert await code_of(trunk, use(MobileUse.ONLY)) is None
        caller, leg = await asked(trunk)
        leg.press("1")
        await until(lambda: caller.bridge_id is not None)
        caller.hang_up()
        await trunk.agent_is("1001", AgentState.READY)
        assert await code_of(trunk, use(MobileUse.ONLY)) == "daily_cap"


@pytest.mark.parametrize(
    ("rules", "number", "code"),
    [
        (RULES, None, "no_mobile"),
        (None, MOBILE, "outbound_off"),
        (RULES, "+8656432100", "number_not_allowed"),
        (msgspec.structs.replace(RULES, allow=()), MOBILE, "number_not_allowed"),
    ],
)
async def test_denied_unless_a_rule_allows(
    house: ExchangeHouse, rules: OutboundConfig | None, number: str | None, code: str
) -> None:
    house.config = with_mobile(rules, number)
    async with house.control():
        await house.work("1001")
        assert await code_of(house, use(MobileUse.ONLY)) == code
        assert house.agent("1001").mobile is MobileUse.OFF


async def test_it_ends_with_the_sign_out_and_needs_a_sign_in(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        assert await code_of(trunk, use(MobileUse.LAST)) == "not_signed_in"
        assert await code_of(trunk, use(MobileUse.LAST, "9999")) == "unknown_agent"
        await trunk.work("1001")
        await trunk.ask(use(MobileUse.LAST))
        await trunk.ask(SignOut(agent="1001"))
        await trunk.ask(SignIn(agent="1001"))
        assert trunk.agent("1001").mobile is MobileUse.OFF


async def test_a_mobile_taken_from_the_config_rings_no_more(trunk: ExchangeHouse) -> None:
    trunk.phone("1001", online=False)
    async with trunk.control() as exchange:
        await trunk.ask(SignIn(agent="1001"))
        await trunk.ask(use(MobileUse.ONLY))
        await trunk.work("1001")
        assert exchange.configure(msgspec.structs.replace(with_mobile(mobile=None), version=2), PROMPTS)
        assert trunk.agent("1001").state is AgentState.UNREACHABLE


# Where else an agent's device is rung.


async def test_a_colleague_is_asked_on_their_mobile(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        await trunk.work("1003")
        caller, leg = await trunk.talk_in("12")
        call = next(iter(trunk.exchange._calls))
        await trunk.ask(SignIn(agent="1001"))
        await trunk.ask(use(MobileUse.ONLY))
        assert await code_of(trunk, Consult(call_id=call, agent="1003", to_agent="1001")) is None
        asked_leg = await rings(trunk)
        await trunk.hears(asked_leg, ACCEPT)
        assert asked_leg.bridge_id is None
        asked_leg.press("1")
        await until(lambda: asked_leg.bridge_id is not None and asked_leg.bridge_id == leg.bridge_id)
        caller.hang_up()
        await asyncio.sleep(15)
        check_empty(trunk)


async def test_a_call_back_rings_the_own_mobile_first(only: ExchangeHouse) -> None:
    call = PlaceCall(call_id="back1", agent="1001", number="+8613805640001", hotline=DID)
    assert await code_of(only, call) is None
    leg = await rings(only)
    await only.hears(leg, ACCEPT)
    assert "out-back1" not in only.asterisk.channels
    leg.press("1")
    await until(lambda: leg.bridge_id is not None)
    leg.hang_up()
    await asyncio.sleep(10)
    check_empty(only)
    [ended] = await only.events(CallEnded)
    assert ended.outcome == "handled"
