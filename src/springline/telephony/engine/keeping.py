"""Does nats-server still keep what it is given?

After one failed write, as on a full disk, a stream of JetStream refuses every later one until nats-server is
started again, however much room there is then.
"""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog
from prometheus_client.parser import text_string_to_metric_families

from springline.contracts import codec, subjects
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings

log = structlog.get_logger("bus")

WATCH_KEY = "watch"
WAITING, TOLD = "springline_journal_waiting", "springline_journal_told"
ROOM_BYTES = 1_000_000
DISK_SECONDS = 2.0


class Keeping:
    """`waiting`: how many events waited in control at the last look."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._told: float | None = None
        self._trying: asyncio.Future[bool] | None = None
        self._why = ""
        self.waiting = 0.0

    async def __call__(self) -> bool:
        """Asked again and again: False while nats-server should be started again, because it stores nothing
        though its disk would."""
        return await self.stores() or await self._excused()

    async def stores(self) -> bool:
        """Asked again and again: False while nats-server stores nothing of what it is given."""
        try:
            bus = await Bus.connect(self._settings, "watch", 5.0)
        except BusError as error:
            self._why = str(error)
            return False
        try:
            for bucket in (subjects.CONTROL_BUCKET, subjects.CONFIG_BUCKET):
                await bus.kv_put(bucket, WATCH_KEY, b"")
            self._why = "the journal"
            return not await self._journal_is_stuck(bus)
        except BusError as error:
            self._why = str(error)
            return False
        finally:
            await bus.close()

    async def _journal_is_stuck(self, bus: Bus) -> bool:
        """Events wait in control, and none has left since the last time."""
        before, self._told = self._told, None
        try:
            text: str = await bus.request(subjects.metrics_of("control"), None, str, 1.0)
        except (BusError, codec.BadMessage):
            return False
        found = {family.name: family for family in text_string_to_metric_families(text)}
        self.waiting, told = (found[name].samples[0].value for name in (WAITING, TOLD))
        self._told = told if self.waiting else None
        return bool(self.waiting) and told == before

    async def _excused(self) -> bool:
        """Whether the disk is full, or slow: another start would change nothing."""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.ensure_future(asyncio.to_thread(takes_writes, self._folder))
        with suppress(TimeoutError):
            if await asyncio.wait_for(asyncio.shield(self._trying), DISK_SECONDS):
                log.error("bus_keeps_nothing", error=self._why)
                return False
        return True


def takes_writes(folder: Path) -> bool:
    """Whether there is room to go on, and what is written reaches the disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True
