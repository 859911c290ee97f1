"""A supervisor listens, whispers and barges in from the browser; the device answers by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.async_api import expect

from springline.contracts.agents import AgentState
from springline.contracts.commands import Ringing, SetPaused, SetReady, WhyNotRinging
from springline.contracts.events import AgentConnected
from springline.contracts.ringing import DeskLease
from springline.contracts.supervision import SupervisionChanged
from springline.telephony.control.desks import LEASE_SECONDS
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_looks import looked_at
from tests.support.desk_house import PHONE_HZ, DeskHouse
from tests.support.until import until_true

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@contextmanager
def in_role(house: DeskHouse, username: str, role: str) -> Iterator[None]:
    def becomes(wanted: str) -> None:
        with closing(sqlite3.connect(house.settings.db_path)) as database:
            database.execute("UPDATE accounts_user SET role = ? WHERE username = ?", (wanted, username))
            database.commit()

    becomes(role)
    try:
        yield
    finally:
        becomes("agent")


async def test_listens_whispers_and_barges_in(desk: OpenDesk) -> None:
    one: Desk = await desk()
    with in_role(one.house, "agent1002", "supervisor"):
        await one.on_duty("1002")
        await one.house.phone_on_duty("1003")
        caller = await one.house.customer_for("1", "2")
        team = one.page.get_by_role("region", name="同事")
        await expect(team.get_by_role("button", name="监听 坐席小霍 的通话")).to_be_visible()
        await looked_at(one, "supervise-0-whom")
        await team.get_by_role("button", name="监听 坐席小霍 的通话").click()
        await expect(one.page.get_by_text("正在监听 坐席小霍：双方都听不到您")).to_be_visible()
        await one.hears(PHONE_HZ)
        await looked_at(one, "supervise-1-listens")
        await one.page.get_by_role("button", name="密语").click()
        await expect(one.page.get_by_text("密语：只有 坐席小霍 听得到您")).to_be_visible()
        await one.page.get_by_role("button", name="强插").click()
        await expect(one.page.get_by_text("强插：坐席小霍 和客户都听得到您")).to_be_visible()
        await looked_at(one, "supervise-2-barged")
        await one.page.get_by_role("button", name="结束监听").click()
        await caller.trail.first(SupervisionChanged, count=4)
        await one.house.agent_is("1002", AgentState.READY)
        await one.is_idle()
        assert not caller.handset.ended


async def test_why_an_agent_does_not_ring_and_the_forced_reset(desk: OpenDesk) -> None:
    """A pause comes and goes; a conversation is ended only when that is confirmed, and its caller stays."""
    one: Desk = await desk()
    with in_role(one.house, "agent1002", "supervisor"):
        await one.on_duty("1002")
        team = one.page.get_by_role("region", name="同事")
        dialog = one.page.get_by_role("dialog", name="为什么不响铃：坐席小霍")
        await team.get_by_role("button", name="为什么 坐席小霍 不响铃").click()
        await expect(dialog).to_contain_text("坐席小霍没有签到。")
        await looked_at(one, "ringing-0-signed-out")
        await one.house.phone_on_duty("1003")
        await expect(dialog).to_contain_text("坐席小霍一切正常，只是没有人在等")
        await looked_at(one, "ringing-1-fine")
        await one.house.tell(SetPaused(agent="1003", reason="meal"))
        await expect(dialog).to_contain_text("起暂停：")
        await one.house.tell(SetReady(agent="1003"))
        caller = await one.house.customer_for("1", "2")
        await caller.trail.first(AgentConnected)
        await expect(dialog).to_contain_text("起在通话中。")
        await dialog.get_by_role("button", name="强制复位").click()
        await expect(dialog).to_contain_text("他正在通话。复位会结束这通电话")
        await looked_at(one, "ringing-2-asks")
        await one.house.tell(SetPaused(agent="1002", reason="meal"))
        await dialog.get_by_role("button", name="结束通话并复位").click()
        await expect(dialog).to_contain_text("已复位，现在是")
        assert not caller.handset.ended
        await looked_at(one, "ringing-3-done")
        await one.key("Escape")
        await expect(dialog).to_be_hidden()


async def no_desk_of(house: DeskHouse, agent: str) -> None:
    """A browser of a former test that was shut without its last word counts for a while yet."""

    async def so() -> bool:
        found = await house.tell(WhyNotRinging(agent=agent))
        return isinstance(found, Ringing) and found.facts.desk is not DeskLease.OPEN

    await until_true(so, LEASE_SECONDS + 10)


async def test_a_desk_says_that_it_is_open_and_that_it_is_closed(desk: OpenDesk) -> None:
    one = await desk()
    await no_desk_of(one.house, "1001")
    other = await desk()
    with in_role(one.house, "agent1002", "supervisor"):
        await one.on_duty("1002")
        await other.on_duty("1001")
        await one.page.get_by_role("button", name="为什么 坐席小安 不响铃").click()
        dialog = one.page.get_by_role("dialog", name="为什么不响铃：坐席小安")
        await expect(dialog).to_contain_text("工作台：开着")
        await other.page.goto("about:blank")
        await expect(dialog).to_contain_text("坐席小安的工作台没有打开。")
