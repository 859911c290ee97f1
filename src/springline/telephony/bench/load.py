"""One load on one side: calls at a steady rate, and what became of each of them."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from springline.platform.supervisor import free_port
from springline.telephony.bench import probe
from springline.telephony.bench.cpu import cpu_of, machine_seconds
from springline.telephony.bench.houses import Side
from springline.telephony.bench.jobs import Load, agents_job, callers_job, register_job
from springline.telephony.bench.numbers import percentile
from springline.telephony.simulator.sipp import SippJob, SippStats, read_result, run_sipp, running_sipp

BYTES_A_SECOND = 32000
# A call counts as recorded when no more of its talk is missing: this part, and the time it takes to bridge.
LOST_SOUND = 0.02
BRIDGE_SECONDS = 0.3
SETTLE_SECONDS = 2.0


class LoadRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `rate` is calls/s offered; `cpu_ms` milliseconds per call by process, from the begin of the
    first to the end of the last; `foreign` the part (0..1) of the processors that the side did not use.

    `recorded` counts calls whose file holds the whole talk. `clean`: every call ended as it should, with all
    of its sound, and nothing was sent twice (`resent` counts both ends).
    """

    side: str
    rate: float
    seconds: float
    calls: int
    stats: SippStats
    recorded: int
    resent: int
    setup_ms: list[float]
    key_to_prompt_ms: list[float]
    cpu_ms: dict[str, float]
    foreign: float
    clean: bool

    def p99(self) -> float | None:
        return percentile(self.setup_ms, 99)


async def run_load(side: Side, load: Load, sipp: Path, directory: Path) -> LoadRun:
    """Registers the agents' phones, sends the calls, waits for the last one."""
    _fresh(directory)
    _fresh(side.recordings)
    jobs: list[SippJob] = []
    async with AsyncExitStack() as stack:
        shifts = Shifts(side, load, sipp, directory, stack, jobs)
        await shifts.begin(0)
        before, (busy, total) = cpu_of(side.pids), machine_seconds()
        relieving = asyncio.create_task(shifts.relieve())
        probing = asyncio.create_task(probe.run_probes(side, load, sipp, directory / "probe"))
        try:
            callers = callers_job(side, load, directory)
            result = await run_sipp(sipp, callers, load.seconds + load.call_seconds + 90)
            await asyncio.sleep(SETTLE_SECONDS)
            used = {name: seconds - before[name] for name, seconds in cpu_of(side.pids).items()}
            busy_after, total_after = machine_seconds()
            keys = await probing
            await relieving
        finally:
            relieving.cancel()
            probing.cancel()
            await asyncio.gather(relieving, probing, return_exceptions=True)
    others = max(0.0, busy_after - busy - sum(used.values())) / max(total_after - total, 1e-9)
    recorded = whole_recordings(side.recordings, load.talk)
    repeated = result.stats.retransmissions + sum(read_result(job).stats.retransmissions for job in jobs)
    [setup] = list(result.times_ms.values()) or [[]]
    return LoadRun(
        side=side.name,
        rate=load.rate,
        seconds=load.seconds,
        calls=load.calls,
        stats=result.stats,
        recorded=recorded,
        resent=repeated,
        setup_ms=setup,
        key_to_prompt_ms=keys,
        cpu_ms={name: round(seconds * 1000 / load.calls, 3) for name, seconds in used.items()},
        foreign=round(others, 3),
        clean=result.stats.successful == load.calls == recorded and repeated == 0,
    )


class Shifts:
    """Agents take turns in a long run: a registration lasts ten minutes at the most, and SIPp that is called
    cannot register again. `jobs` gets what each shift's SIPp was asked to do."""

    def __init__(
        self, side: Side, load: Load, sipp: Path, directory: Path, stack: AsyncExitStack, jobs: list[SippJob]
    ) -> None:
        self._side, self._load, self._sipp, self._directory = side, load, sipp, directory
        self._stack, self._jobs = stack, jobs

    async def begin(self, number: int) -> None:
        """Let the agents of this shift register, and be ready."""
        size = len(self._side.phones) // self._load.shifts
        phones = self._side.phones[number * size : (number + 1) * size]
        directory, port = self._directory / f"shift{number}", free_port("udp")
        await run_sipp(self._sipp, register_job(self._side, phones, directory, port), within=60)
        job = agents_job(self._side, self._load, directory, port)
        self._jobs.append(job)
        await self._stack.enter_async_context(running_sipp(self._sipp, job))
        await self._side.ready(phones)

    async def relieve(self) -> None:
        """The later shifts, evenly over the run; the former ones stay until their registration ends."""
        for number in range(1, self._load.shifts):
            await asyncio.sleep(self._load.seconds / self._load.shifts)
            await self.begin(number)


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def whole_recordings(folder: Path, talk: float) -> int:
    """Files that hold the whole talk, whatever else is there."""
    enough = (talk * (1 - LOST_SOUND) - BRIDGE_SECONDS) * BYTES_A_SECOND
    return sum(path.stat().st_size >= enough for path in folder.rglob("*.raw"))
