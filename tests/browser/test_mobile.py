"""On duty by the own mobile: chosen on the desk, shown to a supervisor, who may end it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import expect

from springline.contracts.mobile import MobileUse
from tests.browser.conftest import OpenDesk
from tests.browser.test_looks import looked_at
from tests.support.desk_house import DeskHouse
from tests.support.until import until_true

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def give_mobile(house: DeskHouse, agent: str, number: str) -> None:
    with closing(sqlite3.connect(house.settings.db_path)) as database:
        database.execute("UPDATE hotline_agent SET mobile = ? WHERE id = ?", (number, agent))
        database.execute("UPDATE hotline_hotline SET callback_number = '05643210000'")
        database.commit()


async def uses(house: DeskHouse, agent: str, use: MobileUse) -> None:
    async def so() -> bool:
        return (await house.agent(agent)).mobile is use

    await until_true(so, 10)


async def test_chosen_by_the_agent_and_ended_by_a_supervisor(desk: OpenDesk) -> None:
    one, boss = await desk(), await desk()
    house = one.house
    give_mobile(house, "1001", "13905640077")
    try:
        await boss.sign_in("monitor")
        await one.on_duty("1001")
        choice = one.page.get_by_role("radiogroup", name="手机接听")
        await expect(choice).to_be_visible(timeout=10_000)
        await looked_at(one, "mobile-0-choice")
        await choice.get_by_role("radio", name="只用手机").click()
        await expect(one.page.get_by_text("来电直接呼叫您的手机")).to_be_visible()
        await uses(house, "1001", MobileUse.ONLY)
        await one.shows_state("就绪")
        await looked_at(one, "mobile-1-only")
        await looked_at(boss, "mobile-2-boss")
        await boss.page.get_by_role("button", name="停用手机").click()
        await uses(house, "1001", MobileUse.OFF)
        await expect(one.page.get_by_text("来电直接呼叫您的手机")).to_have_count(0)
    finally:
        give_mobile(house, "1001", "")
