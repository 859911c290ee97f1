"""The agents' desks, as far as a ringing call goes: each asks the web process who it is."""

from __future__ import annotations

import asyncio
import time

import httpx
import msgspec

from springline.bench.connection import Connection, open_still
from springline.contracts import codec, subjects
from springline.contracts.live import CallRow, LiveEvent
from springline.telephony.bench.houses import FlowSide

PATH = "/api/customers/pop"
KNOWN = "known"
NOT_LOOKED_UP = "late"


class Desks:
    """`ms`: of each pop that named the customer; `others`: what came instead; `late`: calls whose caller
    control did not learn in time.

    The live events come from the bus, not over an event stream for each desk.
    """

    def __init__(self, side: FlowSide, token: str) -> None:
        self.ms: list[float] = []
        self.others: list[str] = []
        self.late: set[str] = set()
        self._side, self._token = side, token
        self._seen: set[str] = set()
        self._idle: list[Connection] = []

    async def run(self) -> None:
        """Until cancelled; what was asked by then is answered first."""
        asking: set[asyncio.Task[None]] = set()
        try:
            async for data in self._side.bus.subscribe(subjects.LIVE_EVENTS):
                row = codec.decode(data, LiveEvent).change
                if not isinstance(row, CallRow) or row.agent is None or row.id in self._seen:
                    continue
                self._seen.add(row.id)
                if row.region_source == NOT_LOOKED_UP:
                    self.late.add(row.id)
                task = asyncio.create_task(self._pop(row.id))
                asking.add(task)
                task.add_done_callback(asking.discard)
        finally:
            await asyncio.gather(*asking, return_exceptions=True)
            for connection in self._idle:
                connection.close()

    async def _pop(self, call_id: str) -> None:
        began = time.perf_counter()
        try:
            connection = open_still(self._idle) or await Connection.open(
                self._side.settings, self._token, PATH
            )
            status, answer = await connection.post(msgspec.json.encode({"call_id": call_id}))
        except (OSError, EOFError) as error:
            self.others.append(repr(error))
            return
        self._idle.append(connection)
        if status == httpx.codes.OK and msgspec.json.decode(answer)["kind"] == KNOWN:
            self.ms.append((time.perf_counter() - began) * 1000)
        else:
            self.others.append(answer[:300].decode(errors="replace"))
