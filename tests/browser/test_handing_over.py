"""The caller handed over in the browser: by keys, through a colleague, all three together."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from springline.contracts.agents import AgentState
from springline.contracts.events import AgentConnected
from springline.contracts.handovers import CallTransferred, ConsultEnded
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_looks import looked_at
from tests.support.customer import Customer
from tests.support.desk_house import BROWSER_HZ, PHONE_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def talking(desk: OpenDesk) -> tuple[Desk, Customer]:
    """1001 talks in the browser; 1003 with a phone is free."""
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await one.house.phone_on_duty("1003")
    return one, caller


async def test_a_colleague_is_asked_joins_and_takes_over(desk: OpenDesk) -> None:
    one, caller = await talking(desk)
    await one.key("F6")
    panel = one.page.get_by_role("group", name="转接")
    await expect(panel).to_contain_text("坐席小霍")
    await looked_at(one, "handover-1-whom")
    await one.type("小霍")
    await one.key("ArrowDown")
    await expect(panel.get_by_role("button", name="咨询", exact=True)).to_be_focused()
    await one.key("Enter")
    await expect(one.page.get_by_text("正在咨询 坐席小霍")).to_be_visible()
    await looked_at(one, "handover-2-asked")
    await caller.hears_music(but_not=BROWSER_HZ)
    await one.hears(PHONE_HZ)
    await one.page.get_by_role("button", name="三方通话").click()
    await expect(one.page.get_by_text("三方通话：您、坐席小霍 和客户")).to_be_visible()
    await looked_at(one, "handover-3-joined")
    await one.page.get_by_role("button", name="转给对方").click()
    await one.shows_state("话后整理")
    await caller.hears(PHONE_HZ)
    transferred = await caller.trail.first(CallTransferred)
    assert (transferred.to_agent, transferred.attended) == ("1003", True)
    await expect(one.steps).to_contain_text("坐席小安 咨询后把客户转给 坐席小霍")


async def test_asked_and_back_to_the_caller(desk: OpenDesk) -> None:
    one, caller = await talking(desk)
    await one.key("F6")
    await one.page.get_by_role("button", name="咨询", exact=True).first.click()
    await expect(one.page.get_by_text("正在咨询 坐席小霍")).to_be_visible()
    await one.page.get_by_role("button", name="回到客户").click()
    await caller.trail.first(ConsultEnded)
    await one.talks()
    await caller.hears(BROWSER_HZ)
    await one.house.agent_is("1003", AgentState.READY)


async def test_given_to_a_queue_by_one_click(desk: OpenDesk) -> None:
    one, caller = await talking(desk)
    await one.key("F6")
    await one.page.get_by_role("group", name="转接").get_by_role("button", name="霍山").click()
    await expect(one.page.get_by_text("已转出")).to_be_visible()
    await caller.hears(PHONE_HZ)
    assert [event.agent for event in caller.trail.all(AgentConnected)] == ["1001", "1003"]
    await one.shows_state("话后整理")


async def test_an_outside_number_is_offered_when_it_is_typed(desk: OpenDesk) -> None:
    """No rule of this house allows a landline: the refusal is a sentence, and the caller stays."""
    one, caller = await talking(desk)
    await one.key("F6")
    panel = one.page.get_by_role("group", name="转接")
    await one.type("0564-3210001")
    await expect(panel.get_by_text("外线 05643210001")).to_be_visible()
    await looked_at(one, "handover-4-outside")
    await panel.get_by_role("listitem").filter(has_text="外线").get_by_role("button", name="直接转").click()
    await expect(one.page.get_by_text("规则不允许呼叫此号码")).to_be_visible()
    await caller.hears(BROWSER_HZ)
