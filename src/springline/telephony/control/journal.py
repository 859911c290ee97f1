"""The journal's writer: every event goes to the subject of its call or agent, in order.

A checkpoint is kept on the bus: the journal position of the oldest call that has not ended. A control
that starts again reads from there and knows every call it must look after.
"""

import asyncio

from springline.contracts import codec, subjects
from springline.contracts.events import (
    AgentStateChanged,
    AnyEvent,
    CallArrived,
    CallEnded,
    CallEvent,
)
from springline.platform.bus import AnyBus, BusError
from springline.telephony.control.outbox import Outbox

CHECKPOINT_SECONDS = 5.0


def subject_of(event: AnyEvent) -> str:
    if isinstance(event, CallEvent):
        return subjects.journal_of_call(event.call_id)
    if isinstance(event, AgentStateChanged):
        return subjects.journal_of_agent(event.agent)
    return subjects.JOURNAL_SYSTEM


class Journal:
    def __init__(self, bus: AnyBus) -> None:
        self._bus = bus
        self._outbox: Outbox[AnyEvent] = Outbox("journal", self._store)
        self._open: dict[str, int] = {}
        self._next = 1
        self._checkpoint = 0

    def write(self, event: AnyEvent) -> None:
        self._outbox.put(event)

    async def run(self) -> None:
        await self._outbox.run()

    async def drained(self, seconds: float) -> bool:
        return await self._outbox.drained(seconds)

    def opened(self, call_id: str, seq: int) -> None:
        """A call found in the journal that has not ended."""
        self._open[call_id] = seq

    async def keep_checkpoint(self) -> None:
        """Store the checkpoint now and then, until cancelled."""
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            await self.store_checkpoint()

    async def store_checkpoint(self) -> None:
        oldest = min(self._open.values(), default=self._next)
        if oldest <= self._checkpoint:
            return
        try:
            await self._bus.kv_put(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY, str(oldest).encode())
        except BusError:
            return
        self._checkpoint = oldest

    async def _store(self, batch: list[AnyEvent]) -> None:
        # One connection stores messages in the order they were sent, so a batch may be in flight at once;
        # the bus knows the ids it already has, so a batch may be sent twice.
        positions = await asyncio.gather(
            *(self._bus.journal_append(subject_of(event), codec.encode(event), event.id) for event in batch)
        )
        for event, position in zip(batch, positions, strict=True):
            self._next = max(self._next, position + 1)
            if isinstance(event, CallArrived):
                self._open[event.call_id] = position
            elif isinstance(event, CallEnded):
                self._open.pop(event.call_id, None)
