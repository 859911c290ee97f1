"""The journal's writer: every event goes to the subject of its call or agent, in order.

While the bus does not take them, events wait on disk (`spool`), and a control that starts sends first what
the one before left there. The bus knows each event's id for a day: one that was sent before is not doubled.

A checkpoint is kept on the bus: the journal position of the oldest call that is not complete, its recording
included. A control that starts again reads from there and knows every call it must look after.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentStateChanged
from springline.contracts.event import CallEvent
from springline.contracts.events import (
    AnyEvent,
    CallArrived,
    CallEnded,
    CallPlaced,
    RecordingFinished,
    RecordingStarted,
)
from springline.platform.bus import AnyBus, BusError, NewEntry
from springline.telephony.control.outbox import Outbox
from springline.telephony.control.spool import Spool, SpooledLine

log = structlog.get_logger("journal")

WAITING = Gauge("springline_journal_waiting", "Events that the bus has not taken yet")
TOLD = Counter("springline_journal_told", "Events that the bus has taken")
CHECKPOINT_SECONDS = 5.0
# The supervisor kills who takes 8 s to stop.
KEEP_SECONDS = 5.0


def subject_of(event: AnyEvent) -> str:
    if isinstance(event, CallEvent):
        return subjects.journal_of_call(event.call_id)
    if isinstance(event, AgentStateChanged):
        return subjects.journal_of_agent(event.agent)
    return subjects.JOURNAL_SYSTEM


@dataclass
class _Open:
    """A call of which more will be told; `seq` is where its story begins."""

    seq: int
    unfinished: set[str] = field(default_factory=set)
    ended: bool = False


class Journal:
    """`spool` is the file where events wait while the bus is away; `disk` writes it."""

    def __init__(self, bus: AnyBus, spool: Path, gather: float = 0.0, disk: Executor | None = None) -> None:
        self._bus = bus
        waiting = Spool(spool, disk)
        self._line = SpooledLine(waiting)
        self._outbox: Outbox[AnyEvent] = Outbox("journal", self._store, gather, self._line, waiting.found)
        WAITING.set_function(lambda: len(self._outbox))
        self._open: dict[str, _Open] = {}
        self._knows_all = False
        self._next = 1
        self._checkpoint = 0

    def write(self, event: AnyEvent) -> None:
        self._outbox.put(event)

    async def run(self) -> None:
        await self._outbox.run()

    async def tell_what_waited(self, seconds: float) -> None:
        """Send what the run before could not: before anybody reads what the journal knows of its calls.

        After `seconds` calls come first; `run` goes on with it.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._outbox.send_all()
        except TimeoutError:
            log.error("journal_waits", events=len(self._outbox))

    def keep(self) -> None:
        """Put on disk whatever has not left: this run ends."""
        self._line.keep(KEEP_SECONDS)

    @property
    def in_memory(self) -> int:
        """Events that are not on disk, nor on the bus yet."""
        return self._line.in_memory

    async def stored(self, seconds: float) -> bool:
        """Whether all that was written so far is on the bus within `seconds`."""
        return await self._outbox.through(seconds)

    def opened(self, call_id: str, seq: int, ended: bool, unfinished: Iterable[str]) -> None:
        """A call of the run before that is not complete; `unfinished` are its recordings not whole."""
        self._open[call_id] = _Open(seq, set(unfinished), ended)

    def knows_all(self) -> None:
        """Every call of the run before has been told of: the checkpoint may move."""
        self._knows_all = True

    async def keep_checkpoint(self) -> None:
        """Store the checkpoint now and then, until cancelled."""
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            await self.store_checkpoint()

    async def store_checkpoint(self) -> None:
        oldest = min((call.seq for call in self._open.values()), default=self._next)
        if not self._knows_all or oldest <= self._checkpoint:
            return
        try:
            await self._bus.kv_put(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY, str(oldest).encode())
        except BusError:
            return
        self._checkpoint = oldest

    async def _store(self, batch: list[AnyEvent]) -> None:
        # The bus knows the ids it already has, so a batch may be sent twice.
        entries = [NewEntry(subject_of(event), codec.encode(event), event.id) for event in batch]
        positions = await self._bus.journal_append_all(entries)
        TOLD.inc(len(entries))
        for event, position in zip(batch, positions, strict=True):
            self._next = max(self._next, position + 1)
            self._note(event, position)

    def _note(self, event: AnyEvent, position: int) -> None:
        if isinstance(event, CallArrived | CallPlaced):
            self._open[event.call_id] = _Open(position)
        if not isinstance(event, CallEvent) or (call := self._open.get(event.call_id)) is None:
            return
        match event:
            case RecordingStarted():
                call.unfinished.add(event.path)
            case RecordingFinished():
                call.unfinished.discard(event.path)
            case CallEnded():
                call.ended = True
            case _:
                pass
        if call.ended and not call.unfinished:
            del self._open[event.call_id]
