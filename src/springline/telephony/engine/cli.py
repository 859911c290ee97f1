"""`springline engine …` and `springline tools …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import default_home, find_engine
from springline.telephony.engine.install import (
    asterisk_version,
    install_engine,
    nats_version,
    read_manifest,
    use_system_engine,
)
from springline.telephony.engine.printing import NAME as PRINTING_NAME
from springline.telephony.engine.printing import install_printing
from springline.telephony.engine.render import render
from springline.telephony.engine.tools import TOOLS, install_tool, tool_path

app = typer.Typer(
    no_args_is_help=True, help="通话引擎：安装、状态、配置 · The call engine (Asterisk and NATS)."
)
tools_app = typer.Typer(no_args_is_help=True, help="测试工具 · Tools that only the tests need.")

Home = Annotated[
    Path | None, typer.Option("--home", help="Home folder; default SPRINGLINE_HOME or .springline.")
]


def _fail(error: EngineError) -> typer.Exit:
    typer.secho(str(error), err=True, fg=typer.colors.RED)
    return typer.Exit(1)


def _show(line: str) -> None:
    typer.echo(f"  {line}")


@app.command()
def install(
    home: Home = None,
    system: Annotated[
        bool, typer.Option("--system", help="Use this machine's own Asterisk instead.")
    ] = False,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Resolve the newest packages again.")] = False,
) -> None:
    """Unpacks Asterisk and nats-server from the distribution's signed packages into the home."""
    try:
        if system:
            use_system_engine(home or default_home())
        else:
            install_engine(home or default_home(), _show, upgrade=upgrade)
    except EngineError as error:
        raise _fail(error) from error
    status(home)


@app.command()
def status(
    home: Home = None, as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False
) -> None:
    """Which engine would run, its versions and where it came from. Exit 1 when there is none."""
    engine = find_engine(home)
    if engine is None:
        typer.secho("没有引擎 · no engine; run: springline engine install", err=True)
        raise typer.Exit(1)
    try:
        report: dict[str, object] = {
            "root": str(engine.root),
            "system": engine.system,
            "asterisk": ".".join(map(str, asterisk_version(engine))),
            "nats_server": ".".join(map(str, nats_version(engine))),
            "suite": read_manifest(engine.root.parent).get("suite", "") if not engine.system else "system",
        }
    except EngineError as error:
        raise _fail(error) from error
    if as_json:
        typer.echo(json.dumps(report))
        return
    for key, value in report.items():
        typer.echo(f"{key:12} {value}")


@app.command()
def config(
    file: Annotated[str, typer.Argument(help="For example pjsip.conf; empty: list the files.")] = "",
) -> None:
    """Shows the configuration our templates render, with example settings and no secret."""
    engine = find_engine()
    if engine is None:
        raise _fail(EngineError("no-engine", "No engine; run: springline engine install"))
    example = EngineConfig(
        directory=default_home() / "asterisk",
        engine=engine,
        ari_password="*" * 24,
        trunk_allow=("203.0.113.0/24",),
        trunk_contact="203.0.113.10:5060",
    )
    files = render(example, Path("/run/springline"), "springline-example")
    if not file:
        typer.echo("\n".join(sorted(files)))
    elif file in files:
        typer.echo(files[file])
    else:
        raise _fail(
            EngineError("no-such-file", f"There is no {file}; without an argument the files are listed.")
        )


@tools_app.command("install")
def install_tools(
    names: Annotated[list[str], typer.Argument(help=f"Any of: {', '.join(sorted([*TOOLS, PRINTING_NAME]))}")],
    home: Home = None,
) -> None:
    """Unpacks what PDFs need, or test-only tools, from the distribution's signed packages into the home."""
    for name in names:
        try:
            place = home or default_home()
            path = (
                install_printing(place, _show) if name == PRINTING_NAME else install_tool(place, name, _show)
            )
        except EngineError as error:
            raise _fail(error) from error
        typer.echo(f"{name:12} {path}")


@tools_app.command("status")
def tools_status(home: Home = None) -> None:
    """Where each tool is, or how to get it."""
    for name in sorted(TOOLS):
        path = tool_path(home or default_home(), name)
        typer.echo(f"{name:12} {path or f'missing; run: springline tools install {name}'}")


__all__ = ["app", "tools_app"]
