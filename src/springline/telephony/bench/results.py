"""What the bench found, and how the few numbers follow from the raw runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from springline.telephony.bench.load import LoadRun
from springline.telephony.bench.numbers import median, percentile, ratio

FLOW, QUEUE = "flow", "app_queue"
OURS = ("engine", "control")


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """`search`: rates tried, without probes. `at_once`: both sides at the same time, each at half of the
    lower maximum. `half_load`: at the same rate one after the other, with probes."""

    search: list[LoadRun]
    half_load: list[LoadRun]
    at_once: list[LoadRun] = []

    @property
    def lower_maximum(self) -> float:
        """The highest rate that was clean on both sides, calls/s; 0.0 without one."""
        return min(max(_clean_rates([self], side), default=0.0) for side in (FLOW, QUEUE))


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`cpu_ratio`: engine and control per call, ours to app_queue's, both under load at the same time; the
    median over rounds. `cpu_ratio_with_bus` adds nats-server. `cps_ratio`: sustained calls/s, the median
    over rounds. The p99 are ours at half load, `baseline_` app_queue's; milliseconds over all rounds.
    """

    cpu_ratio: float | None
    cpu_ratio_with_bus: float | None
    cps_ratio: float | None
    answer_p99_ms: float | None
    key_to_prompt_p99_ms: float | None
    answer_median_ms: float | None
    key_to_prompt_median_ms: float | None
    baseline_answer_p99_ms: float | None
    baseline_key_to_prompt_p99_ms: float | None
    sustained_cps: list[float]
    baseline_sustained_cps: list[float]


class BenchResult(Summary, frozen=True, kw_only=True):
    """The summary, where it was measured, and every run."""

    began: datetime
    seconds: int
    machine: str
    engine: str
    keys: str
    run_seconds: float
    talk_seconds: float
    rounds: list[Round]


def summary(rounds: Sequence[Round]) -> Summary:
    ours, theirs = _sustained(rounds, FLOW), _sustained(rounds, QUEUE)
    setup = {side: _values(rounds, side, "setup_ms") for side in (FLOW, QUEUE)}
    keys = {side: _values(rounds, side, "key_to_prompt_ms") for side in (FLOW, QUEUE)}
    return Summary(
        cpu_ratio=_rounded(median(_cpu_ratios(rounds, OURS))),
        cpu_ratio_with_bus=_rounded(median(_cpu_ratios(rounds, (*OURS, "nats")))),
        cps_ratio=_rounded(
            median(r for a, b in zip(ours, theirs, strict=True) if (r := ratio(a, b)) is not None)
        ),
        answer_p99_ms=percentile(setup[FLOW], 99),
        key_to_prompt_p99_ms=percentile(keys[FLOW], 99),
        answer_median_ms=median(setup[FLOW]),
        key_to_prompt_median_ms=median(keys[FLOW]),
        baseline_answer_p99_ms=percentile(setup[QUEUE], 99),
        baseline_key_to_prompt_p99_ms=percentile(keys[QUEUE], 99),
        sustained_cps=ours,
        baseline_sustained_cps=theirs,
    )


def _sustained(rounds: Sequence[Round], side: str) -> list[float]:
    """The highest clean rate of each round; 0.0 where not even the lowest was clean."""
    return [max(_clean_rates([x], side), default=0.0) for x in rounds]


def _clean_rates(rounds: Sequence[Round], side: str) -> list[float]:
    return [run.rate for x in rounds for run in x.search if run.side == side and run.clean]


def _values(rounds: Sequence[Round], side: str, field: str) -> list[float]:
    return [value for x in rounds for run in x.half_load if run.side == side for value in getattr(run, field)]


def _cpu_ratios(rounds: Sequence[Round], names: Iterable[str]) -> list[float]:
    """One per round whose two runs at once were clean."""
    wanted, found = set(names), []
    for x in rounds:
        cost = {run.side: _cost(run, wanted) for run in x.at_once if run.clean}
        if FLOW in cost and (one := ratio(cost[FLOW], cost.get(QUEUE))) is not None:
            found.append(one)
    return found


def _cost(run: LoadRun, names: set[str]) -> float:
    return sum(ms for name, ms in run.cpu_ms.items() if name in names)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
