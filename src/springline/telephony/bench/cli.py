"""`springline bench …`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from springline.platform.supervisor import PortTaken
from springline.telephony.engine.errors import EngineError
from springline.telephony.simulator.errors import SimulatorError

app = typer.Typer(no_args_is_help=True, help="性能测量 · Measure the call path.")


@app.callback()
def _group() -> None:
    """性能测量 · Measure the call path."""


@app.command("call-path")
def call_path(
    json: Annotated[Path | None, typer.Option("--json", help="结果文件 · where the result goes.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Markdown 报告 · readable.")] = None,
    seconds: Annotated[float, typer.Option(min=5, help="每次加压的秒数 · seconds of arrivals a run.")] = 20,
    talk: Annotated[float, typer.Option(min=2, help="通话秒数 · seconds of talk a call.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="轮数 · interleaved rounds.")] = 3,
    rates: Annotated[
        str | None, typer.Option(help="依次尝试的话务量，如 3,4,5 · calls/s to try, upwards.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="保留过程文件的目录 · where homes and logs stay.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="粗测 · short talk, few rates.")] = False,
) -> None:
    """同样的话务分别走本系统与 app_queue · the same load through our flow and through app_queue."""
    from springline.telephony.bench.run import Plan, run_bench

    plan = Plan.quick() if quick else Plan(seconds=seconds, talk=talk, rounds=rounds)
    if rates is not None:
        plan = replace(plan, rates=_rates(rates), fixed=True)
    try:
        asyncio.run(run_bench(plan, json, report, typer.echo, keep))
    except (EngineError, SimulatorError, PortTaken) as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _rates(text: str) -> tuple[float, ...]:
    try:
        return tuple(sorted(float(part) for part in text.split(",")))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no list of numbers such as 3,4,5", param_hint="--rates"
        ) from error
