"""An ordered line of things to send that never makes the sender wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Generic, Protocol, TypeVar

import structlog

from springline.platform.bus import BusError

T = TypeVar("T")

log = structlog.get_logger("outbox")

BATCH = 128
RETRY_SECONDS = 0.2
DELAYED_SECONDS = 0.05


class Line(Protocol[T]):
    """Where items wait. `first` gives the oldest, which stay until `drop`; what comes meanwhile queues up."""

    def put(self, item: T) -> None: ...

    def first(self, count: int) -> list[T]: ...

    def drop(self) -> None: ...

    def delayed(self) -> None:
        """Sending fails, or lasts longer than it should."""


class MemoryLine(Generic[T]):
    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._taken = 0

    def put(self, item: T) -> None:
        self._items.append(item)

    def first(self, count: int) -> list[T]:
        items = list(islice(self._items, count))
        self._taken = len(items)
        return items

    def drop(self) -> None:
        for _ in range(self._taken):
            self._items.popleft()
        self._taken = 0

    def delayed(self) -> None:
        pass


class Outbox(Generic[T]):
    """Items leave in the order they came, in batches; a batch that fails is sent again whole.

    So `send` must tolerate items that it has already taken. What comes within `gather` seconds of the first
    item leaves with it. `found` of an earlier process wait in the line.
    """

    def __init__(
        self,
        name: str,
        send: Callable[[list[T]], Awaitable[object]],
        gather: float = 0.0,
        line: Line[T] | None = None,
        found: int = 0,
    ) -> None:
        self._gather = gather
        self._name = name
        self._send = send
        self._line: Line[T] = MemoryLine() if line is None else line
        self._came, self._left = found, 0
        self._arrived = asyncio.Event()
        if found:
            self._arrived.set()
        self._moved = asyncio.Event()

    def put(self, item: T) -> None:
        self._line.put(item)
        self._came += 1
        self._arrived.set()

    def __len__(self) -> int:
        return self._came - self._left

    async def run(self) -> None:
        """Send until cancelled; what a cancelled run had begun to send, the next one sends again."""
        while True:
            await self._arrived.wait()
            if self._gather:
                await asyncio.sleep(self._gather)
            await self.send_all()
            self._arrived.clear()

    async def send_all(self) -> None:
        """Until nothing waits."""
        while batch := self._line.first(BATCH):
            await self._until_sent(batch)
            self._line.drop()
            self._count(len(batch))
        if len(self):
            # Found, and unreadable.
            self._count(len(self))

    def _count(self, left: int) -> None:
        self._left += left
        self._moved.set()
        self._moved = asyncio.Event()

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

    async def _until_sent(self, batch: list[T]) -> None:
        failures = 0
        while True:
            late = asyncio.get_running_loop().call_later(DELAYED_SECONDS, self._line.delayed)
            try:
                await self._send(batch)
            except BusError as error:
                self._line.delayed()
                failures += 1
                if failures == 1:
                    log.warning("outbox_waits", outbox=self._name, error=str(error), waiting=len(self))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if failures:
                    log.info("outbox_goes_on", outbox=self._name, waiting=len(self))
                return
            finally:
                late.cancel()
