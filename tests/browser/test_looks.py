"""What the desk looks like in each state, light and dark: axe finds nothing, and pictures for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from springline.contracts import commands
from tests.browser.conftest import OpenDesk
from tests.browser.desk import SIZE, Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PICTURES = Path("test-results/screens")
SIZES = ((1280, 800), (1920, 1080), (390, 844))


async def looked_at(one: Desk, name: str) -> None:
    """Pictures in every size and theme; fails with what axe found, or what is cut off at the side."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        await one.wear(scheme)
        for width, height in SIZES:
            await one.page.set_viewport_size({"width": width, "height": height})
            await one.page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", animations="disabled")
            wide = await one.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                found.append(f"{name} {scheme} {width}: {wide} px too wide")
        await one.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        found += [f"{name} {scheme}: {fault}" for fault in await one.faults()]
    assert found == []


async def test_every_state_of_the_desk(desk: OpenDesk) -> None:
    one = await desk()
    await looked_at(one, "1-sign-in")
    await one.sign_in("agent1001", "wrong")
    await expect(one.page.get_by_role("alert")).to_be_visible()
    await looked_at(one, "2-wrong-password")
    await one.on_duty("1001")
    await one.house.phone_on_duty("1003")
    await looked_at(one, "3-idle")
    # Queues help each other: an idle colleague would take the caller who is to wait.
    await one.house.tell(commands.SetPaused(agent="1003", reason="meal"))
    waiting = await one.house.customer("05643218888")
    caller = await one.house.customer_for("1", "1")
    await waiting.press("1", "1")
    await one.rings()
    await expect(one.page.get_by_role("region", name="排队")).to_contain_text("0564 ****888")
    await looked_at(one, "4-ringing")
    await one.key("Space")
    await one.talks()
    await expect(one.steps).to_contain_text("坐席小安 应答")
    await looked_at(one, "5-talking")
    await one.key("Control+h")
    await expect(one.call).to_contain_text("客户正在听音乐")
    await looked_at(one, "6-held")
    await waiting.leave()
    await caller.leave()
    await one.shows_state("话后整理")
    await looked_at(one, "7-wrap-up")
    await one.key("Control+b")
    await expect(one.page.get_by_text("暂停原因")).to_be_visible()
    await looked_at(one, "8-pause-menu")
    await one.key("Escape")
    await one.wrap_up()
    await one.is_idle()
    number = caller.number[-11:]
    shown = f"{number[:3]} {number[3:7]} {number[7:]}"
    play = one.history.get_by_role("button", name=f"播放录音 {shown}")
    await play.click()
    await one.history.get_by_role("button", name="自查话术").click()
    await one.history.get_by_role("button", name="暂停播放").click()
    await looked_at(one, "9-playing")
    await one.page.get_by_role("button", name=re.compile("快捷键")).click()
    await expect(one.page.get_by_role("dialog")).to_be_visible()
    await looked_at(one, "10-keys")


async def test_a_supervisor_looks_on(desk: OpenDesk) -> None:
    """No softphone and no state of one's own, and whole numbers."""
    one = await desk()
    caller = await one.house.customer_for("1", "1")
    await one.sign_in("monitor")
    await expect(one.page.get_by_text("此账号没有绑定坐席，这里不会振铃。")).to_be_visible()
    grouped = f"{caller.number[:3]} {caller.number[3:7]} {caller.number[7:]}"
    await expect(one.page.get_by_role("region", name="排队")).to_contain_text(grouped)
    await expect(one.page.get_by_role("region", name="今日指标")).to_contain_text("20 秒服务水平")
    await expect(one.page.get_by_role("link", name="热线大屏")).to_have_attribute("href", "/desk/board")
    await looked_at(one, "11-supervisor")
    await one.page.get_by_role("button", name="看全部通话").click()
    await expect(one.page.get_by_role("region", name="全部通话")).to_be_visible()
    await looked_at(one, "11-all-calls")
