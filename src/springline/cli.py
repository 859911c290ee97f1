"""`springline …`: the program's commands. Each one's work is in the package it belongs to."""

import asyncio
import io
import os
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from springline.bench.cli import app as bench_app
from springline.business.bootstrap import HomeTooOldError
from springline.platform import logging, settings
from springline.platform.settings import Settings, SettingsError
from springline.platform.supervisor import HomeInUse, PortTaken, StartFailed
from springline.telephony.engine.cli import app as engine_app
from springline.telephony.engine.cli import tools_app
from springline.telephony.engine.errors import EngineError
from springline.telephony.prompts import PromptMissing
from springline.telephony.prompts.cli import app as prompts_app

# A terminal that cannot show Chinese shows question marks beside the English words, and no traceback.
for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(errors="replace")

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="泉线 Springline：一个 400 号码背后的系统 · the system behind one 400 number.",
)
tls_app = typer.Typer(no_args_is_help=True, help="局域网 https · https on the local network.")
token_app = typer.Typer(no_args_is_help=True, help="API 令牌 · API tokens.")
app.add_typer(engine_app, name="engine")
app.add_typer(tools_app, name="tools")
app.add_typer(prompts_app, name="prompts")
app.add_typer(bench_app, name="bench")
app.add_typer(token_app, name="token")
app.add_typer(tls_app, name="tls")

Home = Annotated[
    Path | None, typer.Option("--home", help="家目录，默认 SPRINGLINE_HOME 或 .springline · home folder.")
]

EXPECTED = (SettingsError, HomeTooOldError, HomeInUse, PortTaken, StartFailed, EngineError, PromptMissing)


class ProgramName(StrEnum):
    CONTROL = "control"
    WEB = "web"
    WORKER = "worker"


@app.command()
def up(home: Home = None) -> None:
    """启动全部程序并保持运行 · start everything and keep it running."""
    from springline.up import up as start

    _until_stopped(start(_settings(home)))


@app.command()
def demo(
    home: Home = None,
    check: Annotated[bool, typer.Option("--check", help="无人值守，自检后退出 · check and exit.")] = False,
    json: Annotated[Path | None, typer.Option("--json", help="结果文件 · where the result goes.")] = None,
) -> None:
    """演示：启动全部程序，接一通真实电话 · start everything and take a real call."""
    logging.configure("demo", level="ERROR")
    from springline.demo.run import check as run_check
    from springline.demo.run import demo as run_demo

    if check:
        status = _until_stopped(run_check(json))
        raise typer.Exit(130 if status is None else status)
    _until_stopped(run_demo(_settings(home)))


@app.command()
def simulate(
    calls: Annotated[int, typer.Option(min=1, max=2000, help="来电数 · how many calls.")] = 100,
    seed: Annotated[int, typer.Option(help="同一种子，同一天 · the same seed, the same day.")] = 1,
    speed: Annotated[float, typer.Option(min=1, max=2000, help="时间压缩 · virtual seconds a second.")] = 120,
    agents: Annotated[int, typer.Option(min=1, max=4, help="坐席数 · agents on duty.")] = 4,
    json: Annotated[Path | None, typer.Option("--json", help="结果文件 · where the result goes.")] = None,
) -> None:
    """模拟一天的热线，再逐笔对账 · a whole day of calls, then every balance reckoned again."""
    logging.configure("simulate", level="ERROR")
    from springline.day.run import simulate as run_day

    status = _until_stopped(run_day(calls, seed, speed, agents, json))
    raise typer.Exit(130 if status is None else status)


@app.command()
def doctor(
    home: Home = None,
    deep: Annotated[bool, typer.Option("--deep", help="含账本与数据库全检 · also every ledger.")] = False,
    json: Annotated[Path | None, typer.Option("--json", help="结果文件 · where the result goes.")] = None,
) -> None:
    """体检：哪里坏了，怎么办 · what is broken, and what to do."""
    from rich.console import Console

    from springline.doctor import run

    logging.configure("doctor", level="ERROR")
    found = _run(run.examine(_settings(home), deep=deep)) or []
    run.show(found, Console())
    if json is not None:
        run.write(found, json)
    raise typer.Exit(run.worst(found))


