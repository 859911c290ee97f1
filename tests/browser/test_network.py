"""An agent's network is gone, for moments and for minutes: pages, live events, signalling and sound at once.

The longer ones last as long as the engine needs to miss a browser, which is below half a minute.
"""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, expect

from springline.contracts.agents import AgentState
from springline.contracts.commands import SetPaused, SetReady
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    CallOutcome,
    HangupBy,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
)
from springline.telephony.simulator.tones import tone_seconds
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.phone import rows
from tests.browser.test_a_call import both_hear_each_other
from tests.support.cable import Cable
from tests.support.customer import Customer
from tests.support.desk_house import BROWSER_HZ, PHONE_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# The engine asks a browser every 15 s whether it is there; five seconds without sound follow.
LOST_WITHIN = 60.0
CAUSE_NO_SOUND = 44


def _cut_off(one: Desk) -> Locator:
    return one.page.get_by_text("网络中断，双方听不到声音")


async def _answered(one: Desk) -> Customer:
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.key("Space")
    await caller.hears(BROWSER_HZ)
    await one.talks()
    return caller


async def test_moments_while_it_rings_in_the_conversation_and_in_the_wrap_up(
    wire: Cable, desk: OpenDesk
) -> None:
    one = await (await desk(cable=wire)).on_duty("1001")
    caller = await one.house.customer_for("2")
    await one.rings()
    wire.pull()
    await one.key("Space")
    await expect(one.call).to_contain_text("正在接通")
    wire.plug_in()
    await both_hear_each_other(one, caller)

    wire.pull()
    await expect(_cut_off(one)).to_be_visible()
    await caller.hears_silence()
    wire.plug_in()
    await expect(one.page.get_by_text("网络恢复，通话继续。")).to_be_visible()
    await expect(_cut_off(one)).to_have_count(0)
    await one.talks()
    await both_hear_each_other(one, caller)

    await one.key("Control+Shift+X")
    ended = await caller.ended()
    assert (ended.by, ended.outcome) == (HangupBy.AGENT, CallOutcome.HANDLED)
    await one.shows_state("话后整理")
    await one.call.get_by_label("备注").fill("断网时写的字")
    wire.pull()
    await one.wrap_up()
    await expect(one.call.get_by_label("备注")).to_have_value("断网时写的字")
    wire.plug_in()
    await one.is_idle()
    query = "SELECT note FROM calls_wrapup WHERE call_id = ?"
    assert rows(one.house, query, ended.call_id) == [("断网时写的字",)]
    assert (len(caller.trail.all(AgentConnected)), caller.trail.all(AgentLost)) == (1, [])
    samples, rate = await one.recording(ended.call_id)
    # One file from the first word to the last, the silence between them too.
    assert abs(len(samples) / rate - ended.talk_seconds) < 2.0
    assert tone_seconds(samples, rate, BROWSER_HZ, 1) > 2.0


async def test_minutes_of_two_agents_one_talks_and_one_rings(wire: Cable, desk: OpenDesk) -> None:
    """And what was connected before stays dead without a word, as behind a router that forgot it. 60 s."""
    talker = await (await desk(cable=wire)).on_duty("1002")
    caller = await _answered(talker)
    ringer = await (await desk(cable=wire)).on_duty("1001")
    waiting = await ringer.house.customer_for("2")
    await ringer.rings()
    for phone in ("1003", "1004"):
        await talker.house.phone_on_duty(phone)
    wire.pull()

    offer = await waiting.trail.first(OfferEnded, LOST_WITHIN)
    assert (offer.agent, offer.outcome) == ("1001", OfferOutcome.FAILED)
    lost = await caller.trail.first(AgentLost, LOST_WITHIN)
    assert (lost.agent, lost.cause) == ("1002", CAUSE_NO_SOUND)
    assert (await waiting.connected()).agent in ("1003", "1004")
    assert (await caller.connected(count=2)).agent in ("1003", "1004")
    await caller.hears(PHONE_HZ)
    for agent in ("1001", "1002"):
        await talker.house.agent_is(agent, AgentState.UNREACHABLE)
    # Too late, and nobody is at the other end.
    await ringer.key("Space")
    await expect(talker.banner).to_contain_text("连不上服务器")
    wire.plug_in(forgetful=True)
    for one in (talker, ringer):
        await expect(one.banner).to_have_count(0, timeout=60_000)
    await ringer.is_idle()
    await expect(talker.page.get_by_text("这通电话已不在您这里")).to_be_visible()
    # Who had the caller wraps up what was said until then.
    await talker.shows_state("话后整理")
    await talker.house.tell(SetReady(agent="1002"))
    await talker.is_idle()
    await talker.house.agent_is("1001", AgentState.READY)
    await talker.house.tell(SetPaused(agent="1001", reason="meal"))
    await (await _answered(talker)).leave()

    for customer in (caller, waiting):
        await customer.leave()
        assert (await customer.ended()).outcome is CallOutcome.HANDLED
    await caller.trail.first(RecordingFinished, 20, count=2)
    assert all(part.size > 0 for part in caller.trail.all(RecordingFinished))


async def test_only_sound_is_gone_for_a_minute(wire: Cable, desk: OpenDesk) -> None:
    """As behind a firewall that lets nothing but pages through: the engine misses the sound for 30 s."""
    one = await (await desk(cable=wire)).on_duty("1001")
    caller = await _answered(one)
    await one.house.phone_on_duty("1003")
    wire.mute()
    await expect(_cut_off(one)).to_be_visible()
    lost = await caller.trail.first(AgentLost, LOST_WITHIN)
    assert (lost.agent, lost.cause) == ("1001", CAUSE_NO_SOUND)
    assert (await caller.connected(count=2)).agent == "1003"
    await caller.hears(PHONE_HZ)
    await expect(one.page.get_by_text("这通电话已不在您这里")).to_be_visible()
    await expect(_cut_off(one)).to_have_count(0)
    await caller.leave()
    ended = await caller.ended()
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.HANDLED)
    await caller.trail.first(RecordingFinished, 20, count=2)
    assert all(part.size > 0 for part in caller.trail.all(RecordingFinished))
    wire.plug_in()
    await one.house.tell(SetPaused(agent="1003", reason="meal"))
    await one.house.tell(SetReady(agent="1001"))
    await one.house.agent_is("1001", AgentState.READY)
    await (await _answered(one)).leave()


async def test_signing_out_and_loading_the_page_again_while_it_rings_and_in_a_conversation(
    desk: OpenDesk,
) -> None:
    one = await (await desk()).on_duty("1001")
    one.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.page.get_by_role("button", name="退出").click()
    await expect(one.page.get_by_text("通话中不能这样做")).to_be_visible()
    await one.page.reload()
    await one.rings()
    await one.key("Space")
    await one.talks()
    await both_hear_each_other(one, caller)
    await one.page.reload()
    # Nobody else is there: the caller is brought back to who was lost.
    await one.rings()
    await one.key("Space")
    await one.talks()
    await both_hear_each_other(one, caller)
    assert len(caller.trail.all(AgentLost)) == 1
