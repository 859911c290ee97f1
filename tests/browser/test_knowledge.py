"""What the caller asks is looked up by keys alone, and stands in the wrap-up."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.test_looks import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_article_that_helped_stands_in_the_wrap_up(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await one.house.customer("13805640001")
    await caller.press("2")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await one.key("F4")
    search = one.page.get_by_role("searchbox", name="查知识")
    await expect(search).to_be_focused()
    await one.type("lcf")
    panel = one.page.get_by_role("region", name="知识")
    await expect(panel.get_by_role("button", name=re.compile("楼层费"))).to_be_visible()
    await expect(panel.get_by_role("listitem")).to_have_count(1)
    await one.key("Enter")
    await expect(panel).to_contain_text("没有电梯的楼层按桶和层收上楼费")
    await looked_at(one, "24-knowledge")
    await one.tab_to("用上了，记入小结")
    await one.key("Enter")
    await expect(panel).to_contain_text("已记入小结")
    await search.fill("会飞的水桶")
    await panel.get_by_role("button", name=re.compile("告诉站长")).click()
    await expect(panel).to_contain_text("已记下，站长会补上。")
    await caller.leave()
    await one.shows_state("话后整理")
    await expect(one.page.get_by_label("用到的知识")).to_have_value("楼层费")
    await one.wrap_up()
    await one.is_idle()
    first = (await (await one.ask("GET", "/api/knowledge")).json())[0]
    assert (first["title"], first["uses"]) == ("楼层费", 1)
