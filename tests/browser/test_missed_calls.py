"""Calls that nobody answered in this browser: the desk must not go on ringing."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from springline.contracts import commands
from springline.contracts.events import HangupBy, OfferEnded, OfferOutcome
from springline.contracts.voicemail import MessageStarted
from tests.browser.conftest import OpenDesk
from tests.browser.test_looks import looked_at
from tests.support.desk_house import PHONE_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_caller_hangs_up_while_it_rings(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await caller.leave()
    assert (await caller.ended()).by is HangupBy.CALLER
    await one.is_idle()
    # And the phone is free: the next caller rings again.
    following = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await following.leave()
    await one.shows_state("话后整理")


async def test_a_call_the_agent_lets_ring_goes_to_the_next(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("0")
    await one.rings()
    await one.house.phone_on_duty("1003")
    offer = await caller.trail.first(OfferEnded, 30)
    assert (offer.agent, offer.outcome) == ("1001", OfferOutcome.NO_ANSWER)
    assert (await caller.connected()).agent == "1003"
    await caller.hears(PHONE_HZ)
    await expect(one.page.get_by_text("刚才的来电没有接听，已转给其他坐席。")).to_be_visible()
    await one.is_idle()


async def test_a_call_the_agent_refuses_goes_to_the_next(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.house.phone_on_duty("1003")
    await one.key("Control+Shift+X")
    offer = await caller.trail.first(OfferEnded, 30)
    assert (offer.agent, offer.outcome) == ("1001", OfferOutcome.REFUSED)
    assert (await caller.connected()).agent == "1003"
    await one.is_idle()


async def test_the_number_that_a_hidden_caller_says_is_typed_and_called(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await one.house.tell(commands.SignOut(agent="1001"))
    caller = await one.house.customer("anonymous")
    await caller.press("0")
    await caller.trail.first(MessageStarted, 120)
    await caller.handset.speak("caller_order")
    await caller.leave()
    await one.key("Alt+b")
    row = one.page.get_by_role("listitem").filter(has_text="匿名")
    await expect(row.get_by_role("button", name="回拨")).to_be_disabled()
    await looked_at(one, "30-callback-hidden")
    await row.get_by_role("button", name="填号码").click()
    await one.type("139 0005 4321")
    await looked_at(one, "31-callback-number")
    await one.key("Enter")
    named = one.page.get_by_role("listitem").filter(has_text="139****4321")
    await expect(named.get_by_role("button", name="回拨")).to_be_enabled()
    await expect(named.get_by_role("button", name="填号码")).to_have_count(0)
