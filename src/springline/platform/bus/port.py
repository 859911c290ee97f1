"""What a bus offers, whatever carries it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec

Handler = Callable[[bytes], Awaitable[bytes]]


class BusError(Exception):
    """The bus could not do it now; trying again later is sound."""


class BusTimeout(BusError):
    """Sent, but no answer within the deadline."""


class NoResponder(BusError):
    """Nobody answers this subject: the process that should is not running."""


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the journal keeps it. `seq` starts at 1, has no duplicates and only grows."""

    seq: int
    subject: str
    data: bytes
    at: datetime


class NewEntry(NamedTuple):
    """An event for the journal; `id` makes that a second copy changes nothing."""

    subject: str
    data: bytes
    id: str


class AnyBus(Protocol):
    async def publish(self, subject: str, message: object) -> None:
        """Fire and forget to those who listen now."""

    async def request(self, subject: str, message: object, reply: Any, timeout: float = 2.0) -> Any:
        """The answer as `reply`, a Struct or a union. Raises NoResponder, BusTimeout or BusError."""
        ...

    async def respond(self, subject: str, handler: Handler, group: str = "") -> None:
        """Answer requests on `subject` with what `handler` returns, one at a time.

        Of all who respond with the same `group`, one gets each request, and those here run side by side.
        """

    def subscribe(self, subject: str) -> AsyncIterator[bytes]:
        """Messages from now on. Close the iterator to unsubscribe."""
        ...

    def when_interrupted(self, tell: Callable[[bool], None]) -> None:
        """Call `tell` on the loop with False whenever the connection is lost, with True whenever it is back:
        subscriptions go on, but what was published in between is missing."""

    async def kv_put(self, bucket: str, key: str, value: bytes) -> None: ...

    async def kv_get(self, bucket: str, key: str) -> bytes | None: ...

    async def kv_all(self, bucket: str) -> dict[str, bytes]: ...

    def kv_watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """The present value, if any, then every later one."""
        ...

    async def journal_append(self, subject: str, data: bytes, event_id: str) -> int:
        """Durable append; a second one with the same `event_id` changes nothing. Returns the seq."""
        ...

    async def journal_append_all(self, entries: Sequence[NewEntry]) -> list[int]:
        """Durable append of all in this order; returns their seqs. After an error a beginning of them may be
        there, and the whole may be sent again. One answer is awaited for all, so it is cheaper."""
        ...

    def journal(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        """Every entry from `from_seq` on, then those to come, in order."""
        ...

    async def journal_read(self, subject: str, from_seq: int = 1) -> list[JournalEntry]:
        """What the journal holds now of a subject (or `journal.>`) from `from_seq` on, in order."""
        ...

    async def journal_last(self, subject: str) -> JournalEntry | None:
        """The newest entry of one subject."""
        ...

    async def journal_trim(self, before: int, older_than: datetime, largest: int) -> int:
        """Forget entries that came before `older_than`, and the oldest of a journal above `largest` bytes;
        never one whose seq is `before` or more. Returns how many are gone."""
        ...

    async def close(self) -> None: ...
