"""An agent has the caller warned by a key, and sent away by the same key; a supervisor is told."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from springline.contracts.events import CallEnded
from springline.contracts.warnings import CallerDismissed, CallerWarned
from tests.browser.conftest import OpenDesk
from tests.browser.test_looks import looked_at
from tests.support.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_warned_and_sent_away_by_one_key(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    boss = await desk()
    await boss.sign_in("monitor")
    caller = await one.house.customer_for("1", "1")
    await one.rings()
    await one.key("Space")
    await one.talks()
    button = one.page.get_by_role("button", name="警告来电者")
    await expect(button).to_be_visible()
    await looked_at(one, "warning-0-talks")
    await one.key("F9")
    await caller.trail.first(CallerWarned)
    await expect(one.call).to_contain_text("已警告")
    await expect(boss.page.get_by_text("坐席小安 警告了来电者")).to_be_visible()
    await expect(boss.page.get_by_role("region", name="同事")).to_contain_text("已警告")
    await looked_at(one, "warning-1-warned")
    await looked_at(boss, "warning-2-boss")

    async def pressed_again() -> bool:
        await one.key("F9")
        return bool(caller.trail.all(CallerDismissed))

    assert not await pressed_again(), "twice in a hurry is once"
    await one.page.wait_for_function(
        "(since) => performance.now() - since > 6000", arg=await one.page.evaluate("performance.now()")
    )
    await one.key("F9")
    await caller.trail.first(CallerDismissed)
    await caller.trail.first(CallEnded, within=15)
    await until(lambda: caller.handset.ended, 5)
    await one.shows_state("话后整理")
    await expect(one.call).to_contain_text("已警告")
