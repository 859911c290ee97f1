"""All check-ups in order, and how they are shown."""

import asyncio
from pathlib import Path

import msgspec
from rich.console import Console

from springline import programs
from springline.doctor import live
from springline.platform import checkup, processes, tls
from springline.platform.findings import Finding, Level
from springline.platform.settings import Settings
from springline.telephony import bans
from springline.telephony.engine import checkup as engine
from springline.telephony.engine.errors import EngineError
from springline.telephony.instance import engine_config

_SIGNS = {Level.GOOD: "[green]✓[/]", Level.WARNING: "[yellow]![/]", Level.FAULT: "[bold red]✗[/]"}


async def examine(settings: Settings, *, deep: bool = False) -> list[Finding]:
    """Every finding, the ground first. What cannot be asked while nothing runs is left out."""
    pid = checkup.running(settings)
    found = [checkup.supervised(pid), *_ground(settings)]
    found.append(await asyncio.to_thread(processes.ports, pid, programs.ports(settings)))
    found += await asyncio.to_thread(_business, settings, deep)
    if pid is None:
        return found
    found += [checkup.clock_jump(settings, pid), *await asyncio.to_thread(processes.restarted, pid)]
    # Whoever hangs keeps its own answer waiting, not the others'.
    answers = await asyncio.gather(_engine(settings), live.control(settings), live.web(settings))
    return [*found, *(finding for answer in answers for finding in answer)]


async def _engine(settings: Settings) -> list[Finding]:
    try:
        return [
            *await engine.engine(engine_config(settings)),
            engine.bans(len(bans.active_now(settings))),
        ]
    except EngineError as error:
        return [
            Finding(
                code="engine",
                level=Level.FAULT,
                zh=str(error),
                en=str(error),
                do_zh="make setup",
                do_en="make setup",
            )
        ]


def _ground(settings: Settings) -> list[Finding]:
    found = [checkup.disk(settings), checkup.inodes(settings), checkup.disk_speed(settings.home)]
    return [*found, checkup.secrets_private(settings), tls.checkup(settings)]


def _business(settings: Settings, deep: bool) -> list[Finding]:
    from springline.business import bootstrap

    bootstrap.bootstrap_django(settings)
    from springline.business import checkup as business

    return [*business.quick(), *(business.deep() if deep else [])]


def show(found: list[Finding], console: Console) -> None:
    for finding in found:
        lines = [f" {_SIGNS[finding.level]} {finding.zh}", f"   [dim]{finding.en}[/]"]
        if finding.do_zh:
            lines += [f"   → {finding.do_zh}", f"     [dim]{finding.do_en}[/]"]
        console.print("\n".join(lines), soft_wrap=True, highlight=False)
    faults = sum(finding.level is Level.FAULT for finding in found)
    warnings = sum(finding.level is Level.WARNING for finding in found)
    console.print(f"\n{faults} 个故障 faults，{warnings} 个提醒 warnings，{len(found)} 项检查 checks")


def worst(found: list[Finding]) -> int:
    """The exit status: 1 when there is a fault."""
    return int(any(finding.level is Level.FAULT for finding in found))


def write(found: list[Finding], path: Path) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2))
