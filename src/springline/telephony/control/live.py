"""The live board: what screens show, as rows with numbered changes (law: contracts.live)."""

from typing import TypeAlias

from springline.contracts import subjects
from springline.contracts.event import new_id, utcnow
from springline.contracts.live import AnyRow, LiveEvent, LiveSnapshot, Removed, key_of
from springline.platform.bus import AnyBus
from springline.telephony.control.outbox import Outbox

Key: TypeAlias = tuple[str, str]


class LiveBoard:
    """What changes more than once within `gather` seconds is published as it is then."""

    def __init__(self, bus: AnyBus, gather: float = 0.0) -> None:
        self.epoch = new_id()
        self._seq = 0
        self._rows: dict[Key, AnyRow] = {}
        self._bus = bus
        self._outbox: Outbox[Key] = Outbox("live", self._publish, gather)

    async def run(self) -> None:
        """Publish changes until cancelled."""
        await self._outbox.run()

    def put(self, row: AnyRow) -> None:
        key = key_of(row)
        if self._rows.get(key) != row:
            self._rows[key] = row
            self._outbox.put(key)

    def remove(self, kind: str, row_id: str) -> None:
        if self._rows.pop((kind, row_id), None) is not None:
            self._outbox.put((kind, row_id))

    def get(self, kind: str, row_id: str) -> AnyRow | None:
        return self._rows.get((kind, row_id))

    def ids(self, kind: str) -> set[str]:
        return {row_id for row_kind, row_id in self._rows if row_kind == kind}

    def snapshot(self) -> LiveSnapshot:
        """May be ahead of `seq`: what is not published yet is told once more after it."""
        return LiveSnapshot(epoch=self.epoch, seq=self._seq, at=utcnow(), rows=tuple(self._rows.values()))

    async def _publish(self, changed: list[Key]) -> None:
        for kind, row_id in dict.fromkeys(changed):
            self._seq += 1
            change = self._rows.get((kind, row_id)) or Removed(kind=kind, id=row_id)
            await self._bus.publish(
                subjects.LIVE_EVENTS, LiveEvent(epoch=self.epoch, seq=self._seq, change=change)
            )
