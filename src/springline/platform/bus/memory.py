"""The bus in one process, for tests."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from springline.contracts import codec
from springline.platform.bus.port import BusTimeout, Handler, JournalEntry, NewEntry, NoResponder


class MemoryBus:
    def __init__(self) -> None:
        self._listeners: dict[str, list[asyncio.Queue[bytes]]] = defaultdict(list)
        self._handlers: dict[str, Handler] = {}
        self._buckets: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._entries: list[JournalEntry] = []
        self._forgotten = 0
        self._known: dict[str, int] = {}
        self._grown = asyncio.Condition()

    async def publish(self, subject: str, message: object) -> None:
        data = codec.encode(message)
        for pattern, queues in self._listeners.items():
            if _matches(subject, pattern):
                for queue in queues:
                    queue.put_nowait(data)

    async def request(self, subject: str, message: object, reply: Any, timeout: float = 2.0) -> Any:
        handler = self._handlers.get(subject)
        if handler is None:
            raise NoResponder(subject)
        try:
            async with asyncio.timeout(timeout):
                return codec.decode_any(await handler(codec.encode(message)), reply)
        except TimeoutError as error:
            raise BusTimeout(subject) from error

    async def respond(self, subject: str, handler: Handler, group: str = "") -> None:
        self._handlers[subject] = handler

    async def subscribe(self, subject: str) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners[subject].append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners[subject].remove(queue)

    def when_interrupted(self, tell: Callable[[bool], None]) -> None:
        """It never is."""

    async def kv_put(self, bucket: str, key: str, value: bytes) -> None:
        self._buckets[bucket][key] = value
        for queue in self._listeners[f"kv.{bucket}.{key}"]:
            queue.put_nowait(value)

    async def kv_get(self, bucket: str, key: str) -> bytes | None:
        return self._buckets[bucket].get(key)

    async def kv_all(self, bucket: str) -> dict[str, bytes]:
        return dict(self._buckets[bucket])

    async def kv_watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners[f"kv.{bucket}.{key}"].append(queue)
        try:
            if (present := self._buckets[bucket].get(key)) is not None:
                yield present
            while True:
                yield await queue.get()
        finally:
            self._listeners[f"kv.{bucket}.{key}"].remove(queue)

    async def journal_append(self, subject: str, data: bytes, event_id: str) -> int:
        if event_id in self._known:
            return self._known[event_id]
        seq = self._forgotten + len(self._entries) + 1
        entry = JournalEntry(seq=seq, subject=subject, data=data, at=datetime.now(UTC))
        self._entries.append(entry)
        self._known[event_id] = entry.seq
        async with self._grown:
            self._grown.notify_all()
        return entry.seq

    async def journal_append_all(self, entries: Sequence[NewEntry]) -> list[int]:
        return [await self.journal_append(entry.subject, entry.data, entry.id) for entry in entries]

    async def journal(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        seq = max(from_seq, 1)
        while True:
            async with self._grown:
                seq = max(seq, self._forgotten + 1)
                while self._forgotten + len(self._entries) < seq:
                    await self._grown.wait()
            yield self._entries[seq - 1 - self._forgotten]
            seq += 1

    async def journal_read(self, subject: str, from_seq: int = 1) -> list[JournalEntry]:
        return [
            entry for entry in self._entries if entry.seq >= from_seq and _matches(entry.subject, subject)
        ]

    async def journal_last(self, subject: str) -> JournalEntry | None:
        return next((entry for entry in reversed(self._entries) if entry.subject == subject), None)

    async def journal_trim(self, before: int, older_than: datetime, largest: int) -> int:
        gone = 0
        while self._entries and self._entries[0].seq < before:
            too_large = sum(len(entry.data) for entry in self._entries) > largest
            if self._entries[0].at >= older_than and not too_large:
                break
            del self._entries[0]
            gone += 1
        self._forgotten += gone
        return gone

    async def close(self) -> None:
        self._handlers.clear()


def _matches(subject: str, pattern: str) -> bool:
    return fnmatchcase(subject, pattern.replace(">", "*"))
