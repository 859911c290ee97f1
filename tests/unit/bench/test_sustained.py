"""Ten calls a second: which figures follow from the runs."""

import pytest

from springline.bench.sustained import Plan
from springline.bench.sustained_figures import Long, Pair, figures
from springline.platform.benchmarks import Figure
from springline.telephony.bench.jobs import agents_for
from springline.telephony.bench.load import LoadRun
from springline.telephony.simulator.sipp import SippStats


def run(side: str, cpu: dict[str, float], calls: int = 100, good: int = 100, recorded: int = 100) -> LoadRun:
    stats = SippStats(calls=calls, successful=good, failed=calls - good, retransmissions=0, reasons={})
    return LoadRun(
        side=side, rate=10, seconds=10, calls=calls, stats=stats, recorded=recorded, resent=0,
        setup_ms=[4.0], key_to_prompt_ms=[], cpu_ms=cpu, foreign=0.1, clean=False,
    )  # fmt: skip


def by_name(found: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in found}


def test_the_cost_of_a_call_counts_every_process() -> None:
    ours = {"engine": 95.0, "control": 10.0, "nats": 5.0, "web": 10.0}
    pairs = [Pair(run("flow", ours), run("app_queue", {"engine": 100.0})) for _ in range(3)]
    found = figures(pairs, None, None)
    flow = by_name(found["flow"])
    assert flow["CPU per call"].value == 120
    assert flow["CPU per call: web"].value == 10
    assert (flow["CPU per call ÷ app_queue's"].value, flow["CPU per call ÷ app_queue's"].met) == (1.2, False)
    assert flow["the same, engine and control alone"].value == pytest.approx(1.05)
    assert by_name(found["app_queue"])["CPU per call"].value == 100


def test_a_lost_call_a_short_recording_and_a_missing_pop_are_failures_of_ours() -> None:
    ours = Long(run("flow", {"engine": 1}, good=99, recorded=98), 15, [5.0] * 97, ["?"], late=1)
    theirs = Long(run("app_queue", {"engine": 1}, good=50), 15)
    found = figures([], ours, theirs)
    flow, queue = by_name(found["flow"]), by_name(found["app_queue"])
    missed = {name: figure.value for name, figure in flow.items() if figure.met is False}
    assert missed == {
        "at 10/s: failed": 1,
        "at 10/s: recordings not whole": 2,
        "at 10/s: calls without a pop": 3,
        "at 10/s: callers looked up too late": 1,
    }
    assert queue["at 10/s: failed"].value == 50
    assert all(figure.met is None for figure in queue.values())
    assert flow["at 10/s: conversations at once"].value == pytest.approx(9.9 * 15)


def test_agents_are_relieved_before_their_registration_ends() -> None:
    plan = Plan()
    assert plan.seconds / plan.shifts < 400
    assert plan.shifts == 2
    assert Plan.quick().shifts == 1
    assert agents_for(10, plan.talk) > 10 * plan.talk
