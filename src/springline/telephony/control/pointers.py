"""Where each queue's rotation stands, kept on the bus so that the next run of control goes on from there."""

import structlog

from springline.contracts import subjects
from springline.platform.bus import AnyBus, BusError
from springline.telephony.control.outbox import Outbox

log = structlog.get_logger("pointers")


class Pointers:
    """What moves within `gather` seconds is stored as it stands then."""

    def __init__(self, bus: AnyBus, gather: float) -> None:
        self._bus = bus
        self._outbox: Outbox[tuple[str, str]] = Outbox("pointers", self._store, gather)

    def moved(self, queue: str, agent: str) -> None:
        self._outbox.put((queue, agent))

    async def run(self) -> None:
        """Store until cancelled."""
        await self._outbox.run()

    async def _store(self, moves: list[tuple[str, str]]) -> None:
        for queue, agent in dict(moves).items():
            await self._bus.kv_put(subjects.POINTERS_BUCKET, queue, agent.encode())


async def stored_pointers(bus: AnyBus) -> dict[str, str]:
    """By queue, the agent who had the last call; empty when the bus does not say."""
    try:
        stored = await bus.kv_all(subjects.POINTERS_BUCKET)
    except BusError as error:
        log.warning("pointers_unknown", error=str(error))
        return {}
    return {queue: agent.decode() for queue, agent in stored.items()}
