"""Whether the carrier answers OPTIONS: told as an event, a row of the board and a figure."""

import asyncio
from collections.abc import Callable

import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import EngineStatus, TrunkChanged
from springline.contracts.live import TrunkRow
from springline.telephony.ari import Ari, AriError
from springline.telephony.control.live import LiveBoard

log = structlog.get_logger("trunk")

LOOK_SECONDS = 5.0
LOOKS_UNTIL_DOWN = 3
"""One lost OPTIONS is no outage; the engine sends one every 10 s."""

UP = metrics.Gauge("springline_trunk_up", "Whether the carrier answers OPTIONS (0: it does not)")


class TrunkWatch:
    """`trunk`: the engine's endpoint, of a carrier whose address is known."""

    def __init__(
        self, ari: Ari, board: LiveBoard, journal: Callable[[AnyEvent], None], trunk: str = "trunk"
    ) -> None:
        self._ari, self._board, self._journal, self._trunk = ari, board, journal, trunk
        self._status: EngineStatus | None = None
        self._bad_looks = 0

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                if self._ari.connected:
                    self.see((await self._ari.endpoints.get("PJSIP", self._trunk)).state)
            except AriError as error:
                log.info("trunk_not_asked", error=error.code)
            await asyncio.sleep(LOOK_SECONDS)

    def see(self, state: str | None) -> None:
        """`state` as ARI names it: online, offline, or unknown before the first answer."""
        if state == "online":
            self._bad_looks = 0
            self._become(EngineStatus.UP)
        elif state == "offline":
            self._bad_looks += 1
            if self._bad_looks >= LOOKS_UNTIL_DOWN:
                self._become(EngineStatus.DOWN)

    def _become(self, status: EngineStatus) -> None:
        UP.set(status is EngineStatus.UP)
        if status is self._status:
            return
        self._status, now = status, utcnow()
        (log.warning if status is EngineStatus.DOWN else log.info)("trunk_changed", status=status.value)
        self._journal(TrunkChanged(at=now, trunk=self._trunk, status=status))
        self._board.put(TrunkRow(id=self._trunk, status=status, since=now))
