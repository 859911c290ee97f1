"""Browser, desk phone, own mobile: which of an agent's devices rings when, and what the loss of one means."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, UseMobile
from springline.contracts.config import Config, Device
from springline.contracts.events import AgentLost, OfferEnded, OfferOutcome
from springline.contracts.mobile import MobileUse
from springline.telephony.ari.fake import Phone
from springline.telephony.ari.fake.channel import FakeChannel
from tests.scenarios.mobiles import ACCEPT, mobile, with_mobile
from tests.scenarios.test_handing_over import code_of
from tests.support.exchange_house import ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty

PHONE = "PJSIP/agent-1001.sip"
RINGS = 15.0


def both() -> Config:
    plain = with_mobile()
    first, *others = plain.agents
    first = msgspec.structs.replace(first, device=Device.WEBRTC, desk_phone=True)
    return msgspec.structs.replace(plain, agents=(first, *others))


def phone_leg(house: ExchangeHouse) -> FakeChannel | None:
    return next((c for c in house.asterisk.channels.values() if c.name.startswith(PHONE)), None)


@pytest.fixture
async def two(house: ExchangeHouse) -> AsyncIterator[ExchangeHouse]:
    """1001 has a browser and a desk phone, both there."""
    house.config = both()
    house.asterisk.phones[PHONE] = Phone(answers_after=2.0)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    async with house.control():
        await house.work("1001")
        yield house


async def test_the_browser_first(two: ExchangeHouse) -> None:
    caller, leg = await two.talk_in("12")
    assert leg.name.startswith("PJSIP/agent-1001-")
    assert phone_leg(two) is None
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(two)


async def test_the_phone_where_the_browser_does_not_answer(two: ExchangeHouse) -> None:
    two.phone("1001", answers_after=None)
    caller = await two.call_in("12")
    began = two.asterisk.now
    await until(lambda: phone_leg(two))
    assert two.asterisk.now - began == pytest.approx(RINGS / 2, abs=0.5)
    assert two.agent_leg("1001") is None
    await until(lambda: caller.bridge_id is not None)
    assert two.partner(caller) is phone_leg(two)
    assert [o.outcome for o in await two.events(OfferEnded)] == [OfferOutcome.ANSWERED]


async def test_the_phone_at_once_where_the_browser_is_not_there(two: ExchangeHouse) -> None:
    two.register("1001", False)
    await asyncio.sleep(1)
    assert two.agent("1001").state is AgentState.READY
    caller, leg = await two.talk_in("12")
    assert leg is phone_leg(two)
    assert caller.alive


async def test_neither_answers_and_the_offer_is_over_in_the_queues_time(two: ExchangeHouse) -> None:
    two.phone("1001", answers_after=None)
    two.asterisk.phones[PHONE] = Phone(answers_after=None)
    await two.call_in("12")
    began = two.asterisk.now
    await until(lambda: two.agent("1001").state is not AgentState.RINGING)
    assert two.asterisk.now - began == pytest.approx(RINGS, abs=0.5)
    [offer] = await two.events(OfferEnded)
    assert offer.outcome is OfferOutcome.NO_ANSWER
    await until(lambda: phone_leg(two) is None, 1)


async def test_all_three_rungs(two: ExchangeHouse) -> None:
    two.phone("1001", answers_after=None)
    two.asterisk.phones[PHONE] = Phone(answers_after=None)
    await two.ask(UseMobile(agent="1001", use=MobileUse.LAST))
    caller = await two.call_in("12")
    began = two.asterisk.now
    await until(lambda: mobile(two))
    assert two.asterisk.now - began == pytest.approx(RINGS, abs=1)
    assert phone_leg(two) is None
    assert two.agent_leg("1001") is None
    leg = mobile(two)
    assert leg is not None
    await two.hears(leg, ACCEPT)
    leg.press("1")
    await until(lambda: caller.bridge_id is not None)
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(two)


async def test_reachable_until_the_last_device_is_gone(two: ExchangeHouse) -> None:
    two.register("1001", False)
    await asyncio.sleep(1)
    assert two.agent("1001").device_online
    two.asterisk.set_registered(PHONE, False)
    await asyncio.sleep(1)
    assert two.agent("1001").state is AgentState.UNREACHABLE
    two.asterisk.set_registered(PHONE, True)
    await two.agent_is("1001", AgentState.READY)


async def test_the_browser_that_talks_is_lost_though_the_phone_is_there(two: ExchangeHouse) -> None:
    """The caller comes first again, and the phone rings for them."""
    caller, leg = await two.talk_in("12")
    await asyncio.sleep(5)
    two.register("1001", False)
    leg.hang_up(cause=38)
    await until(lambda: phone_leg(two) is not None and caller.bridge_id is not None)
    await until(lambda: two.partner(caller) is phone_leg(two))
    assert len(await two.events(AgentLost)) == 1


async def test_the_other_device_lost_means_nothing_to_the_conversation(two: ExchangeHouse) -> None:
    caller, leg = await two.talk_in("12")
    two.silent_devices.add("1001")
    two.asterisk.set_registered(PHONE, False)
    await never(lambda: not leg.alive, 30)
    leg.hang_up()
    await until(lambda: not caller.alive)
    assert await two.events(AgentLost) == []


async def test_a_colleague_is_asked_where_they_are(two: ExchangeHouse) -> None:
    await two.work("1003")
    two.register("1001", False)
    await asyncio.sleep(1)
    caller = await two.call_in("12")
    await until(lambda: caller.bridge_id is not None)
    if two.agent("1003").call_id is None:
        caller.hang_up()
        await two.agent_is("1001", AgentState.READY)
        caller, _leg = await two.talk_in("12", "13805640002")
    call = two.agent("1003").call_id
    assert call is not None
    assert await code_of(two, Consult(call_id=call, agent="1003", to_agent="1001")) is None
    await until(lambda: (leg := phone_leg(two)) is not None and leg.bridge_id is not None)
    caller.hang_up()
    await asyncio.sleep(15)
    check_empty(two)
