"""The agent hears region, intent and who calls; the caller hears music until both are joined."""

import asyncio

import msgspec
import pytest

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentState
from springline.contracts.config import Device, Whisper
from springline.contracts.events import CallEnded, CallOutcome, OfferEnded, OfferOutcome
from springline.contracts.routing import CallerFound, PlaceLevel
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.control.whisper import LONGEST_SECONDS
from springline.telephony.prompts import manifest, texts
from tests.support.exchange_house import ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty

REGION, INTENT = "agent.whisper.region.huoshan", "agent.whisper.intent.order"


async def ringing(house: ExchangeHouse, keys: str = "12") -> tuple[FakeChannel, FakeChannel]:
    """A caller, and the leg of 1001 that has just answered and hears the first word."""
    await house.work("1001")
    caller = await house.call_in(keys)
    await until(lambda: (leg := house.agent_leg("1001")) is not None and leg.heard)
    leg = house.agent_leg("1001")
    assert leg is not None
    return caller, leg


@pytest.fixture
def whispers(house: ExchangeHouse) -> ExchangeHouse:
    house.config = config(whisper=Whisper.NO_SCREEN)
    house.asterisk.default_duration = 0.5
    return house


async def test_before_joining_while_the_caller_hears_music(whispers: ExchangeHouse) -> None:
    async with whispers.control():
        caller, leg = await ringing(whispers)
        assert caller.bridge_id is None
        await until(lambda: caller.moh is not None)
        answered = whispers.asterisk.now
        await until(lambda: caller.bridge_id is not None)
        assert whispers.heard(leg) == [REGION, INTENT]
        assert whispers.asterisk.now - answered <= 1.2
        assert caller.moh is None
        assert whispers.partner(caller) is leg
        caller.hang_up()
        await asyncio.sleep(10)
        check_empty(whispers)


async def test_a_word_that_is_too_long_is_cut(whispers: ExchangeHouse) -> None:
    whispers.asterisk.durations[f"sound:/prompts/{INTENT}"] = 60.0
    async with whispers.control():
        caller, leg = await ringing(whispers)
        began = leg.heard[0].began
        await until(lambda: caller.bridge_id is not None)
        assert whispers.asterisk.now - began == pytest.approx(LONGEST_SECONDS, abs=0.2)
        assert not whispers.asterisk.playbacks


async def test_the_caller_leaves_meanwhile(whispers: ExchangeHouse) -> None:
    async with whispers.control():
        caller, leg = await ringing(whispers)
        caller.hang_up()
        await until(lambda: not leg.alive)
        await asyncio.sleep(10)
        check_empty(whispers)
        [offer] = await whispers.events(OfferEnded)
        [ended] = await whispers.events(CallEnded)
        assert offer.outcome is OfferOutcome.CALLER_LEFT
        assert ended.outcome is CallOutcome.ABANDONED_QUEUE
        assert whispers.agent("1001").state is AgentState.READY


async def test_the_agent_leaves_meanwhile_and_the_next_one_is_asked(whispers: ExchangeHouse) -> None:
    async with whispers.control():
        caller, leg = await ringing(whispers)
        await whispers.work("1003")
        leg.hang_up()
        await until(lambda: caller.bridge_id is not None)
        assert whispers.partner(caller).variables["SL_AGENT"] == "1003"
        outcomes = [o.outcome for o in await whispers.events(OfferEnded)]
        assert outcomes == [OfferOutcome.FAILED, OfferOutcome.ANSWERED]


@pytest.mark.parametrize("break_it", ["link", "control"])
async def test_who_picked_up_is_joined_whatever_is_lost_meanwhile(
    whispers: ExchangeHouse, break_it: str
) -> None:
    async with whispers.control():
        caller, leg = await ringing(whispers)
        if break_it == "link":
            whispers.asterisk.drop()
            await until(lambda: caller.bridge_id is not None and caller.bridge_id == leg.bridge_id)
    if break_it == "control":
        async with whispers.control():
            await until(lambda: caller.bridge_id is not None and caller.bridge_id == leg.bridge_id)
            caller.hang_up()
            await asyncio.sleep(10)
            check_empty(whispers)


async def test_a_sound_that_is_missing_costs_the_word_only(whispers: ExchangeHouse) -> None:
    whispers.broken_sounds.add(INTENT)
    async with whispers.control():
        await whispers.work("1001")
        caller, leg = await whispers.talk_in("12")
        assert whispers.heard(leg) == []


@pytest.mark.parametrize(
    ("whisper", "device", "heard"),
    [
        (Whisper.NO_SCREEN, Device.SIP, True),
        (Whisper.NO_SCREEN, Device.WEBRTC, False),
        (Whisper.ALWAYS, Device.WEBRTC, True),
        (Whisper.NEVER, Device.SIP, False),
    ],
)
async def test_who_hears_it(house: ExchangeHouse, whisper: Whisper, device: Device, heard: bool) -> None:
    plain = config(whisper=whisper)
    agents = tuple(msgspec.structs.replace(agent, device=device) for agent in plain.agents)
    house.config = msgspec.structs.replace(plain, agents=agents)
    async with house.control():
        await house.work("1001")
        _caller, leg = await house.talk_in("12")
        assert bool(leg.heard) is heard


@pytest.mark.parametrize(
    ("known", "level", "customer"),
    [(True, PlaceLevel.UNKNOWN, "known"), (False, PlaceLevel.CITY, "new"), (False, PlaceLevel.UNKNOWN, None)],
)
async def test_who_calls(
    whispers: ExchangeHouse, known: bool, level: PlaceLevel, customer: str | None
) -> None:
    async def answer(_data: bytes) -> bytes:
        return codec.encode(CallerFound(known=known, level=level))

    await whispers.bus.respond(subjects.LOCATE_CALLER, answer)
    async with whispers.control():
        await whispers.work("1001")
        _caller, leg = await whispers.talk_in("12")
        said = [one for one in whispers.heard(leg) if ".customer." in one]
        assert said == ([f"agent.whisper.customer.{customer}"] if customer else [])


def test_no_word_is_longer_than_the_caller_may_wait() -> None:
    rows = manifest.read(texts.shipped().directory)
    longest = {
        slot: max(row.seconds for id_, row in rows.items() if id_.startswith(f"agent.whisper.{slot}."))
        for slot in ("region", "intent", "customer")
    }
    assert sum(longest.values()) <= LONGEST_SECONDS
