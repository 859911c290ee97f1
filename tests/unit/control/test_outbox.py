"""What left is known to have left, and nobody waits for what came later."""

import asyncio

from springline.platform.bus import BusError
from springline.telephony.control.outbox import Outbox
from tests.support.virtual_time import run_virtual


def test_through_waits_for_what_came_before_and_for_nothing_else() -> None:
    run_virtual(_what_came_before())


def test_through_gives_up_when_nothing_leaves() -> None:
    run_virtual(_nothing_leaves())


async def _what_came_before() -> None:
    sent: list[int] = []
    open_now = asyncio.Event()

    async def send(batch: list[int]) -> None:
        await open_now.wait()
        sent.extend(batch)

    outbox = Outbox("test", send, gather=0.005)
    running = asyncio.create_task(outbox.run())
    outbox.put(1)
    waiting = asyncio.create_task(outbox.through(10.0))
    await asyncio.sleep(1.0)
    outbox.put(2)
    assert not waiting.done()
    open_now.set()
    assert await waiting
    assert 1 in sent
    assert await outbox.through(10.0)
    assert sent == [1, 2]
    running.cancel()


async def _nothing_leaves() -> None:
    async def send(_batch: list[int]) -> None:
        raise BusError("away")

    outbox = Outbox("test", send)
    running = asyncio.create_task(outbox.run())
    assert await outbox.through(0.1)
    outbox.put(1)
    assert not await outbox.through(1.0)
    running.cancel()
