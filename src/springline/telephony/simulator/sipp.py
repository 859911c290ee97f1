"""Runs SIPp, the load generator, on our scenarios and reads its statistics as numbers."""

from __future__ import annotations

import asyncio
import csv
import os
import socket
import string
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from springline.platform.supervisor.program import dies_with_me
from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import tool_path
from springline.telephony.simulator.errors import SimulatorError

SCENARIOS = Path(__file__).parent / "sipp"
_STOP_SECONDS = 5.0
_LAST_WORDS = 800


class SippStats(msgspec.Struct, frozen=True, kw_only=True):
    """Cumulative counts of one run; `failed` by SIPp's own reasons in `reasons`."""

    calls: int
    successful: int
    failed: int
    retransmissions: int
    reasons: dict[str, int]


class SippResult(msgspec.Struct, frozen=True, kw_only=True):
    """`times_ms`: for each stop watch of the scenario the milliseconds of every call."""

    stats: SippStats
    times_ms: dict[str, list[float]]


@dataclass(frozen=True)
class SippJob:
    """One run. `scenario` is a name in `simulator/sipp`; `values` fill its `${names}`.

    `rate` is calls per second, `calls` their number (None: until stopped), `rows` one line of fields per
    call, used in turn. `directory` gets every file SIPp writes. At most `at_once` calls live at any time; one
    that hears nothing for `patience` seconds fails. `messages`: a line for each message into `message_log`.
    """

    scenario: str
    directory: Path
    target: str
    local_port: int
    media_port: int
    rate: float = 10.0
    calls: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    rows: Sequence[str] = ()
    host: str = "127.0.0.1"
    at_once: int = 2000
    patience: float = 60.0
    messages: bool = False

    @property
    def message_log(self) -> Path:
        return self.directory / f"{self.scenario}.messages"


def require_sipp(home: Path | None = None) -> Path:
    """Raises SimulatorError `no-sipp` that says how to get it."""
    path = tool_path(home or default_home(), "sipp")
    if path is None:
        raise SimulatorError("no-sipp", "SIPp is missing; run: springline tools install sipp")
    return path


def can_send_raw() -> bool:
    """Whether SIPp can play packets from a file, which needs a raw socket (root)."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except OSError:
        return False
    return True


async def run_sipp(sipp: Path, job: SippJob, within: float) -> SippResult:
    """To the end of the last call. A failed call is a result, not an error.

    Raises SimulatorError `sipp-failed` when SIPp itself could not run, `sipp-stuck` after `within` seconds.
    """
    async with running_sipp(sipp, job) as process:
        try:
            status = await asyncio.wait_for(process.wait(), within)
        except TimeoutError:
            raise SimulatorError("sipp-stuck", f"{job.scenario}: not finished after {within:g} s") from None
    # 0: all calls succeeded, 1: some failed; the rest are faults of its own.
    if status not in (0, 1):
        raise SimulatorError("sipp-failed", f"{job.scenario}: status {status}: {_last_words(job)}")
    return read_result(job)


@asynccontextmanager
async def running_sipp(sipp: Path, job: SippJob) -> AsyncIterator[asyncio.subprocess.Process]:
    """SIPp runs inside the block, for scenarios that wait for calls."""
    job.directory.mkdir(parents=True, exist_ok=True)
    command = _command(sipp, job)
    with (job.directory / f"{job.scenario}.out").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=job.directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "TERM": "dumb"},
            start_new_session=True,
            preexec_fn=dies_with_me(),
        )
    try:
        yield process
    finally:
        await asyncio.shield(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _command(sipp: Path, job: SippJob) -> list[str]:
    template = (SCENARIOS / f"{job.scenario}.xml").read_text(encoding="utf-8")
    scenario = job.directory / f"{job.scenario}.xml"
    scenario.write_text(string.Template(template).substitute(job.values), encoding="utf-8")
    for stale in job.directory.glob(f"{job.scenario}_*_rtt.csv"):
        stale.unlink()
    command = [str(sipp), job.target, "-sf", str(scenario), "-i", job.host, "-p", str(job.local_port)]
    command += ["-mi", job.host, "-mp", str(job.media_port), "-nostdin", "-t", "u1"]
    command += ["-r", f"{job.rate:g}" if job.rate >= 1 else "1", "-l", str(job.at_once)]
    command += ["-recv_timeout", f"{job.patience * 1000:.0f}"]
    if job.rate < 1:
        command += ["-rp", f"{1000 / job.rate:.0f}"]
    command += ["-trace_stat", "-stf", f"{job.scenario}.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1"]
    command += ["-trace_err", "-error_file", f"{job.scenario}.err"]
    if job.messages:
        command += ["-trace_shortmsg", "-shortmessage_file", job.message_log.name]
    if job.calls is not None:
        command += ["-m", str(job.calls)]
    if job.rows:
        rows = job.directory / f"{job.scenario}.rows"
        rows.write_text("\n".join(["SEQUENTIAL", *job.rows]) + "\n", encoding="utf-8")
        command += ["-inf", str(rows)]
    return command


def read_result(job: SippJob) -> SippResult:
    """Statistics of a run that has ended."""
    text = (job.directory / f"{job.scenario}.csv").read_text(encoding="utf-8")
    rtts = sorted(job.directory.glob(f"{job.scenario}_*_rtt.csv"))
    times = parse_times(rtts[-1].read_text(encoding="utf-8")) if rtts else {}
    return SippResult(stats=parse_stats(text), times_ms=times)


def parse_stats(text: str) -> SippStats:
    """The last line of a `-trace_stat` file. Raises SimulatorError `no-statistics`."""
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    if not rows:
        raise SimulatorError("no-statistics", "SIPp wrote no line of statistics")
    last = rows[-1]

    def count(name: str) -> int:
        return int(float(last.get(f"{name}(C)") or 0))

    reasons = {
        key.removeprefix("Failed").removesuffix("(C)"): int(float(value))
        for key, value in last.items()
        if key and key.startswith("Failed") and key.endswith("(C)") and key != "FailedCall(C)" and value
    }
    return SippStats(
        calls=int(float(last.get("TotalCallCreated") or 0)),
        successful=count("SuccessfulCall"),
        failed=count("FailedCall"),
        retransmissions=count("Retransmissions"),
        reasons={key: value for key, value in reasons.items() if value},
    )


def parse_times(text: str) -> dict[str, list[float]]:
    """A `-trace_rtt` file: milliseconds by stop watch."""
    times: dict[str, list[float]] = {}
    for line in text.splitlines():
        parts = line.split(";")
        if len(parts) < 3 or not parts[1].strip().replace(".", "", 1).isdigit():
            continue
        times.setdefault(parts[2].strip(), []).append(float(parts[1]))
    return times


def _last_words(job: SippJob) -> str:
    names = (f"{job.scenario}.err", f"{job.scenario}.out")
    texts = [
        (job.directory / name).read_text(errors="replace")
        for name in names
        if (job.directory / name).exists()
    ]
    return " ".join(text[-_LAST_WORDS:].strip() for text in texts)
