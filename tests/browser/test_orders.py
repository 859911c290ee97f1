"""Water by keys alone: a known customer's 再来一单, a stranger's first order, and a caller who is nobody."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_looks import looked_at
from tests.support.customer import Customer
from tests.support.seed_home import ORDERS_CUSTOMER

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Of the demo: six vouchers for spring water, a bucket owed, and a last order of two.
WANG = ORDERS_CUSTOMER
STRANGER = "13905649901"
RINGS = int(os.environ.get("SPRINGLINE_RINGS", "6"))

# Milliseconds from the first sign of a ring (a scene that rings, a pop asked for) to the customer shown.
_WATCH_POPS = """
() => {
  window.popTimes = []
  let rang = null
  new MutationObserver(() => {
    const pop = document.querySelector('.customer[data-pop]')
    const sign = pop || document.querySelector('.scene-ringing')
    if (!sign) rang = null
    else if (rang === null) rang = performance.now()
    if (rang > 0 && pop && pop.dataset.pop !== 'loading') {
      window.popTimes.push(performance.now() - rang)
      rang = -1
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true })
}
"""

_POPS_ASKED = (
    "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/pop')).map(e => e.duration)"
)


def rows(one: Desk, sql: str, *values: object) -> list[Any]:
    """As they are on the disk, past the API."""
    with sqlite3.connect(one.house.settings.home / "springline.sqlite3") as database:
        return database.execute(sql, values).fetchall()


async def rung_by(one: Desk, number: str) -> Customer:
    caller = await one.house.customer(number)
    await caller.press("0")
    await one.rings()
    return caller


async def tab_until(one: Desk, wanted: Locator, at_most: int = 40) -> None:
    for _ in range(at_most):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await one.key("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def order_form(one: Desk) -> Locator:
    return one.page.locator("section[data-order-form]")


def placed(one: Desk) -> Locator:
    return one.page.get_by_role("region", name="已下单")


async def test_the_customer_is_on_the_screen_while_it_rings(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await one.page.evaluate(_WATCH_POPS)
    for _ in range(RINGS):
        caller = await rung_by(one, WANG)
        await expect(one.customer).to_contain_text("王女士")
        await expect(one.call).to_contain_text("王女士")
        await expect(one.customer).to_contain_text("上次：18.9L 山泉水 ×2")
        await caller.leave()
        await expect(one.customer).to_have_count(0)
    times = sorted(round(ms) for ms in await one.page.evaluate("popTimes"))
    asked = sorted(round(ms) for ms in await one.page.evaluate(_POPS_ASKED))
    sys.stdout.write(f"\nring to customer visible, ms: {times}; of it the server's answer: {asked}\n")
    assert len(times) == RINGS


async def test_the_same_again_by_keys(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, WANG)
    await expect(one.customer).to_contain_text(re.compile(r"水票\d+ 张"))
    await expect(one.customer).to_contain_text("欠桶1")
    await looked_at(one, "20-ringing-known")
    read, waiting = await one.customer.bounding_box(), await one.page.locator(".card.queue").bounding_box()
    await one.key("Space")
    await one.talks()
    # What the agent reads stays where it was.
    assert await one.customer.bounding_box() == read
    assert await one.page.locator(".card.queue").bounding_box() == waiting
    await one.key("F2")
    quantity = order_form(one).get_by_label("数量 山泉水 18.9 升")
    await expect(quantity).to_be_focused()
    await one.type("3")
    await expect(order_form(one)).to_contain_text("您要山泉水 18.9 升 3 桶")
    await looked_at(one, "21-same-again")
    await one.key("Enter")
    await expect(one.page.locator("[data-place]")).to_be_focused()
    await one.key("Enter")
    await expect(placed(one)).to_contain_text("18.9L 山泉水 ×3")
    await expect(placed(one).get_by_role("button", name="再下一单")).to_be_focused()
    await looked_at(one, "22-placed")
    call = caller.trail.call_id
    lines = "SELECT l.qty, l.vouchers FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id"
    assert rows(one, f"{lines} WHERE o.call_id = ?", call) == [(3, 3)]
    await expect(one.customer).to_contain_text("进行中1")
    await a_second_one_is_asked_about(one, call)
    await caller.leave()
    await opened_from_the_list(one)


async def opened_from_the_list(one: Desk) -> None:
    """After the call its customer is one press away, without the number being typed."""
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()
    await one.history.get_by_role("button", name=re.compile("打开客户")).first.click()
    await expect(one.customer).to_contain_text("王女士")


async def a_second_one_is_asked_about(one: Desk, call: str | None) -> None:
    await one.key("F2")
    await expect(placed(one).get_by_role("button", name="再下一单")).to_be_focused()
    await one.key("Enter")
    await expect(order_form(one)).to_contain_text("您要山泉水")
    await one.key("Control+Enter")
    await expect(one.page.get_by_role("button", name="不，是同一单")).to_be_focused()
    await looked_at(one, "23-second-order")
    await one.key("Enter")
    assert len(rows(one, "SELECT id FROM orders_order WHERE call_id = ?", call)) == 1


async def test_a_strangers_first_order_by_keys(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, STRANGER)
    await expect(one.customer).to_contain_text("首次订水请提供地址")
    await one.key("Space")
    await one.talks()
    await expect(one.customer.get_by_label("地址", exact=True)).to_be_focused()
    await one.type("霍山县衡山镇文峰路8号")
    await expect(one.customer.get_by_label("区县")).to_have_value("341525")
    await tab_until(one, one.customer.get_by_label("楼层"))
    await one.type("6")
    await one.key("Tab")
    await one.key("ArrowLeft")
    await expect(one.customer.get_by_role("radio", name="无")).to_be_checked()
    await tab_until(one, one.customer.get_by_label("称呼"))
    await one.type("郑师傅")
    await expect(order_form(one)).to_contain_text("押桶 1 只")
    await looked_at(one, "24-first-order")
    await one.key("Control+Enter")
    await expect(placed(one)).to_be_visible()
    await expect(one.customer).to_contain_text("郑师傅")
    await expect(placed(one).get_by_role("button", name="再下一单")).to_be_focused()
    await looked_at(one, "24-first-order-placed")
    await expect(one.customer.get_by_role("button", name=re.compile("绑定|回到来电"))).to_have_count(0)
    found = rows(
        one,
        "SELECT o.call_id, c.name, c.created_from_call, p.e164, a.county, a.floor, a.lift FROM orders_order o"
        " JOIN customers_customer c ON c.id = o.customer_id"
        " JOIN customers_customerphone p ON p.customer_id = c.id"
        " JOIN customers_customeraddress a ON a.customer_id = c.id WHERE c.name = '郑师傅'",
    )
    call = caller.trail.call_id
    assert found == [(call, "郑师傅", call, f"+86{STRANGER}", "341525", 6, "no")]
    await caller.leave()


async def test_a_number_that_stands_for_all_matches_nobody(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await rung_by(one, one.house.hotline)
    await expect(one.customer).to_contain_text("未识别的来电")
    await one.key("Space")
    await one.talks()
    told = one.customer.get_by_label("客户说的号码")
    await expect(told).to_be_focused()
    await looked_at(one, "25-unidentified")
    await one.type("138")
    await one.key("Enter")
    await expect(one.customer.get_by_role("alert")).to_contain_text("不是完整的电话号码")
    await told.fill("138 0564 0002")
    await one.key("Enter")
    await expect(one.customer).to_contain_text("陈老师")
    assert (
        rows(one, "SELECT id FROM customers_customerphone WHERE e164 LIKE ?", f"%{one.house.hotline}") == []
    )
    await caller.leave()


async def test_a_customer_is_found_by_initials_and_opened_without_a_call(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    await one.key("/")
    await expect(one.page.get_by_role("combobox", name="搜索客户")).to_be_focused()
    await one.type("lns")
    await expect(one.page.get_by_role("option").first).to_contain_text("刘女士")
    await one.key("Escape")
    await one.type("0005")
    await expect(one.page.get_by_role("option").first).to_contain_text("刘女士")
    await looked_at(one, "26-search")
    await one.key("Enter")
    await expect(one.customer).to_contain_text("刘女士")
    await expect(order_form(one)).to_contain_text("您要山泉水 18.9 升 3 桶")
    await looked_at(one, "27-customer-without-a-call")
