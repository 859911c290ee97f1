"""One load on one side: calls at a steady rate, and what became of each of them."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from springline.platform.supervisor import free_port, free_range
from springline.telephony.bench import probe
from springline.telephony.bench.cpu import cpu_of, machine_seconds
from springline.telephony.bench.houses import NUMBER, Side
from springline.telephony.bench.numbers import percentile
from springline.telephony.bench.prompts import FIRST_KEY, SECOND_KEY, write_voice
from springline.telephony.simulator.packets import stream, write_capture
from springline.telephony.simulator.sipp import (
    SippJob,
    SippStats,
    can_send_raw,
    read_result,
    run_sipp,
    running_sipp,
)

BYTES_A_SECOND = 32000
CALLERS_MEDIA_PORTS = 10000
AGENTS_MEDIA_PORTS = 2000
# A call counts as recorded when no more of its talk is missing: this part, and the time it takes to bridge.
LOST_SOUND = 0.02
BRIDGE_SECONDS = 0.3
SETTLE_SECONDS = 2.0
REGISTER_RATE = 100.0


class LoadRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `rate` is calls/s offered; `cpu_ms` milliseconds per call by process, from the begin of the
    first to the end of the last; `foreign` the part (0..1) of the processors that the side did not use.

    `recorded` counts calls whose file holds the whole talk. `clean`: every call ended as it should, with all
    of its sound, and nothing was sent twice.
    """

    side: str
    rate: float
    seconds: float
    calls: int
    stats: SippStats
    recorded: int
    setup_ms: list[float]
    key_to_prompt_ms: list[float]
    cpu_ms: dict[str, float]
    foreign: float
    clean: bool

    def p99(self) -> float | None:
        return percentile(self.setup_ms, 99)


@dataclass(frozen=True)
class Load:
    """`seconds` of arrivals at `rate` calls/s, each with `talk` seconds; `probes` concurrent key probes."""

    rate: float
    seconds: float
    talk: float
    probes: int = 0

    @property
    def calls(self) -> int:
        return max(1, round(self.rate * self.seconds))

    @property
    def call_seconds(self) -> float:
        return SECOND_KEY + self.talk + 0.5


async def run_load(side: Side, load: Load, sipp: Path, directory: Path) -> LoadRun:
    """Registers the agents' phones, sends the calls, waits for the last one."""
    _fresh(directory)
    _fresh(side.recordings)
    port = free_port("udp")
    await _register(side, sipp, directory, port)
    agents = _agents(side, load, directory, port)
    async with running_sipp(sipp, agents):
        await side.ready()
        before, (busy, total) = cpu_of(side.pids), machine_seconds()
        probing = asyncio.create_task(probe.run_probes(side, load, sipp, directory / "probe"))
        try:
            result = await run_sipp(
                sipp, _callers(side, load, directory), load.seconds + load.call_seconds + 90
            )
            await asyncio.sleep(SETTLE_SECONDS)
            used = {name: seconds - before[name] for name, seconds in cpu_of(side.pids).items()}
            busy_after, total_after = machine_seconds()
            keys = await probing
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
    others = max(0.0, busy_after - busy - sum(used.values())) / max(total_after - total, 1e-9)
    recorded = whole_recordings(side.recordings, load.talk)
    repeated = result.stats.retransmissions + read_result(agents).stats.retransmissions
    [setup] = list(result.times_ms.values()) or [[]]
    return LoadRun(
        side=side.name,
        rate=load.rate,
        seconds=load.seconds,
        calls=load.calls,
        stats=result.stats,
        recorded=recorded,
        setup_ms=setup,
        key_to_prompt_ms=keys,
        cpu_ms={name: round(seconds * 1000 / load.calls, 3) for name, seconds in used.items()},
        foreign=round(others, 3),
        clean=result.stats.successful == load.calls == recorded and repeated == 0,
    )


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def whole_recordings(folder: Path, talk: float) -> int:
    """Files that hold the whole talk, whatever else is there."""
    enough = (talk * (1 - LOST_SOUND) - BRIDGE_SECONDS) * BYTES_A_SECOND
    return sum(path.stat().st_size >= enough for path in folder.rglob("*.raw"))


async def _register(side: Side, sipp: Path, directory: Path, port: int) -> None:
    """From the port the phones will be called at: the engine calls back where a registration came from."""
    rows = [f"{p.user};[authentication username={p.user} password={p.password}]" for p in side.phones]
    job = SippJob(
        "register", directory, side.target, port, free_range(4)[0], REGISTER_RATE, len(rows), rows=rows
    )
    await run_sipp(sipp, job, within=60)


def _agents(side: Side, load: Load, directory: Path, port: int) -> SippJob:
    write_voice(directory / "agent.alaw", seed=2)
    return SippJob(
        "agent",
        directory,
        side.target,
        port,
        free_range(AGENTS_MEDIA_PORTS)[0],
        values={"sound": directory / "agent.alaw", "talk_ms": round(load.talk * 1000)},
    )


def _callers(side: Side, load: Load, directory: Path) -> SippJob:
    voice = write_voice(directory / "caller.alaw", seed=3)
    rows = [f"138{n:08d}" for n in range(1000)]
    media = free_range(4)[0] if can_send_raw() else free_range(AGENTS_MEDIA_PORTS)[0]
    values: dict[str, object] = {"number": NUMBER}
    if can_send_raw():
        keys = {FIRST_KEY: "1", SECOND_KEY: "2"}
        write_capture(directory / "caller.pcap", stream(voice, keys, load.call_seconds + 30))
        values["capture"] = directory / "caller.pcap"
        name = "caller"
    else:
        values |= {
            "sound": directory / "caller.alaw",
            "first_key_ms": round(FIRST_KEY * 1000),
            "second_key_ms": round((SECOND_KEY - FIRST_KEY) * 1000),
        }
        name = "caller_info"
    return SippJob(name, directory, side.target, free_port("udp"), media, load.rate, load.calls, values, rows)
