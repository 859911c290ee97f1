"""`springline bench waiting | sustained | acd`: the queues, beside app_queue where it can do the same."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from springline.bench import sustained as sustained_bench
from springline.bench.publishing import Json, Report, run
from springline.platform.benchmarks import Figure
from springline.telephony.acd import bench as acd_bench
from springline.telephony.bench import handing_over
from springline.telephony.bench.cli import app
from springline.telephony.bench.houses import RETRY


@app.command("waiting")
def waiting(
    json: Json = None, report: Report = None,
    callers: Annotated[int, typer.Option(min=1, help="排队来电 · callers who wait.")] = 200,
    agents: Annotated[int, typer.Option(min=1, help="坐席 · agents.")] = 10,
    hand_overs: Annotated[int, typer.Option(min=10, help="每段交接次数 · hand-overs a part.")] = 150,
) -> None:  # fmt: skip
    """坐席空闲到下一通振铃 · from a free agent to the next caller's ring, beside app_queue."""
    plan = handing_over.Plan(waiting=callers, agents=agents, hand_overs=hand_overs)
    method = handing_over.METHOD.format(waiting=callers, agents=agents, talk=plan.talk, retry=RETRY)

    def work() -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        with tempfile.TemporaryDirectory(prefix="springline-bench-") as folder:
            for side in handing_over.SIDES:
                typer.echo(f"== waiting: {side}")
                found[side] = asyncio.run(handing_over.run(side, plan, Path(folder), typer.echo))
        return found

    run("waiting", "The next caller's ring", method, work, json, report)


@app.command("sustained")
def sustained(
    json: Json = None, report: Report = None,
    rate: Annotated[float | None, typer.Option(min=0.5, help="每秒来电 · calls/s.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="本系统时长 · seconds of ours.")] = None,
    baseline: Annotated[float | None, typer.Option(min=0, help="app_queue 时长 · seconds of its.")] = None,
    talk: Annotated[float | None, typer.Option(min=2, help="通话秒数 · seconds of talk a call.")] = None,
    pairs: Annotated[int | None, typer.Option(min=0, help="对照轮数 · pairs of runs for the cost.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="粗测 · short and few.")] = False,
) -> None:  # fmt: skip
    """持续话务 · ten calls a second for ten minutes, recorded, routed, popped; the cost beside app_queue."""
    plan = sustained_bench.Plan.quick() if quick else sustained_bench.Plan()
    plan = replace(
        plan,
        rate=plan.rate if rate is None else rate,
        seconds=plan.seconds if seconds is None else seconds,
        baseline_seconds=plan.baseline_seconds if baseline is None else baseline,
        talk=plan.talk if talk is None else talk,
        pairs=plan.pairs if pairs is None else pairs,
    )
    method = sustained_bench.METHOD.format(**vars(plan))

    def work() -> dict[str, list[Figure]]:
        return sustained_bench.run(plan, typer.echo)

    run("sustained", "Ten calls a second", method, work, json, report)


@app.command("acd")
def acd(
    json: Json = None, report: Report = None,
    calls: Annotated[int, typer.Option(min=1000, help="每段来电 · calls a part.")] = 300_000,
) -> None:  # fmt: skip
    """排队规则单独模拟 · the distributor alone, simulated: cost of a decision, service level by Erlang C."""

    def work() -> dict[str, list[Figure]]:
        return {"simulated": acd_bench.figures(calls, typer.echo)}

    run("acd", "The distributor alone", acd_bench.METHOD, work, json, report)
