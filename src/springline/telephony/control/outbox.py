"""An ordered line of things to send that never makes the sender wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Generic, TypeVar

import structlog

from springline.platform.bus import BusError

T = TypeVar("T")

log = structlog.get_logger("outbox")

BATCH = 128
RETRY_SECONDS = 0.5


class Outbox(Generic[T]):
    """Items leave in the order they came, in batches; a batch that fails is sent again whole.

    So `send` must tolerate items that it has already taken. What comes within `gather` seconds of the first
    item leaves with it.
    """

    def __init__(self, name: str, send: Callable[[list[T]], Awaitable[object]], gather: float = 0.0) -> None:
        self._gather = gather
        self._name = name
        self._send = send
        self._items: deque[T] = deque()
        self._came = self._left = 0
        self._arrived = asyncio.Event()
        self._moved = asyncio.Event()

    def put(self, item: T) -> None:
        self._items.append(item)
        self._came += 1
        self._arrived.set()

    def __len__(self) -> int:
        return len(self._items)

    async def run(self) -> None:
        """Send until cancelled; what a cancelled run had begun to send, the next one sends again."""
        while True:
            await self._arrived.wait()
            if self._gather:
                await asyncio.sleep(self._gather)
            while self._items:
                batch = list(islice(self._items, BATCH))
                await self._until_sent(batch)
                for _ in batch:
                    self._items.popleft()
                self._left += len(batch)
                self._moved.set()
                self._moved = asyncio.Event()
            self._arrived.clear()

    async def through(self, seconds: float) -> bool:
        """True when all that has come so far has left, within `seconds`; what comes later does not count."""
        mark = self._came
        try:
            async with asyncio.timeout(seconds):
                while self._left < mark:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def drained(self, seconds: float) -> bool:
        """True when everything has left within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while self._left < self._came:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def _until_sent(self, batch: list[T]) -> None:
        failures = 0
        while True:
            try:
                await self._send(batch)
            except BusError as error:
                failures += 1
                if failures == 1:
                    log.warning("outbox_waits", outbox=self._name, error=str(error), waiting=len(self))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if failures:
                    log.info("outbox_goes_on", outbox=self._name, waiting=len(self))
                return
