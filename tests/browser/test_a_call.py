"""THE call: an agent takes it in the browser by keys alone, and both sides hear each other."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from springline.contracts.events import CallEnded, CallOutcome, HangupBy
from springline.telephony.simulator.tones import tone_seconds
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.support.customer import Customer
from tests.support.desk_house import BROWSER_HZ, CALLER_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LEFT, RIGHT = 0, 1


async def test_an_agent_takes_a_call_by_keys_alone(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer_for("1", "1")
    await rings_with_all_that_is_known(one, caller)
    await one.key("Space")
    await one.talks()
    await both_hear_each_other(one, caller)
    await mute(one, caller)
    await hold(one, caller)
    await one.key("Control+Shift+X")
    ended = await caller.ended()
    assert (ended.by, ended.outcome) == (HangupBy.AGENT, CallOutcome.HANDLED)
    assert not caller.handset.ended_by_us
    await wrap_up(one)
    seconds = await both_are_on_the_recording(one, ended.call_id)
    await play_back(one, caller, seconds)
    await nothing_is_missing_in_the_list(one, ended)


async def rings_with_all_that_is_known(one: Desk, caller: Customer) -> None:
    grouped = f"{caller.number[:3]} {caller.number[3:7]} {caller.number[7:]}"
    await one.rings()
    await expect(one.call).to_contain_text(grouped)
    await expect(one.call).to_contain_text("金安区、裕安区")
    await expect(one.call).to_contain_text("城区")
    await expect(one.call).to_contain_text("订水")
    await expect(one.page).to_have_title(re.compile(f"来电 {grouped}"))


async def both_hear_each_other(one: Desk, caller: Customer) -> None:
    await caller.hears(BROWSER_HZ)
    await one.hears(CALLER_HZ)
    before = await one.packets()
    # getStats is refreshed about once a second, and less often on a busy machine.
    async with asyncio.timeout(15):
        while not all(count > before[way] + 20 for way, count in (await one.packets()).items()):
            await caller.listen(0.5)


async def mute(one: Desk, caller: Customer) -> None:
    await one.key("Control+m")
    await expect(one.page.get_by_role("button", name="取消静音")).to_be_visible()
    await caller.hears_silence()
    await one.hears(CALLER_HZ)
    await one.key("Control+m")
    await caller.hears(BROWSER_HZ)


async def hold(one: Desk, caller: Customer) -> None:
    await one.key("Control+h")
    await expect(one.call).to_contain_text("客户正在听音乐")
    await caller.hears_music(but_not=BROWSER_HZ)
    row = await one.house.live_call(caller)
    assert row is not None
    assert row.held
    await one.key("Control+h")
    await one.talks()
    await both_hear_each_other(one, caller)


async def wrap_up(one: Desk) -> None:
    """The code by its digit instead of the suggested one, a note, and ready again."""
    await one.shows_state("话后整理")
    chosen = one.page.get_by_role("radiogroup", name="小结码").get_by_role("radio", checked=True)
    await expect(chosen).to_contain_text("订水")
    await one.key("7")
    await expect(chosen).to_contain_text("咨询")
    await one.call.get_by_label("备注").focus()
    await one.type("问了 12 月的价格")
    await one.wrap_up()
    await one.is_idle()


async def both_are_on_the_recording(one: Desk, call_id: str) -> float:
    """The caller left, the agent right; returns its seconds."""
    samples, rate = await one.recording(call_id)
    assert tone_seconds(samples, rate, CALLER_HZ, LEFT) > 3
    assert tone_seconds(samples, rate, BROWSER_HZ, RIGHT) > 3
    assert tone_seconds(samples, rate, CALLER_HZ, RIGHT) < 0.3
    assert tone_seconds(samples, rate, BROWSER_HZ, LEFT) < 0.3
    return len(samples) / rate


async def play_back(one: Desk, caller: Customer, seconds: float) -> None:
    play = one.history.get_by_role("button", name=re.compile(rf"播放录音 .*{caller.number[-4:]}"))
    await expect(play).to_be_visible()
    await play.focus()
    await one.key("Enter")
    # The reason for listening has the focus, so that Enter goes on.
    await expect(one.history.get_by_role("button", name="核对订单")).to_be_focused()
    await one.key("Enter")
    seek = one.history.get_by_role("slider", name="播放位置")
    await expect(seek).to_be_visible()
    shown = float(await seek.get_attribute("max") or 0)
    assert abs(shown - seconds) < 1.0
    # It plays: the position moves on by itself.
    await one.page.wait_for_function("() => document.querySelector('input[type=range]').valueAsNumber > 0.5")
    await one.key("Space")
    await expect(one.history.get_by_role("button", name="播放", exact=True)).to_be_focused()


async def nothing_is_missing_in_the_list(one: Desk, ended: CallEnded) -> None:
    row = one.history.get_by_role("listitem").first
    await expect(row).to_contain_text("已接通")
    await expect(row).to_contain_text("咨询")
    minutes, rest = divmod(int(ended.talk_seconds), 60)
    await expect(row).to_contain_text(f"{minutes:02}:{rest:02}")
