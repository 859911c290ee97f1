"""The page is loaded again, control hangs or dies: what an agent sees is true again within seconds."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.async_api import expect

from springline.contracts.agents import AgentState
from springline.contracts.events import CallOutcome, HangupBy
from tests.browser.conftest import OpenDesk
from tests.browser.test_a_call import both_hear_each_other
from tests.support.desk_house import BROWSER_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_loading_the_page_again_keeps_the_agent_ready(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await one.page.reload()
    await one.shows_state("就绪")
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await caller.hears(BROWSER_HZ)


async def test_a_control_that_hangs_and_dies_is_told_and_mended(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await one.house.phone_on_duty("1003")
    os.kill(one.house.supervisor.pid("control"), signal.SIGSTOP)
    await expect(one.banner).to_contain_text("与话务引擎失去联系")
    await expect(one.page.get_by_text("失去联系前的状态，可能已过时")).to_be_visible()
    await one.house.kill_control()
    await expect(one.banner).to_have_count(0)
    await one.is_idle()
    await expect(one.page.get_by_role("region", name="同事")).to_contain_text("坐席小霍就绪")
    await one.house.agent_is("1001", AgentState.READY)
    # The board goes on by events, not only by the snapshot after the restart.
    await one.key("Control+b")
    await one.key("2")
    await one.shows_state("暂停")


async def test_a_conversation_outlives_control(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await both_hear_each_other(one, caller)
    await one.house.kill_control()
    assert not caller.handset.ended
    await one.talks()
    await both_hear_each_other(one, caller)
    row = await one.house.live_call(caller)
    assert row is not None
    assert row.agent == "1001"
    await one.key("Control+Shift+X")
    ended = await caller.ended()
    assert (ended.by, ended.outcome) == (HangupBy.AGENT, CallOutcome.HANDLED)
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()
    entry = one.history.get_by_role("listitem").first
    await expect(entry).to_contain_text("已接通")
    await expect(entry.get_by_role("button", name="播放录音")).to_be_visible()


async def test_loading_the_page_again_keeps_the_wrap_up(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await caller.leave()
    await one.shows_state("话后整理")
    await one.page.reload()
    await one.shows_state("话后整理")
    await expect(one.page.get_by_role("region", name="小结码")).to_be_visible()
    await one.wrap_up()
