"""The agent's tab stands still, as on a laptop that sleeps: its connections stay open, nobody is behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.async_api import Browser, expect

from springline.contracts.agents import AgentState
from springline.contracts.events import AgentLost, CallOutcome, OfferEnded, OfferOutcome
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.support.desk_house import BROWSER_HZ, PHONE_HZ

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Without a BYE the engine notices a tab that stands still only when no more sound comes.
LOST_WITHIN = 60.0


async def _renderers(browser: Browser) -> set[int]:
    session = await browser.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    return {each["id"] for each in found["processInfo"] if each["type"] == "renderer"}


async def _renderer_of(one: Desk, browser: Browser) -> int:
    """The process that uses most of its processor while the page counts."""
    before = {pid: _ticks(pid) for pid in await _renderers(browser)}
    await one.page.evaluate("() => { const end = Date.now() + 700; while (Date.now() < end); }")
    return max(before, key=lambda pid: _ticks(pid) - before[pid])


def _ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_while_ringing(desk: OpenDesk, chromium: Browser) -> None:
    one = await (await desk()).on_duty("1001")
    pid = await _renderer_of(one, chromium)
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.house.phone_on_duty("1003")
    with _stopped(pid):
        offer = await caller.trail.first(OfferEnded, LOST_WITHIN)
        assert offer.agent == "1001"
        # The queue lets ring for 90 s: it was not the end of patience.
        assert offer.outcome is not OfferOutcome.NO_ANSWER
        assert (await caller.connected(LOST_WITHIN)).agent == "1003"
        await one.house.agent_is("1001", AgentState.UNREACHABLE)
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    await expect(one.page.get_by_role("button", name="接听")).to_have_count(0)
    await caller.hears(PHONE_HZ)
    await caller.leave()
    assert (await caller.ended()).outcome is CallOutcome.HANDLED


async def test_while_talking(desk: OpenDesk, chromium: Browser) -> None:
    one = await (await desk()).on_duty("1001")
    pid = await _renderer_of(one, chromium)
    caller = await one.house.customer_for("2")
    await one.rings()
    await one.key("Space")
    await caller.hears(BROWSER_HZ)
    await one.house.phone_on_duty("1003")
    with _stopped(pid):
        assert (await caller.trail.first(AgentLost, LOST_WITHIN)).agent == "1001"
        assert (await caller.connected(LOST_WITHIN, count=2)).agent == "1003"
        await one.house.agent_is("1001", AgentState.UNREACHABLE)
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    await caller.hears(PHONE_HZ)
    await caller.leave()
    assert (await caller.ended()).outcome is CallOutcome.HANDLED
