"""Two hundred callers wait; how long does a free agent's telephone stay silent?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from springline.platform.benchmarks import Figure, percentile
from springline.platform.supervisor import free_port
from springline.telephony.bench.app_queue import queue_side
from springline.telephony.bench.houses import Side, flow_side, phones
from springline.telephony.bench.jobs import Load, agents_job, callers_job, register_job
from springline.telephony.bench.prompts import SECOND_KEY
from springline.telephony.bench.results import FLOW, QUEUE
from springline.telephony.bench.waits import HandOver, arrivals, hand_overs, read_messages
from springline.telephony.simulator.polling import poll
from springline.telephony.simulator.sipp import SippJob, require_sipp, run_sipp, running_sipp
from springline.telephony.simulator.wiring import PhoneAccount

MOST_MS = 50.0
METHOD = """\
`springline bench waiting`: {waiting} callers and more wait in one queue with music, each with sound of its
own, while {agents} agents talk {talk:g} s each; every caller served is replaced. Counted are hand-overs: from
the moment an agent is free – the agent's BYE left SIPp and the wrap-up is over – to the INVITE of the next
caller at the same agent's telephone, both by the clock of the agents' SIPp. Ours plays its announcement to
every caller each twenty seconds; app_queue (`autofill`, `retry` {retry} s) plays none, which favours it.
app_queue reckons wrap-up in whole seconds, so one of its agents may be called up to a second early: a
negative value.
"""
# The key, and the bridge into the queue.
REACH_SECONDS = SECOND_KEY + 0.5
# Callers beyond those who wait and talk: on their way through the menus.
IN_MENUS = 60
ARRIVALS = 10.0
SOUND_SECONDS = 180.0
_PATIENCE = 300.0
_FINISH_SECONDS = 240.0


@dataclass(frozen=True)
class Plan:
    """`hand_overs`: how many are wanted for each of the `wrap_ups` (seconds)."""

    waiting: int = 200
    agents: int = 10
    hand_overs: int = 150
    talk: float = 2.0
    wrap_ups: tuple[float, ...] = (1.0, 0.0)


House = Callable[[Path, Sequence[PhoneAccount], float], AbstractAsyncContextManager[Side]]
SIDES: dict[str, House] = {FLOW: flow_side, QUEUE: queue_side}


async def run(name: str, plan: Plan, folder: Path, tell: Callable[[str], None]) -> list[Figure]:
    """The figures of one side. Raises EngineError, SimulatorError."""
    figures: list[Figure] = []
    for wrap_up in plan.wrap_ups:
        directory = folder / f"{name}-{wrap_up:g}"
        directory.mkdir(parents=True)
        async with SIDES[name](directory / "home", phones(plan.agents), wrap_up) as side:
            found = await _measure(side, plan, wrap_up, directory)
        figures += figures_of(name, found, wrap_up)
        tell("  " + ", ".join(f"{figure.name} {figure.value:.3g}" for figure in figures[-4:]))
    return figures


def figures_of(side: str, found: Sequence[HandOver], wrap_up: float) -> list[Figure]:
    """Only ours has a target; `found` is not empty."""
    when = f"wrap-up {wrap_up:g} s" if wrap_up else "no wrap-up"
    ms = [one.ms for one in found]
    target = MOST_MS if side == FLOW else None
    return [
        Figure(name=f"{when}: free → next rings, p99", value=percentile(ms, 99) or 0, unit="ms", most=target),
        Figure(name=f"{when}: median", value=percentile(ms, 50) or 0, unit="ms"),
        Figure(name=f"{when}: hand-overs", value=len(ms), unit=""),
        Figure(name=f"{when}: fewest waiting", value=min(one.waiting for one in found), unit=""),
    ]


async def _measure(side: Side, plan: Plan, wrap_up: float, directory: Path) -> list[HandOver]:
    sipp, port, load = require_sipp(), free_port("udp"), Load(ARRIVALS, 1, plan.talk)
    await run_sipp(sipp, register_job(side, side.phones, directory, port), within=60)
    agents = replace(agents_job(side, load, directory, port), messages=True)
    callers = replace(
        callers_job(side, load, directory, SOUND_SECONDS),
        calls=None,
        at_once=plan.waiting + plan.agents + IN_MENUS,
        patience=_PATIENCE,
        messages=True,
    )
    found: list[HandOver] = []

    async def enough() -> bool:
        found[:] = _counted(agents, callers, wrap_up, plan.waiting)
        return len(found) >= plan.hand_overs

    async with running_sipp(sipp, agents):
        await side.ready(side.phones)
        async with running_sipp(sipp, callers):
            await poll(enough, _FINISH_SECONDS, f"{plan.hand_overs} hand-overs", every=1.0)
    return found


def _counted(agents: SippJob, callers: SippJob, wrap_up: float, waiting: int) -> list[HandOver]:
    if not (agents.message_log.exists() and callers.message_log.exists()):
        return []
    queued = arrivals(read_messages(callers.message_log.read_text(errors="replace")), REACH_SECONDS)
    seen = read_messages(agents.message_log.read_text(errors="replace"))
    return [one for one in hand_overs(seen, queued, wrap_up) if one.waiting >= waiting]