@app.command()
def bans(
    home: Home = None,
    lift: Annotated[str | None, typer.Option("--lift", help="解封此地址 · listen to it again.")] = None,
) -> None:
    """被封禁的 SIP 地址 · addresses whose SIP is not listened to."""
    from springline.telephony.bans_cli import show_or_lift

    if not _run(show_or_lift(_settings(home), lift)):
        raise typer.Exit(1)


@app.command()
def run(
    program: ProgramName,
    name: Annotated[str, typer.Argument(help="多个之一，如 web-2 · one of several, such as web-2.")] = "",
) -> None:
    """运行单个程序（由 up 调用） · run one program; `up` does this."""
    from springline.single import main

    raise typer.Exit(main(program, name))


@tls_app.command("enable")
def tls_enable(
    names: Annotated[list[str], typer.Argument(help="地址或域名 · addresses or names of this machine.")],
    home: Home = None,
) -> None:
    """局域网浏览器用 https（麦克风需要） · https for browsers on the local network."""
    from springline.platform import tls

    found = _settings(home)
    try:
        changed = settings.create(found.home, tls_names=names, web_host="0.0.0.0")  # noqa: S104 - what was asked for
        tls.ensure(changed)
    except (SettingsError, ValueError) as error:
        raise _failed(error) from error
    typer.echo(
        f"重启后用 {changed.web_url}/ 访问。每台电脑和手机先打开 {changed.web_url}/ca.crt 并信任该证书。\n"
        f"After a restart: {changed.web_url}/ . On each device open {changed.web_url}/ca.crt and trust it."
    )


@tls_app.command("disable")
def tls_disable(home: Home = None) -> None:
    """回到本机 http · back to http on this machine only."""
    settings.create(_settings(home).home, tls_names=[], web_host="127.0.0.1")


@app.command()
def migrate(home: Home = None) -> None:
    """升级数据库结构 · bring the database to the present schema."""
    from springline.business import bootstrap

    bootstrap.bootstrap_django(_settings(home))
    try:
        bootstrap.migrate()
    except HomeTooOldError as error:
        raise _failed(error) from error


@app.command("mask-numbers")
def mask_numbers(
    home: Home = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数不改 · only count.")] = False,
) -> None:
    """隐去到期的来电号码（每天自动进行） · mask callers' numbers whose time is over (done daily anyway)."""
    from springline.business import bootstrap

    bootstrap.bootstrap_django(_settings(home))
    from springline.business.calls import numbers

    done = numbers.mask_expired(dry_run=dry_run)
    typer.echo(f"{done.before} 之前 · before {done.before}")
    for name, count in done.counts.items():
        typer.echo(f"{name}: {count}")


@token_app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="用途 · what it is for.")],
    scope: Annotated[list[str] | None, typer.Option(help="read, control")] = None,
    home: Home = None,
) -> None:
    """新建 API 令牌，只显示一次 · a new API token, shown once."""
    from springline.business import bootstrap

    bootstrap.bootstrap_django(_settings(home))
    try:
        bootstrap.migrate()
        typer.echo(bootstrap.create_token(name, scope or ["read"]))
    except (HomeTooOldError, ValueError) as error:
        raise _failed(error) from error


def _settings(home: Path | None) -> Settings:
    """Also: from here on what is written (calls, recordings, logs) is for the home's owner alone."""
    os.umask(0o077)
    try:
        return settings.load(home)
    except SettingsError as error:
        raise _failed(error) from error


def _until_stopped(work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns, None after Ctrl-C or SIGTERM."""
    from springline.house import until_stopped

    return _run(until_stopped(work))


def _run(work: Coroutine[Any, Any, T]) -> T | None:
    try:
        return asyncio.run(work)
    except EXPECTED as error:
        raise _failed(error) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _failed(error: Exception) -> typer.Exit:
    typer.secho(str(error), err=True, fg=typer.colors.RED)
    return typer.Exit(1)
