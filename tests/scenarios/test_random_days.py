"""Random days: callers, agents, devices, the link and control itself do anything at any time.

At the end of a day, when all callers have gone, nothing is left of any call; the laws of the journal and of
the live board are checked by the `house` fixture.
"""

import asyncio
import random

import msgspec
import pytest

from springline.contracts import codec, subjects
from springline.contracts.commands import HangUp, PlaceCall, SetPaused, SetReady, SignIn, SignOut
from springline.contracts.config import OutboundConfig
from springline.contracts.events import CallArrived, CallEnded, CallPlaced
from springline.contracts.reconciling import DifferenceMended
from springline.contracts.routing import CallerFound, Certainty, PlaceLevel
from springline.telephony.ari.fake import Phone
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from tests.support.exchange_house import DID, SKILLS, ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

AGENTS = tuple(SKILLS)
CALLS_OUT = OutboundConfig(callback_number="05643210000", allow=("+861",), daily_calls=1000)
FOUND = [
    CallerFound(),
    CallerFound(level=PlaceLevel.OUTSIDE, city="合肥"),
    CallerFound(
        level=PlaceLevel.COUNTY, region="341525", certainty=Certainty.HIGH, known=True, open_order=True
    ),
    CallerFound(level=PlaceLevel.CITY, repeated=2, last_agent="1002"),
]

LOSABLE = ("StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelHangupRequest", "EndpointStateChange")


class Day:
    def __init__(self, house: ExchangeHouse, seed: int) -> None:
        self.house = house
        self.dice = random.Random(seed)  # noqa: S311 - a day that can be lived again
        self.callers = []
        self.placed: list[str] = []

    async def step(self) -> None:
        house, dice = self.house, self.dice
        agent = dice.choice(AGENTS)
        caller = dice.choice(self.callers) if self.callers else None
        legs = [channel for channel in house.asterisk.channels.values() if "agent-" in channel.name]
        action = dice.randrange(100)
        if action < 20 or caller is None:
            self.callers.append(house.call(f"1380564{dice.randrange(10000):04d}"))
        elif action < 50:
            caller.press(
                dice.choice(["1", "2", "0", "11", "12", "9", "*", "#", "110*", "213905640002#"]), between=0.1
            )
        elif action < 58:
            caller.hang_up()
        elif action < 63:
            await house.ask(SignIn(agent=agent))
            await house.ask(SetReady(agent=agent))
        elif action < 66:
            await house.ask(SetPaused(agent=agent, reason="meal"))
        elif action < 68:
            await house.ask(SignOut(agent=agent))
        elif action < 75:
            house.register(agent, dice.random() < 0.6)
        elif action < 78:
            house.silent_devices ^= {agent}
        elif action < 82:
            house.phone(agent, answers_after=dice.choice([None, 0.0, 1.0, 9.0]))
        elif action < 84:
            house.phone(agent, rejects_after=dice.choice([None, None, 1.0]))
        elif action < 89 and legs:
            dice.choice(legs).hang_up(dice.choice([16, 16, 27, 38, 44]))
        elif action < 92 and legs:
            dice.choice(legs).pick_up()
        elif action < 95 and legs:
            house.asterisk.emit(dice.choice([ChannelHold, ChannelUnhold]), dice.choice(legs))
        elif action < 96 and house.call_rows():
            await house.ask(HangUp(call_id=dice.choice(house.call_rows()).id))
        elif action < 97 and house.config.hotlines[0].outbound:
            number = f"+86138056401{dice.randrange(100):02d}"
            await house.ask(
                PlaceCall(call_id=f"out{len(self.placed)}", agent=agent, number=number, hotline=DID)
            )
            self.placed.append(number)
        elif action < 99:
            house.asterisk.drop(refuse=dice.random() < 0.3)
        else:
            house.bus.away = not house.bus.away
        await settle(dice.choice([0, 1, 3, 7, 20]))
        await asyncio.sleep(dice.choice([0.0, 0.0, 0.0, 0.05, 0.3, 2.0, 10.0]))
        if dice.random() < 0.1:
            house.asterisk.accept()
            house.bus.away = False

    async def evening(self) -> None:
        self.house.asterisk.accept()
        self.house.bus.away = False
        await self.house.exchange.ari.wait_ready()
        await asyncio.sleep(1)
        outside = [c for c in self.house.asterisk.channels.values() if c.id.startswith("out-")]
        for caller in (*self.callers, *outside):
            caller.hang_up()
            await settle(self.dice.choice([0, 3]))
        await asyncio.sleep(60)


async def begun(house: ExchangeHouse) -> int:
    return len(await house.events(CallArrived)) + len(await house.events(CallPlaced))


async def open_up(house: ExchangeHouse, seed: int) -> Day:
    """Half of the days have the newer flow, helpers for every queue, and records that know some callers."""
    day = Day(house, seed)
    newer = seed % 2 == 1
    rules = {"overflow_to": ("pool",), "overflow_after": 8.0, "no_agent_wait": 15.0} if newer else {}
    house.config = config(max_wait=60.0, flow="main.v2" if newer else "main.v1", **rules)
    if newer:
        hotline = msgspec.structs.replace(house.config.hotlines[0], outbound=CALLS_OUT)
        house.config = msgspec.structs.replace(house.config, hotlines=(hotline,))
        house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=day.dice.choice([1.0, 5.0, None]))

    async def answer(_data: bytes) -> bytes:
        await asyncio.sleep(day.dice.choice([0.0, 0.0, 0.01, 0.2]))
        return codec.encode(day.dice.choice(FOUND))

    await house.bus.respond(subjects.LOCATE_CALLER, answer)
    return day


@pytest.mark.parametrize("seed", range(30))
async def test_a_day_without_a_restart(house: ExchangeHouse, seed: int) -> None:
    day = await open_up(house, seed)
    async with house.control():
        for _ in range(150):
            await day.step()
        await day.evening()
        check_empty(house)
    assert await begun(house) == len(await house.events(CallEnded)) > 10
    assert await house.events(DifferenceMended) == [], "whatever is told needs no mending"


@pytest.mark.parametrize("seed", range(1000, 1030))
async def test_a_day_with_restarts(house: ExchangeHouse, seed: int) -> None:
    day = await open_up(house, seed)
    for _ in range(8):
        async with house.control():
            for _ in range(day.dice.randrange(30)):
                await day.step()
            house.asterisk.accept()
            house.bus.away = False
            # A journal that was not written in time is another story: test_restart.
            await until(lambda: not len(house.journal._outbox))
            await asyncio.sleep(1)
            house.exchange.abandon()
    async with house.control():
        await day.evening()
        check_empty(house)
    assert await begun(house) == len(await house.events(CallEnded))


@pytest.mark.parametrize("seed", range(2000, 2030))
async def test_a_day_of_lost_words(house: ExchangeHouse, seed: int) -> None:
    """Now and then nothing is heard of any arrival, end or device for a moment."""
    day = await open_up(house, seed)
    async with house.control():
        usual = set(house.asterisk.disallowed)
        for _ in range(150):
            if day.dice.random() < 0.15:
                lost = [kind for kind in LOSABLE if day.dice.random() < 0.6]
                house.asterisk.disallowed = usual | set(lost)
            await day.step()
            house.asterisk.disallowed = set(usual)
        await day.evening()
        check_empty(house)
    assert await begun(house) == len(await house.events(CallEnded))
