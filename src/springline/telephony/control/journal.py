"""The journal's writer: every event goes to the subject of its call or agent."""

import asyncio

from springline.contracts import codec, subjects
from springline.contracts.events import AgentStateChanged, AnyEvent, CallEvent
from springline.platform.bus import AnyBus
from springline.telephony.control.outbox import Outbox


def subject_of(event: AnyEvent) -> str:
    if isinstance(event, CallEvent):
        return subjects.journal_of_call(event.call_id)
    if isinstance(event, AgentStateChanged):
        return subjects.journal_of_agent(event.agent)
    return subjects.JOURNAL_SYSTEM


def journal_outbox(bus: AnyBus) -> Outbox[AnyEvent]:
    """One connection stores messages in the order they were sent, so a batch may be in flight at once;
    the bus knows the ids it already has, so a batch may be sent twice."""

    async def store(batch: list[AnyEvent]) -> None:
        await asyncio.gather(
            *(bus.journal_append(subject_of(event), codec.encode(event), event.id) for event in batch)
        )

    return Outbox("journal", store)
