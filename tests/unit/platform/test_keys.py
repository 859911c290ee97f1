"""A watched key on a server that tells of a value before it has stored it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from springline.platform.bus.keys import LOOK_AGAIN_SECONDS, LOOKS, Keys
from tests.support.virtual_time import run_virtual


class Telling:
    """The part of a client that subscribes, and the answer to it."""

    def __init__(self) -> None:
        self.data = b""
        self.tell: Callable[[Any], Awaitable[None]] | None = None

    async def subscribe(self, _subject: str, cb: Callable[[Any], Awaitable[None]]) -> "Telling":
        self.tell = cb
        return self

    async def unsubscribe(self) -> None:
        self.tell = None

    async def say(self, data: bytes) -> None:
        self.data = data
        assert self.tell is not None
        await self.tell(self)


class Slow(Keys):
    """What is stored, and how often it was asked for."""

    def __init__(self, client: Telling) -> None:
        super().__init__(client, None, None)  # type: ignore[arg-type]
        self.stored, self.asked = b"1", 0

    async def get(self, bucket: str, key: str) -> bytes | None:
        self.asked += 1
        return self.stored


async def _watched() -> tuple[Telling, Slow, AsyncIterator[bytes]]:
    client = Telling()
    keys = Slow(client)
    values = keys.watch("b", "k")
    assert await anext(values) == b"1"
    return client, keys, values


def test_a_value_that_is_told_before_it_is_stored_is_seen_when_it_is() -> None:
    async def told_early() -> None:
        client, keys, values = await _watched()
        following = asyncio.ensure_future(anext(values))
        await asyncio.sleep(1)
        await client.say(b"2")
        await asyncio.sleep(3 * LOOK_AGAIN_SECONDS)
        assert not following.done()
        keys.stored = b"2"
        assert await following == b"2"

    run_virtual(told_early())


def test_a_value_that_was_refused_is_not_looked_for_for_ever() -> None:
    async def refused() -> None:
        client, keys, values = await _watched()
        following = asyncio.ensure_future(anext(values))
        await asyncio.sleep(1)
        await client.say(b"2")
        await asyncio.sleep(3 * LOOKS * LOOK_AGAIN_SECONDS)
        assert LOOKS <= keys.asked <= LOOKS + 3
        asked = keys.asked
        await asyncio.sleep(100)
        assert keys.asked == asked
        keys.stored = b"3"
        await client.say(b"3")
        assert await following == b"3"

    run_virtual(refused())
