"""The agent's browser is closed in the middle: the caller must not suffer for it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from springline.contracts.agents import AgentState
from springline.contracts.events import AgentLost, CallOutcome, OfferEnded, OfferOutcome
from springline.telephony.simulator.tones import tone_seconds
from tests.browser.conftest import OpenDesk
from tests.support.desk_house import BROWSER_HZ, PHONE_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Without a BYE the engine notices a lost browser only when no more sound comes.
LOST_WITHIN = 60.0


async def test_closed_while_ringing(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.house.phone_on_duty("1003")
    await one.close()
    offer = await caller.trail.first(OfferEnded, LOST_WITHIN)
    assert offer.agent == "1001"
    # The queue lets ring for 90 s: it was not the end of patience.
    assert offer.outcome is not OfferOutcome.NO_ANSWER
    assert (await caller.connected(LOST_WITHIN)).agent == "1003"
    await caller.hears(PHONE_HZ)
    await one.house.agent_is("1001", AgentState.UNREACHABLE)
    await caller.leave()
    assert (await caller.ended()).outcome is CallOutcome.HANDLED


async def test_closed_while_talking(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.key("Space")
    await caller.hears(BROWSER_HZ)
    await one.house.phone_on_duty("1003")
    await one.close()
    assert (await caller.trail.first(AgentLost, LOST_WITHIN)).agent == "1001"
    assert (await caller.connected(LOST_WITHIN, count=2)).agent == "1003"
    await caller.hears(PHONE_HZ)
    await caller.listen(2.0)
    await caller.leave()
    ended = await caller.ended()
    assert ended.outcome is CallOutcome.HANDLED
    two = await desk()
    await two.sign_in("monitor")
    await expect(two.page.get_by_text("班长")).to_be_visible()
    first, rate = await two.recording(ended.call_id)
    second, _ = await two.recording(ended.call_id, part=1)
    assert tone_seconds(first, rate, BROWSER_HZ, 1) > 0.3
    assert tone_seconds(second, rate, PHONE_HZ, 1) > 1.5


async def test_two_browsers_of_one_agent(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    two = await desk()
    await two.sign_in("agent1001")
    await expect(two.page.get_by_text("软电话已注册")).to_be_visible()
    await expect(one.page.get_by_text("软电话正在另一个窗口或另一台电脑上使用")).to_be_visible()
    caller = await one.house.customer_for("1", "1")
    await two.rings()
    await expect(one.page.get_by_role("button", name="接听")).to_have_count(0)
    await two.key("Space")
    await caller.hears(BROWSER_HZ)
    await caller.leave()
    await one.page.get_by_role("button", name="在此窗口使用").click()
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    await expect(two.page.get_by_text("软电话正在另一个窗口或另一台电脑上使用")).to_be_visible()
