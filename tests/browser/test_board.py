"""The live board shows what control says: by snapshot and events, and after a lost connection too."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.async_api import Locator, expect

from springline.contracts import commands
from springline.contracts.live import CallPhase, CallRow
from springline.contracts.voicemail import MessageOffered
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_looks import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _board(one: Desk) -> None:
    await one.page.goto(f"{one.house.settings.web_url}/desk/board")
    await one.sign_in("monitor")
    await expect(one.page.get_by_role("heading", name="热线大屏")).to_be_visible()


def _figure(one: Desk, name: str) -> Locator:
    heading = one.page.get_by_role("heading", name=name, exact=True)
    return one.page.get_by_role("article").filter(has=heading).locator(".value")


async def test_the_board_follows_the_floor(desk: OpenDesk) -> None:
    one = await desk((1920, 1080))
    await _board(one)
    await expect(one.page.get_by_text("现在没有人在等待。")).to_be_visible()
    await looked_at(one, "20-board-quiet")
    callers = [await one.house.customer_for("1", "1"), await one.house.customer_for("1", "2")]
    line = one.page.get_by_role("region", name="等待中的来电").get_by_role("listitem")
    await expect(line).to_have_count(2)
    await expect(_figure(one, "等待")).to_have_text("2")
    for command in (commands.SignIn(agent="1003"), commands.SetReady(agent="1003")):
        await one.house.tell(command)
    await expect(line).to_have_count(1)
    talking = one.page.get_by_role("listitem").filter(has_text="坐席小霍")
    await expect(talking).to_contain_text("通话中")
    await one.house.tell(commands.SignIn(agent="1004"))
    await one.house.tell(commands.SetPaused(agent="1004", reason="meal"))
    await expect(one.page.get_by_role("listitem").filter(has_text="坐席小舒")).to_contain_text("用餐")
    await expect(_figure(one, "今日来电")).not_to_have_text("—")
    await looked_at(one, "21-board-busy")
    for caller in callers:
        await caller.leave()
    await expect(line).to_have_count(0)


async def test_who_is_to_be_called_back_stands_on_the_board_at_once(desk: OpenDesk) -> None:
    one = await desk((1920, 1080))
    await _board(one)
    await expect(_figure(one, "待回电")).not_to_have_text("—")
    before = int(await _figure(one, "待回电").inner_text())
    caller = await one.house.customer_for("1", "1")
    await caller.trail.first(MessageOffered, 60)
    await caller.leave()
    await expect(_figure(one, "待回电")).to_have_text(str(before + 1))
    figure = one.page.get_by_role("article").filter(has=one.page.get_by_role("heading", name="待回电"))
    await expect(figure.locator(".note")).to_contain_text("最久")
    await looked_at(one, "22-board-callbacks")


async def test_a_board_that_was_cut_off_shows_a_fresh_snapshot(desk: OpenDesk) -> None:
    """Snapshot + events == a fresh snapshot, in the browser: what was missed is not shown and not lost."""
    one = await desk((1920, 1080))
    await _board(one)
    os.kill(one.house.supervisor.pid("web"), signal.SIGKILL)
    await expect(one.banner).to_be_visible()
    caller = await one.house.customer_for("1", "1")
    await expect(one.banner).to_be_hidden()
    rows = (await one.house.snapshot()).rows
    waiting = [row for row in rows if isinstance(row, CallRow) and row.phase is CallPhase.QUEUED]
    line = one.page.get_by_role("region", name="等待中的来电").get_by_role("listitem")
    await expect(line).to_have_count(len(waiting))
    await expect(_figure(one, "等待")).to_have_text(str(len(waiting)))
    await caller.leave()
    # The browser says so itself while nobody listened.
    one.problems[:] = [problem for problem in one.problems if "net::ERR_" not in problem]
