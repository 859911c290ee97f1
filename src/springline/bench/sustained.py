"""Ten calls a second for ten minutes, recorded, routed and popped; and what a call costs beside app_queue."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from springline.bench import callers
from springline.bench.desks import Desks
from springline.bench.sustained_figures import Long, Pair, figures
from springline.platform.benchmarks import Figure
from springline.telephony.bench.app_queue import queue_side
from springline.telephony.bench.houses import FlowSide, Side, flow_side, phones
from springline.telephony.bench.jobs import Load, agents_for
from springline.telephony.bench.load import LoadRun, run_load
from springline.telephony.simulator.sipp import require_sipp
from springline.telephony.simulator.wiring import PhoneAccount

Tell = Callable[[str], None]
METHOD = """\
`springline bench sustained`: the calls of the call path, {talk:g} s of talk each, all callers customers.
Ours has the web process beside it: control asks it who calls before the menu, and for every call that rings
a desk asks it for the screen pop. No worker, and no event stream for each desk.

*CPU per call*: {pairs} times both sides at once for {pair_seconds:g} s at {pair_rate:g} calls/s each; the
median. *at {rate:g}/s*: ours for {seconds:g} s, app_queue for {baseline_seconds:g} s, each alone on the
machine with SIPp and the desks. A call that did not end as it should has failed; a recording that holds the
talk is whole.
"""
# A registration lasts ten minutes; the next shift comes well before.
SHIFT_SECONDS = 400.0


@dataclass(frozen=True)
class Plan:
    """Seconds of arrivals; `rate` and `pair_rate` in calls/s, `talk` in seconds a call."""

    rate: float = 10.0
    seconds: float = 600.0
    talk: float = 15.0
    baseline_seconds: float = 60.0
    pairs: int = 3
    pair_rate: float = 2.5
    pair_seconds: float = 60.0

    @classmethod
    def quick(cls) -> Plan:
        """A look at whether all of it works; too short for a claim."""
        return cls(rate=4, seconds=15, talk=5, baseline_seconds=10, pairs=1, pair_rate=2, pair_seconds=10)

    @property
    def shifts(self) -> int:
        return 1 + int(self.seconds / SHIFT_SECONDS)


def run(plan: Plan, tell: Tell) -> dict[str, list[Figure]]:
    """By side. Raises BenchFault, EngineError, SimulatorError."""
    return asyncio.run(_run(plan, tell))


async def _run(plan: Plan, tell: Tell) -> dict[str, list[Figure]]:
    with tempfile.TemporaryDirectory(prefix="springline-bench-") as name:
        folder = Path(name)
        pairs = await _pairs(plan, folder, tell)
        agents = phones(agents_for(plan.rate, plan.talk))
        baseline = ours = None
        if plan.baseline_seconds:
            async with queue_side(folder / "queue", agents) as side:
                load = Load(plan.rate, plan.baseline_seconds, plan.talk)
                baseline = Long(await _one(side, load, folder, tell), plan.talk)
        if plan.seconds:
            agents = phones(agents_for(plan.rate, plan.talk) * plan.shifts)
            async with _flow(folder / "flow", agents) as flow, _desks(flow) as desks:
                load = Load(plan.rate, plan.seconds, plan.talk, shifts=plan.shifts)
                found = await _one(flow, load, folder, tell)
                ours = Long(found, plan.talk, desks.ms, desks.others, len(desks.late))
        if ours is not None and ours.others:
            tell(f"  pops that named nobody: {ours.others[:3]}")
    return figures(pairs, ours, baseline)


async def _pairs(plan: Plan, folder: Path, tell: Tell) -> list[Pair]:
    """Both sides under load at the same time: a machine's speed changes by more than they differ."""
    if not plan.pairs:
        return []
    agents = phones(agents_for(plan.pair_rate, plan.talk))
    load = Load(plan.pair_rate, plan.pair_seconds, plan.talk)
    found = []
    async with AsyncExitStack() as stack:
        flow = await stack.enter_async_context(_flow(folder / "pair-flow", agents))
        queue = await stack.enter_async_context(queue_side(folder / "pair-queue", agents))
        await stack.enter_async_context(_desks(flow))
        for _ in range(plan.pairs):
            ours, theirs = (_one(side, load, folder / side.name, tell) for side in (flow, queue))
            found.append(Pair(*await asyncio.gather(ours, theirs)))
    return found


@asynccontextmanager
async def _flow(home: Path, agents: Sequence[PhoneAccount]) -> AsyncIterator[FlowSide]:
    async with flow_side(home, agents, web=callers.make) as side:
        yield side


@asynccontextmanager
async def _desks(side: FlowSide) -> AsyncIterator[Desks]:
    token = (side.settings.home / callers.FILE).read_text(encoding="ascii")
    desks = Desks(side, token)
    task = asyncio.create_task(desks.run())
    try:
        yield desks
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _one(side: Side, load: Load, folder: Path, tell: Tell) -> LoadRun:
    found = await run_load(side, load, require_sipp(), folder / "sipp")
    cpu = " ".join(f"{name} {ms:.1f}" for name, ms in found.cpu_ms.items())
    verdict = "clean" if found.clean else f"NOT clean {found.stats.reasons}, {found.resent} sent twice"
    tell(
        f"  {side.name:9} {load.rate:5.2f}/s for {load.seconds:g} s: {found.stats.successful}/{found.calls} "
        f"calls, {found.recorded} recorded, CPU ms/call {cpu}, others {found.foreign:.0%}: {verdict}"
    )
    return found
