"""The courier's phone in the real house: what is done without a network arrives exactly once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.phone import Agent, Phone, photo, rows
from tests.support.desk_house import DeskHouse
from tests.support.seed_home import COURIERS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PICTURES = Path("test-results/courier")
ZHOU, WU = COURIERS


@pytest_asyncio.fixture(loop_scope="session")
async def agent(whole_house: DeskHouse, chromium: Browser) -> Agent:
    return await Agent.open(whole_house, chromium)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(whole_house: DeskHouse, chromium: Browser) -> AsyncIterator[Phone]:
    """At work. A page that complained on its console fails the test."""
    one = await Phone.open(whole_house, chromium)
    await one.sign_in(ZHOU)
    await one.kept()
    await one.begins_work()
    yield one
    await one.close()
    assert one.problems == []


async def accepts(phone: Phone) -> None:
    """The offer shows by itself."""
    await expect(phone.button("接单")).to_be_visible()
    await phone.button("接单").click()
    await expect(phone.button("接单")).to_have_count(0)
    await phone.all_sent()


async def looked_at(phone: Phone, name: str) -> None:
    """Pictures in every width and theme; fails with what axe found, or what is cut off at the side."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        await phone.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 390, 430):
            await phone.page.set_viewport_size({"width": width, "height": 844})
            path = PICTURES / f"{name}-{width}-{scheme}.png"
            await phone.page.screenshot(path=path, animations="disabled")
            wide = await phone.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            found += [f"{width} {scheme}: {wide} px too wide"] if wide > 0 else []
            found += [f"{width} {scheme}: {fault}" for fault in await phone.faults()]
    assert found == []


