"""A call that comes in just while control connects is in the engine's list and comes as an event too."""

import asyncio

import pytest

from springline.contracts.events import CallArrived, CallEnded, CallRejected
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.ari.websocket import Link, OnLost, OnText
from tests.support.exchange_house import DID, ExchangeHouse
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


class Arrival:
    """Connects as the house does, and so many steps of the loop later a call comes in."""

    def __init__(self, house: ExchangeHouse, dialled: str, steps: int) -> None:
        self.house, self.dialled, self.steps = house, dialled, steps
        self.caller: asyncio.Future[FakeChannel] = asyncio.get_running_loop().create_future()
        self._connect = house.asterisk.connect

    async def connect(self, on_text: OnText, on_lost: OnLost) -> Link:
        link = await self._connect(on_text, on_lost)
        self._task = asyncio.create_task(self._arrive())
        return link

    async def _arrive(self) -> None:
        await settle(self.steps)
        if not self.caller.done():
            self.caller.set_result(self.house.call(dialled=self.dialled))


@pytest.mark.parametrize("dialled", [DID, "123"])
@pytest.mark.parametrize("steps", range(0, 60, 2))
async def test_at_the_first_connect(house: ExchangeHouse, dialled: str, steps: int) -> None:
    arrival = Arrival(house, dialled, steps)
    house.asterisk.connect = arrival.connect  # type: ignore[method-assign]
    async with house.control():
        await check_taken(house, await arrival.caller)


@pytest.mark.parametrize("dialled", [DID, "123"])
@pytest.mark.parametrize("steps", range(0, 60, 2))
async def test_at_a_reconnect(ready: ExchangeHouse, dialled: str, steps: int) -> None:
    arrival = Arrival(ready, dialled, steps)
    ready.exchange.ari.connection._connectors = (arrival.connect,)
    ready.asterisk.drop()
    await check_taken(ready, await arrival.caller)


async def check_taken(house: ExchangeHouse, caller: FakeChannel) -> None:
    assert not caller.fell_through
    await asyncio.sleep(2.5)
    told = len(await house.events(CallArrived)), len(await house.events(CallRejected))
    assert told == ((1, 0) if caller.alive else (0, 1))
    caller.hang_up()
    await asyncio.sleep(3)
    check_empty(house)
    assert len(await house.events(CallEnded)) == told[0]
