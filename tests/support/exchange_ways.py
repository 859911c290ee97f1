"""Ways of a caller into the states of a call, and from each of them to the end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from springline.contracts.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOutcome,
    HangupBy,
    RecordingStarted,
)
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty

Way = Callable[[ExchangeHouse], Awaitable[FakeChannel]]


async def welcomed(house: ExchangeHouse) -> FakeChannel:
    caller = house.call()
    await house.hears(caller, "welcome.day")
    return caller


async def noticed(house: ExchangeHouse) -> FakeChannel:
    caller = house.call()
    await house.hears(caller, "notice.record")
    return caller


async def in_the_first_menu(house: ExchangeHouse) -> FakeChannel:
    caller = house.call()
    await house.hears(caller, "ivr.main")
    return caller


async def in_the_second_menu(house: ExchangeHouse) -> FakeChannel:
    caller = await in_the_first_menu(house)
    caller.press("1")
    await house.hears(caller, "ivr.order.region")
    return caller


async def queued(house: ExchangeHouse) -> FakeChannel:
    house.register("1001", False)
    caller = await house.call_in("11")
    await until(lambda: caller.moh)
    return caller


async def ringing(house: ExchangeHouse) -> FakeChannel:
    house.phone("1001", answers_after=4.0)
    caller = await house.call_in("11")
    await until(lambda: (leg := house.agent_leg("1001")) and leg.state == "Ringing")
    return caller


async def unanswered(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel]:
    """A caller, and the leg of 1001 that rings for them until somebody picks up."""
    house.phone("1001", answers_after=None)
    caller = await house.call_in("11")
    await until(lambda: (leg := house.agent_leg("1001")) and leg.state == "Ringing")
    leg = house.agent_leg("1001")
    assert leg is not None
    return caller, leg


async def talking(house: ExchangeHouse) -> FakeChannel:
    caller, _ = await house.talk_in("11")
    return caller


WAYS = [welcomed, noticed, in_the_first_menu, in_the_second_menu, queued, ringing, talking]
each_way = pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])


async def finish(house: ExchangeHouse, caller: FakeChannel) -> None:
    """Bring the call to its agent from wherever it is, and end it."""
    if not house.asterisk.phones["PJSIP/agent-1001"].online:
        house.register("1001", True)
    async with asyncio.timeout(120):
        while caller.bridge_id is None or len(house.asterisk.bridges[caller.bridge_id].channels) < 2:
            if house.said_now(caller) in ("ivr.main", "ivr.order.region"):
                caller.press("1")
            await asyncio.sleep(0.3)
    await asyncio.sleep(4)
    caller.hang_up()
    await asyncio.sleep(2)
    check_empty(house)
    assert len(await house.events(CallArrived)) == 1
    assert len(await house.events(CallAnswered)) == 1
    assert len(await house.events(RecordingStarted)) == 1
    [ended] = await house.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.HANDLED)
