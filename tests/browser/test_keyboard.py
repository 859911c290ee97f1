"""Where the keyboard is: input methods, hasty fingers, forms that close, and what another changed."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_looks import looked_at
from tests.browser.test_orders import STRANGER, WANG, order_form, rung_by

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def search_box(one: Desk) -> Locator:
    return one.page.get_by_role("combobox", name="搜索客户")


async def opened(one: Desk, tail: str, name: str) -> None:
    await one.key("/")
    await expect(search_box(one)).to_be_focused()
    await one.type(tail)
    # Faster than the answer: who presses Enter at once means what was typed.
    await one.key("Enter")
    await expect(one.customer).to_contain_text(name)


async def address_form(one: Desk) -> Locator:
    await one.customer.get_by_role("button", name=re.compile("^修改地址")).first.focus()
    await one.key("Enter")
    form = one.customer.locator("form").filter(has=one.page.get_by_label("楼栋"))
    await expect(form.get_by_label("地址", exact=True)).to_be_focused()
    return form


async def test_keys_of_the_input_method_do_nothing_else(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await opened(one, "0005", "刘女士")
    keyboard = await one.context.new_cdp_session(one.page)
    compose = {"text": "chen", "selectionStart": 4, "selectionEnd": 4}
    await one.key("/")
    await one.type("0002")
    await expect(one.page.get_by_role("option").first).to_contain_text("陈老师")
    await keyboard.send("Input.imeSetComposition", compose)
    await one.key("Enter")
    await one.key("Escape")
    await expect(search_box(one)).to_be_focused()
    await expect(one.customer).to_contain_text("刘女士")
    await keyboard.send(
        "Input.imeSetComposition", {**compose, "text": "", "selectionStart": 0, "selectionEnd": 0}
    )
    await one.key("Escape")
    form = await address_form(one)
    await keyboard.send("Input.imeSetComposition", compose)
    await one.key("Escape")
    await expect(form).to_be_visible()


async def test_a_form_that_closes_gives_the_keyboard_back(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await opened(one, "0005", "刘女士")
    await expect(one.page.locator("#call")).to_be_focused()
    edit = one.customer.get_by_role("button", name=re.compile("^修改地址")).first
    form = await address_form(one)
    await one.key("Escape")
    await expect(edit).to_be_focused()
    form = await address_form(one)
    await one.type("后门进")
    await one.key("Escape")
    await expect(one.page.get_by_role("alert").filter(has_text="再按一次 Esc 放弃")).to_be_visible()
    await expect(form).to_be_visible()
    await one.key("Escape")
    await expect(edit).to_be_focused()
    remove = one.customer.get_by_role("button", name=re.compile("^删除 ")).first
    await remove.focus()
    await one.key("Enter")
    # A hasty second Enter must not remove it.
    await expect(one.customer.get_by_role("button", name="取消", exact=True)).to_be_focused()
    await one.key("Escape")
    await expect(edit).to_be_focused()


async def test_a_call_is_answered_out_of_a_text(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await opened(one, "0005", "刘女士")
    await one.key("/")
    await one.type("衡山 ")
    caller = await rung_by(one, STRANGER[:-1] + "7")
    await expect(search_box(one)).to_be_focused()
    await one.key("F7")
    await one.talks()
    await caller.leave()


async def test_an_order_that_lacks_something_leads_there(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, STRANGER[:-1] + "8")
    await one.key("Space")
    await one.talks()
    await expect(one.customer.get_by_label("地址", exact=True)).to_be_focused()
    await one.type("城关镇人民路5号")
    places = one.customer.locator("[data-asks] button")
    await expect(places.first).to_be_visible()
    await one.key("F2")
    await expect(order_form(one).get_by_label(re.compile("^数量")).first).to_be_focused()
    await one.key("Enter")
    await expect(one.page.get_by_role("alert").filter(has_text="还有没问清的")).to_be_visible()
    await expect(places.first).to_be_focused()
    await looked_at(one, "28-which-county")
    await one.key("Enter")
    await expect(one.customer.get_by_label("区县")).not_to_have_value("")
    await caller.leave()


async def test_only_the_button_that_would_be_pressed_shows_the_key(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, WANG)
    await one.key("Space")
    await one.talks()
    await one.key("F2")
    place, save = one.page.locator("[data-place]"), one.page.get_by_role("button", name="保存并就绪")
    await expect(place).to_contain_text("Ctrl+Enter")
    await caller.leave()
    await one.shows_state("话后整理")
    await one.key("F2")
    await expect(place).to_contain_text("Ctrl+Enter")
    await expect(save).not_to_contain_text("Ctrl+Enter")
    await expect(save).to_contain_text("先按 Esc")
    await one.key("Escape")
    await expect(save).to_contain_text("Ctrl+Enter")
    await expect(place).not_to_contain_text("Ctrl+Enter")


async def test_two_agents_at_one_address_see_what_the_other_wrote(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    other = await desk()
    await other.sign_in("agent1002")
    await expect(search_box(other)).to_be_visible()
    await asyncio.gather(*(opened(agent, "0005", "刘女士") for agent in (one, other)))
    theirs, mine = await address_form(other), await address_form(one)
    await theirs.get_by_label("楼层").fill("7")
    await other.key("Enter")
    await expect(theirs).to_have_count(0)
    await mine.get_by_label("楼层").fill("3")
    await one.key("Enter")
    notice = mine.get_by_role("alert")
    await expect(notice).to_be_focused()
    await expect(notice).to_contain_text("把楼层改成了“7”，您填的是“3”")
    await looked_at(one, "29-changed-meanwhile")
    await one.tab_to("用对方的")
    await one.key("Enter")
    await expect(mine.get_by_label("楼层")).to_have_value("7")


async def test_enter_confirms_the_guess_that_came_last(desk: OpenDesk) -> None:
    """What the call itself tells arrives after the panel opened: the keyboard goes with the choice."""
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, one.house.new_number())
    await one.key("Space")
    await one.talks()
    await caller.leave()
    await one.shows_state("话后整理")
    codes = one.page.get_by_role("radiogroup", name="小结码")
    await expect(codes.get_by_role("radio", checked=True)).to_be_focused()
    await one.wrap_up()
    await one.is_idle()
