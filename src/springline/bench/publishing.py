"""A finished bench: told, and written where it was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from springline.bench.sides import BenchFault
from springline.platform import benchmarks
from springline.platform.benchmarks import Bench, Figure
from springline.platform.supervisor import PortTaken
from springline.telephony.engine.errors import EngineError
from springline.telephony.simulator.errors import SimulatorError, StepFailed

Json = Annotated[Path | None, typer.Option("--json", help="结果文件 · where the result goes.")]
Report = Annotated[Path | None, typer.Option("--report", help="Markdown 报告 · readable.")]


def run(
    name: str,
    title: str,
    method: str,
    work: Callable[[], dict[str, list[Figure]]],
    json: Path | None,
    report: Path | None,
) -> None:
    """Measure and publish; what is missing or fails is told, and ends the program."""
    began, load, start = datetime.now(UTC), benchmarks.load_before(), time.monotonic()
    try:
        found = work()
    except (BenchFault, EngineError, PortTaken, SimulatorError, StepFailed) as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    bench = Bench(
        name=name, title=title, method=method, began=began, seconds=time.monotonic() - start,
        machine=benchmarks.machine_name(), load=load, sides=found,
    )  # fmt: skip
    publish(bench, json, report)


def publish(bench: Bench, json: Path | None, report: Path | None) -> None:
    """`json`: the whole result; `report`: the page that gets its section."""
    text = benchmarks.markdown(bench)
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        json.write_bytes(msgspec.json.format(msgspec.json.encode(bench), indent=2) + b"\n")
    if report is not None:
        benchmarks.write(bench.name, text, report)
    typer.echo(text)
    for line in bench.missed:
        typer.secho(f"目标未达到 · target missed: {line}", fg=typer.colors.YELLOW)
