"""Key to prompt, measured on the wire: callers whose sound is ours, so that we know to the packet.

A probe hears a menu to its end, waits until no sound has come for a while, and presses a key. The time from
the first packet that says the key was let go (RFC 4733, end bit) to the first packet of sound that comes back
is the caller's wait. 1 leads to the next menu and # back again, so each call gives many values.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from springline.platform.supervisor import free_port, free_range
from springline.telephony.bench.houses import NUMBER, Side
from springline.telephony.simulator.packets import (
    FRAME_SAMPLES,
    FRAME_SECONDS,
    PCMA,
    TELEPHONE_EVENT,
    is_key_end,
    key_payloads,
    rtp,
)
from springline.telephony.simulator.sipp import SippJob, run_sipp

if TYPE_CHECKING:
    from springline.telephony.bench.jobs import Load

QUIET_SECONDS = 0.4
_SILENCE = b"\xd5" * FRAME_SAMPLES
_RATE = 5.0
_PATIENCE = 60.0


class Probe(asyncio.DatagramProtocol):
    """One caller's sound. `waits_ms` are the values so far."""

    def __init__(self) -> None:
        self.waits_ms: list[float] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._heard_at = 0.0
        self._released_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Before Python 3.12 the datagram transport is not of this class.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) < 12 or data[1] & 0x7F != PCMA:
            return
        now = time.perf_counter()
        self._peer, self._heard_at = addr, now
        if self._released_at is not None:
            self.waits_ms.append((now - self._released_at) * 1000)
            self._released_at = None

    async def run(self) -> None:
        """Until cancelled: silence every 20 ms, and keys in turn when the far side is quiet."""
        loop = asyncio.get_running_loop()
        due, n, key_start, keys, pending = loop.time(), 0, 0, "1#", list[bytes]()
        while True:
            quiet = self._peer is not None and time.perf_counter() - self._heard_at > QUIET_SECONDS
            if quiet and not pending and self._released_at is None:
                pending, key_start = key_payloads(keys[0]), n * FRAME_SAMPLES
                keys = keys[1:] + keys[0]
            if pending:
                self._send_key(n, key_start, pending.pop(0))
            else:
                self._send(rtp(PCMA, n, n * FRAME_SAMPLES, 1, _SILENCE))
            n += 1
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _send_key(self, n: int, start: int, payload: bytes) -> None:
        self._send(rtp(TELEPHONE_EVENT, n, start, 1, payload, marker=start == n * FRAME_SAMPLES))
        if is_key_end(payload) and self._released_at is None:
            self._released_at = time.perf_counter()

    def _send(self, packet: bytes) -> None:
        if self._transport is not None and self._peer is not None:
            self._transport.sendto(packet, self._peer)


async def run_probes(side: Side, load: Load, sipp: Path, directory: Path) -> list[float]:
    """Milliseconds of all probes of one run. They never reach the queue, so they take no agent."""
    if load.probes == 0:
        return []
    loop = asyncio.get_running_loop()
    found: list[tuple[asyncio.DatagramTransport, Probe]] = []
    for _ in range(load.probes):
        found.append(await loop.create_datagram_endpoint(Probe, local_addr=("127.0.0.1", 0)))
    talking = [asyncio.create_task(probe.run()) for _, probe in found]
    stay = load.seconds + load.call_seconds / 2
    job = SippJob(
        "probe",
        directory,
        side.target,
        free_port("udp"),
        free_range(4)[0],
        _RATE,
        load.probes,
        {"number": NUMBER, "stay_ms": round(stay * 1000)},
        [str(transport.get_extra_info("sockname")[1]) for transport, _ in found],
    )
    try:
        await run_sipp(sipp, job, within=stay + _PATIENCE)
    finally:
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        for transport, _ in found:
            transport.close()
    return [round(value, 3) for _, probe in found for value in probe.waits_ms]
