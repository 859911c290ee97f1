"""What the runs of `sustained` say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from springline.platform.benchmarks import Figure, percentile
from springline.telephony.bench.load import LoadRun
from springline.telephony.bench.numbers import median, ratio
from springline.telephony.bench.results import FLOW, OURS, QUEUE

MOST_RATIO = 1.1


@dataclass(frozen=True)
class Pair:
    """Two runs of one load at the same time."""

    flow: LoadRun
    queue: LoadRun


@dataclass(frozen=True)
class Long:
    """A run at the full rate; `pops_ms`, `others`, `late`: what the desks saw (Desks)."""

    run: LoadRun
    talk: float
    pops_ms: list[float] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    late: int = 0


def figures(pairs: Sequence[Pair], ours: Long | None, theirs: Long | None) -> dict[str, list[Figure]]:
    """By side; a part that was left out has none."""
    flow, queue = _costs([p.flow for p in pairs]), _costs([p.queue for p in pairs])
    flow += _ratios(pairs)
    if ours is not None:
        flow += [*_full_rate(ours, target=True), *_pops(ours)]
    if theirs is not None:
        queue += _full_rate(theirs, target=False)
    return {FLOW: flow, QUEUE: queue}


def _costs(runs: Sequence[LoadRun]) -> list[Figure]:
    if not runs:
        return []
    names = list(runs[0].cpu_ms)
    parts = [_ms(f"CPU per call: {name}", [run.cpu_ms[name] for run in runs]) for name in names]
    return [_ms("CPU per call", [sum(run.cpu_ms.values()) for run in runs]), *parts]


def _ratios(pairs: Sequence[Pair]) -> list[Figure]:
    found = []
    for name, parts, most in (
        ("CPU per call ÷ app_queue's", None, MOST_RATIO),
        ("the same, engine and control alone", OURS, None),
    ):
        values = [ratio(_cost(p.flow, parts), _cost(p.queue, None)) for p in pairs]
        value = median(v for v in values if v is not None)
        if value is not None:
            found.append(Figure(name=name, value=value, unit="", most=most))
    return found


def _cost(run: LoadRun, names: Sequence[str] | None) -> float:
    return sum(ms for name, ms in run.cpu_ms.items() if names is None or name in names)


def _full_rate(long: Long, target: bool) -> list[Figure]:
    run, none = long.run, 0 if target else None
    at = f"at {run.rate:g}/s"
    return [
        Figure(name=f"{at}: calls", value=run.calls, unit=""),
        Figure(name=f"{at}: failed", value=run.calls - run.stats.successful, unit="", most=none),
        Figure(name=f"{at}: recordings not whole", value=run.calls - run.recorded, unit="", most=none),
        Figure(name=f"{at}: messages sent twice", value=run.resent, unit="", most=none),
        Figure(name=f"{at}: conversations at once", value=talking(long), unit=""),
        Figure(name=f"{at}: answer p99", value=percentile(run.setup_ms, 99) or 0, unit="ms"),
        Figure(name=f"{at}: CPU per call", value=_cost(run, None), unit="ms"),
        Figure(name=f"{at}: processors used by SIPp and others", value=run.foreign * 100, unit="%"),
    ]


def talking(long: Long) -> float:
    """Conversations at any moment of the arrivals, on average: those that arrived in the time of one talk."""
    return long.run.stats.successful / long.run.seconds * long.talk


def _pops(long: Long) -> list[Figure]:
    at = f"at {long.run.rate:g}/s"
    return [
        Figure(name=f"{at}: calls without a pop", value=long.run.calls - len(long.pops_ms), unit="", most=0),
        Figure(name=f"{at}: pop p99", value=percentile(long.pops_ms, 99) or 0, unit="ms"),
        Figure(name=f"{at}: callers looked up too late", value=long.late, unit="", most=0),
    ]


def _ms(name: str, values: Iterable[float]) -> Figure:
    return Figure(name=name, value=median(values) or 0, unit="ms")