async def test_a_delivery_in_a_dead_zone_is_booked_once(phone: Phone, agent: Agent) -> None:
    order = await agent.places()
    await accepts(phone)
    await looked_at(phone, "1-task")
    await phone.loses_network()
    # The phone ends the app, as phones do.
    await phone.page.reload()
    await phone.button("送达").click()
    await phone.page.locator("input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    await expect(phone.page.get_by_role("img", name="照片 1")).to_be_visible()
    await looked_at(phone, "2-deliver")
    await phone.button("确认送达").click()
    await expect(phone.bar).to_contain_text("离线，1 项待同步")
    await looked_at(phone, "3-offline")
    await phone.page.reload()
    await expect(phone.bar).to_contain_text("离线，1 项待同步")
    other = await phone.another_tab()
    await expect(other.locator(".bars")).to_contain_text("离线，1 项待同步")
    await phone.finds_network()
    await phone.all_sent()
    await expect(other.locator(".bars .line")).to_have_count(0)
    assert_booked_once(phone.house, order["id"])
    # Whatever comes later is no repetition either.
    await phone.page.reload()
    await phone.all_sent()
    assert_booked_once(phone.house, order["id"])
    await phone.tab("结算")
    await expect(phone.page.get_by_text("1 单").first).to_be_visible()
    await looked_at(phone, "4-day")


def assert_booked_once(house: DeskHouse, order: int) -> None:
    delivered = rows(
        house,
        "select a.status, t.state, t.vouchers from delivery_syncaction a join delivery_deliverytask t"
        " on t.id = a.task_id where a.kind = 'deliver' and t.order_id = ?",
        order,
    )
    assert delivered == [("done", "delivered", 2)]
    redeemed = "select sum(qty) from vouchers_voucherentry where kind = 'redeem' and order_id = ?"
    assert rows(house, redeemed, order) == [(2,)]
    pictures = (
        "select p.width, p.height from delivery_photo p join delivery_deliverytask t on t.id = p.task_id"
        " where t.order_id = ?"
    )
    assert rows(house, pictures, order) == [(1600, 1067)]


async def test_what_was_cancelled_meanwhile_is_told_until_it_is_read(phone: Phone, agent: Agent) -> None:
    order = await agent.places(1)
    await accepts(phone)
    await phone.loses_network()
    await phone.button("取水出发（1 单）").click()
    await expect(phone.bar).to_contain_text("离线，1 项待同步")
    await agent.cancels(order)
    await phone.finds_network()
    await phone.all_sent()
    await expect(phone.page.get_by_text("现在没有任务")).to_be_visible()
    await phone.page.reload()
    await phone.button("1 条消息要看").click()
    notice = phone.page.get_by_role("article").filter(has_text="取水出发")
    await expect(notice).to_contain_text("需要核对")
    await expect(notice).to_contain_text("已撤回")
    await looked_at(phone, "5-conflict")
    await notice.get_by_role("button", name="知道了").click()
    await expect(notice.get_by_role("button", name="知道了")).to_have_count(0)
    await expect(notice).to_be_visible()


async def test_another_courier_neither_sees_nor_sends_what_waits(phone: Phone, agent: Agent) -> None:
    order = await agent.places(1)
    await accepts(phone)
    await phone.loses_network()
    await phone.button("取水出发（1 单）").click()
    await phone.tab("我的")
    await phone.button("退出登录").click()
    await expect(phone.page.get_by_role("dialog")).to_contain_text("还有 1 项没有同步")
    await looked_at(phone, "6-sign-out")
    await phone.page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    await expect(phone.page.get_by_label("用户名")).to_be_visible()
    await looked_at(phone, "7-sign-in")
    await phone.finds_network()
    await phone.sign_in(WU)
    await phone.all_sent()
    await expect(phone.page.get_by_text("现在没有任务")).to_be_visible()
    state = "select state from delivery_deliverytask where order_id = ?"
    assert rows(phone.house, state, order["id"]) == [("accepted",)]
    await phone.tab("我的")
    await phone.button("退出登录").click()
    await phone.page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    await phone.sign_in(ZHOU)
    await phone.all_sent()
    assert rows(phone.house, state, order["id"]) == [("picked_up",)]
    # A courier who fails says why; the water goes back.
    await phone.button("送不了").click()
    await phone.page.get_by_text("没人在家").click()
    await looked_at(phone, "8-fail")
    await phone.button("确认送不了").click()
    await phone.is_at_tasks()
    await phone.all_sent()
    failed = "select state, fail_code from delivery_deliverytask where order_id = ?"
    assert rows(phone.house, failed, order["id"]) == [("failed", "F1")]


async def test_a_session_that_ends_loses_nothing(phone: Phone, agent: Agent) -> None:
    order = await agent.places(1)
    await accepts(phone)
    await phone.loses_network()
    await phone.button("取水出发（1 单）").click()
    await phone.context.clear_cookies()
    await phone.finds_network()
    await expect(phone.page.get_by_text("登录已过期，请重新登录。")).to_be_visible()
    await expect(phone.page.get_by_text(re.compile("还有 1 项没有同步"))).to_be_visible()
    await expect(phone.page.get_by_label("用户名")).to_have_value(ZHOU)
    await looked_at(phone, "9-expired")
    await phone.sign_in(ZHOU)
    await phone.all_sent()
    assert rows(phone.house, "select state from delivery_deliverytask where order_id = ?", order["id"]) == [
        ("picked_up",)
    ]
    await phone.button("送达").click()
    await phone.button("确认送达").click()
    await phone.is_at_tasks()
    await phone.all_sent()
    await phone.ends_work()


async def test_a_browser_that_keeps_nothing_says_so_and_works_online(
    whole_house: DeskHouse, chromium: Browser
) -> None:
    private = await Phone.open(
        whole_house, chromium, "Object.defineProperty(window, 'indexedDB', { value: undefined })"
    )
    await private.sign_in(WU)
    await expect(private.bar).to_contain_text("这个浏览器不能保存数据")
    await private.button("上班").click()
    await expect(private.button("下班")).to_be_visible()
    await private.ends_work()
    await private.close()
    assert private.problems == []


async def test_a_full_phone_says_that_the_step_is_not_saved(
    whole_house: DeskHouse, chromium: Browser
) -> None:
    full = await Phone.open(
        whole_house,
        chromium,
        "IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') }",
    )
    await full.sign_in(WU)
    await full.button("上班").click()
    await expect(full.page.get_by_role("alert")).to_contain_text("这一步没有保存")
    await expect(full.button("上班")).to_be_visible()
    await full.close()


async def test_a_load_without_a_network_counts_once_and_a_wrong_one_holds_up_nothing(
    phone: Phone, agent: Agent
) -> None:
    order = await agent.places(2)
    await accepts(phone)
    [(number,)] = rows(
        phone.house,
        "select b.batch_no from catalog_batch b join catalog_product p on p.id = b.product_id"
        " where p.sku = 'SPRING-18.9' and not b.stop_sale order by b.produced desc limit 1",
    )
    link = phone.page.get_by_role("link", name=re.compile(r"装车登记（还差 \d+）"))
    # Tasks that other tests left open count as well.
    missing = int("".join(re.findall(r"\d+", await link.inner_text())))
    await link.click()
    await expect(phone.page.get_by_role("radio", name=re.compile("山泉水 18.9 升"))).to_be_checked()
    await expect(phone.page.get_by_label("批次号（桶口标签）")).to_have_value(number)
    await looked_at(phone, "10-loads")
    await phone.loses_network()
    # The phone ends the app, as phones do.
    await phone.page.reload()
    await phone.page.get_by_label("批次号（桶口标签）").fill("X-1")
    await looked_at(phone, "11-loads-unknown")
    await phone.button(f"登记装车 {missing} 桶").click()
    await expect(phone.bar).to_contain_text("离线，1 项待同步")
    await expect(phone.button("登记装车 0 桶")).to_be_enabled()
    await phone.page.get_by_label("批次号（桶口标签）").fill(number)
    await phone.button("加 5").click()
    await phone.button("加 5").click()
    await phone.button("登记装车 10 桶").click()
    await expect(phone.bar).to_contain_text("离线，2 项待同步")
    await phone.button("返回").click()
    await phone.button("取水出发（1 单）").click()
    await expect(phone.bar).to_contain_text("离线，3 项待同步")
    await phone.finds_network()
    await phone.all_sent()
    await phone.page.reload()
    await phone.all_sent()
    assert moves(phone.house) == [("loaded", number, 10)]
    state = "select state from delivery_deliverytask where order_id = ?"
    assert rows(phone.house, state, order["id"]) == [("picked_up",)]
    await puts_right_and_takes_back(phone, number, missing)
    await phone.button("送达").click()
    await phone.button("确认送达").click()
    await phone.is_at_tasks()
    await phone.all_sent()
    await phone.tab("结算")
    await expect(phone.page.locator("dl")).to_contain_text(f"装车{missing} 桶")
    await phone.ends_work()


async def puts_right_and_takes_back(phone: Phone, number: str, missing: int) -> None:
    """The refused load stays to be mended; the other one was a mistake too."""
    await phone.button("1 条消息要看").click()
    notice = phone.page.get_by_role("article").filter(has_text="X-1")
    await expect(notice).to_contain_text("这种水没有批次 X-1")
    await looked_at(phone, "12-load-refused")
    await notice.get_by_role("button", name="改正").click()
    await expect(phone.page.get_by_text("改正：装车")).to_be_visible()
    await phone.page.get_by_label("批次号（桶口标签）").fill(number)
    await phone.button(f"登记装车 {missing} 桶").click()
    await phone.all_sent()
    await expect(phone.bar).not_to_contain_text("条消息要看")
    await looked_at(phone, "13-loaded")
    await phone.button(f"改：{number}，10").click()
    await phone.page.get_by_role("dialog", name="装车 10 桶").get_by_role("button", name="记错了").click()
    await expect(phone.button(f"改：{number}，10")).to_have_count(0)
    await phone.all_sent()
    assert moves(phone.house) == [
        ("loaded", number, missing),
        ("loaded", number, 10),
        ("undone", number, 10),
    ]
    await phone.button("返回").click()
    await phone.tab("任务")


def moves(house: DeskHouse) -> list[tuple[Any, ...]]:
    return rows(
        house,
        "select r.move, b.batch_no, r.qty from delivery_batchonroad r"
        " join catalog_batch b on b.id = r.batch_id where r.move <> 'delivered' order by r.move, r.qty",
    )


async def test_it_can_be_installed(phone: Phone) -> None:
    link = await phone.page.locator("link[rel=manifest]").get_attribute("href")
    answer = await phone.context.request.get(f"{phone.house.settings.web_url}{link}")
    manifest = await answer.json()
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (
        "/courier/",
        "/courier/",
        "standalone",
    )
    for icon in manifest["icons"]:
        picture = await phone.context.request.get(
            f"{phone.house.settings.web_url}/static/courier/{icon['src']}"
        )
        assert picture.ok
    scope = await phone.page.evaluate("navigator.serviceWorker.ready.then((worker) => worker.scope)")
    assert scope == phone.url
