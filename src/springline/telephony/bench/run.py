"""The whole measurement: interleaved rounds, the highest clean rate of each side, latency at half of it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from springline.platform import benchmarks
from springline.telephony.bench.app_queue import queue_side
from springline.telephony.bench.houses import Side, flow_side, phones
from springline.telephony.bench.jobs import Load, agents_for
from springline.telephony.bench.load import LoadRun, run_load
from springline.telephony.bench.report import markdown
from springline.telephony.bench.results import BenchResult, Round, summary
from springline.telephony.bench.search import Search
from springline.telephony.engine.home import require_engine
from springline.telephony.engine.install import asterisk_version
from springline.telephony.simulator.sipp import can_send_raw, require_sipp
from springline.telephony.simulator.wiring import PhoneAccount

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """`rates` in calls/s are tried upwards until one is not clean, then by halves down to `step`.

    Later rounds begin at the lower maximum of the first, unless the rates are `fixed`. `seconds` of
    arrivals a run; `probes` callers measure keys at half load. As it stands it takes 20 to 25 minutes.
    """

    seconds: float = 20.0
    talk: float = 20.0
    rounds: int = 3
    rates: tuple[float, ...] = (2, 4, 6, 8)
    step: float = 1.0
    probes: int = 20
    fixed: bool = False

    @classmethod
    def quick(cls) -> Plan:
        """A look at whether all of it works; too short for a claim."""
        return cls(seconds=12, talk=5, rounds=1, rates=(1, 2), step=1.0, probes=4)

    def near(self, maximum: float) -> Plan:
        """The plan of a round when the lower maximum of both sides is known."""
        if maximum <= 0:
            return self
        return replace(self, rates=tuple(maximum + n * self.step for n in range(4)))

    @property
    def agents(self) -> int:
        return agents_for(max(self.rates), self.talk)


async def run_bench(
    plan: Plan, json: Path | None, report: Path | None, tell: Tell, keep: Path | None = None
) -> BenchResult:
    """Writes what is asked for and returns it. Raises EngineError, SimulatorError.

    `keep`: a folder where both sides' homes and SIPp's logs stay, for a look at a call that was not whole.
    """
    sipp = require_sipp()
    began = datetime.now(UTC)
    rounds: list[Round] = []
    with _folder(keep) as folder:
        agents = phones(plan.agents)
        for number in range(plan.rounds):
            tell(f"round {number + 1} of {plan.rounds}")
            now = plan if number == 0 or plan.fixed else plan.near(rounds[0].lower_maximum)
            rounds.append(await _round(now, number, agents, sipp, folder / str(number), tell))
    result = BenchResult(
        began=began,
        seconds=round((datetime.now(UTC) - began).total_seconds()),
        machine=benchmarks.machine_name(),
        engine=".".join(map(str, asterisk_version(require_engine()))),
        keys="RFC 4733" if can_send_raw() else "SIP INFO (no raw socket)",
        run_seconds=plan.seconds,
        talk_seconds=plan.talk,
        rounds=rounds,
        **msgspec.structs.asdict(summary(rounds)),
    )
    text = markdown(result)
    await asyncio.to_thread(_write, result, text, json, report)
    tell(text)
    return result


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="springline-bench-") as folder:
        yield Path(folder)


def _write(result: BenchResult, text: str, json: Path | None, report: Path | None) -> None:
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        json.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    if report is not None:
        benchmarks.write("call-path", text, report)


async def _round(
    plan: Plan, number: int, agents: list[PhoneAccount], sipp: Path, folder: Path, tell: Tell
) -> Round:
    """Both sides run all the time; the one not measured is idle. Which goes first changes by round."""
    async with AsyncExitStack() as stack:
        sides: list[Side] = [
            await stack.enter_async_context(flow_side(folder / "flow", agents)),
            await stack.enter_async_context(queue_side(folder / "queue", agents)),
        ]
        if number % 2:
            sides.reverse()
        searches = {side.name: Search(plan.rates, plan.step) for side in sides}
        runs: list[LoadRun] = []
        while any(search.next is not None for search in searches.values()):
            for side in sides:
                rate = searches[side.name].next
                if rate is not None:
                    runs += await _tried(side, Load(rate, plan.seconds, plan.talk), sipp, folder, tell)
                    searches[side.name].tried(rate, runs[-1].clean)
        half = min(search.best for search in searches.values()) / 2
        if half == 0:
            return Round(search=runs, half_load=[])
        latency = [
            await _one(side, Load(half, plan.seconds, plan.talk, plan.probes), sipp, folder, tell)
            for side in sides
        ]
        cost = await _at_once(sides, Load(half, plan.seconds * 2, plan.talk), sipp, folder, tell)
    return Round(search=runs, half_load=latency, at_once=cost)


async def _tried(side: Side, load: Load, sipp: Path, folder: Path, tell: Tell) -> list[LoadRun]:
    """A rate that was not clean gets a second chance: the machine may have had something else to do."""
    first = await _one(side, load, sipp, folder, tell)
    return [first] if first.clean else [first, await _one(side, load, sipp, folder, tell)]


async def _at_once(sides: list[Side], load: Load, sipp: Path, folder: Path, tell: Tell) -> list[LoadRun]:
    """Both sides under the same load at the same time. A second chance for what was not clean."""
    tell("  at once:")
    for _ in range(2):
        runs = await asyncio.gather(*(_one(side, load, sipp, folder / side.name, tell) for side in sides))
        if all(run.clean for run in runs):
            break
    return runs


async def _one(side: Side, load: Load, sipp: Path, folder: Path, tell: Tell) -> LoadRun:
    run = await run_load(side, load, sipp, folder / f"{side.name}-{load.rate:g}-{load.probes}")
    cpu = " ".join(f"{name} {ms:.1f}" for name, ms in run.cpu_ms.items())
    verdict = "clean" if run.clean else f"NOT clean {run.stats.reasons}"
    ended = f"{run.stats.successful}/{run.calls} calls, {run.recorded} recorded"
    others = f"others {run.foreign:.0%}"
    tell(f"  {side.name:9} {load.rate:5.2f}/s {ended}, CPU ms/call {cpu}, {others}: {verdict}")
    return run
