"""`springline demo`, with a person or without."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
from rich.console import Console
from rich.table import Table

from springline.business.bootstrap import SeededUser
from springline.contracts.events import CallEnded
from springline.demo.check import Checker, CheckResult, temporary_home
from springline.demo.http import Refused
from springline.demo.stage import SIMULATED_AGENT, Stage, staged
from springline.demo.story import SIMULATED_AGENT_PLAN, order_for_a_person, play
from springline.demo.tale import AtDesk, tell_story, with_desk
from springline.demo.timeline import Timeline
from springline.demo.words import role_names, sentence_of
from springline.platform.settings import Settings
from springline.telephony.simulator.play import CallReport
from springline.telephony.simulator.script import Caller
from springline.up import report

console = Console()


async def check(json: Path | None) -> int:
    """Play the demo in an empty home. Returns the exit status: 0 when everything was as it should be."""
    home = temporary_home()
    result = await Checker(console.print).run(home)
    if json is not None:
        _write(json, result)
    console.print("[green]全部正常 ok[/]" if result.ok else f"[red]未通过 failed[/]，家目录 home: {home}")
    if result.ok and json is None:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if result.ok else 1


def _write(path: Path, result: CheckResult) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")


async def demo(settings: Settings) -> None:
    """Take one call while telling it, then keep running until cancelled."""
    console.rule("泉线 Springline")
    console.print("启动中 starting…")
    try:
        async with staged(settings, report) as stage:
            await _show(stage)
    finally:
        console.print("已停止 stopped")


async def _show(stage: Stage) -> None:
    stage.carrier.phones[SIMULATED_AGENT].plan = SIMULATED_AGENT_PLAN
    await stage.agent_on_duty()
    console.print(f"\n一位客户拨打 {stage.seeded.hotline} · a customer dials the hotline:")
    await _tell_story(stage)
    await stage.agent_off_duty()
    _explain(stage.settings, stage.seeded.users)
    async for _ in _enter_pressed():
        console.print("\n又一通来电，请在工作台接听 · another call: answer it in the desk (Space)")
        await _tell_call(stage)
        console.print("按回车再来一通 · Enter for another call")
    await asyncio.Event().wait()


async def _tell_story(stage: Stage) -> None:
    """Both orders and their deliveries; what goes wrong is said, and the house stays up."""
    timeline = Timeline(console, await sentence_of(stage))

    async def place_call(caller: Caller, at_desk: AtDesk) -> str:
        async with stage.following(timeline) as watch:
            _complain(await with_desk(stage, caller, watch, at_desk))
            await watch.until(CallEnded, seconds=10)
            assert watch.call_id is not None
            return watch.call_id

    try:
        await tell_story(stage, place_call, lambda told: timeline.say(told.zh, told.en, ok=told.ok))
    except (Refused, TimeoutError, httpx.HTTPError) as error:
        console.print(f"  [yellow]{type(error).__name__} {error}[/]")


async def _tell_call(stage: Stage) -> None:
    async with stage.following(Timeline(console, await sentence_of(stage))) as watch:
        _complain(await play(stage, order_for_a_person(), watch))
        await watch.until(CallEnded, seconds=10)


def _complain(outcome: CallReport) -> None:
    if outcome.failure is not None:
        console.print(f"  [yellow]{outcome.failure}[/]")


def _explain(settings: Settings, users: tuple[SeededUser, ...]) -> None:
    roles = role_names()
    table = Table(title="登录 sign in", title_justify="left")
    for heading in ("用户名 user", "密码 password", "姓名 name", "角色 role"):
        table.add_column(heading)
    for user in users:
        simulated = "（模拟话机 simulated phone）" if user.agent == SIMULATED_AGENT else ""
        table.add_row(user.username, user.password, user.name + simulated, roles[user.role])
    console.print()
    console.print(table)
    console.print(f"工作台 desk:      [bold]{settings.web_url}/desk/[/]")
    console.print(f"配送员 courier:   {settings.web_url}/courier/")
    console.print(f"管理后台 admin:   {settings.web_url}/admin/")
    console.print(f"接口文档 API:     {settings.web_url}/api/docs")
    console.print(
        "用坐席账号登录工作台并点“就绪”，再回到这里按回车，就会有一通来电（无人就绪时在队列里等待）。"
    )
    console.print(
        "Sign in to the desk as an agent, get ready, then press Enter here for a call. Ctrl-C stops."
    )


async def _enter_pressed() -> AsyncIterator[None]:
    """Each time Enter is pressed; ends when there is no keyboard.

    The terminal is read without making it non-blocking: the screen is the same open file.
    """
    loop = asyncio.get_running_loop()
    pressed: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        data = os.read(keyboard, 4096)
        if not data:
            loop.remove_reader(keyboard)
        pressed.put_nowait(data)

    try:
        keyboard = sys.stdin.fileno()
        loop.add_reader(keyboard, read)
    except (OSError, ValueError, AttributeError):  # a file, /dev/null, or closed
        return
    try:
        while await pressed.get():
            yield
    finally:
        loop.remove_reader(keyboard)
