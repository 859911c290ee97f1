"""What couriers did and nobody could book, and their cash: decided and signed off at the desk."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import OpenDesk
from tests.browser.phone import Agent, Phone, rows
from tests.browser.test_looks import looked_at
from tests.support.desk_house import DeskHouse
from tests.support.seed_home import COURIERS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def phone(whole_house: DeskHouse, chromium: Browser) -> AsyncIterator[Phone]:
    one = await Phone.open(whole_house, chromium)
    await one.sign_in(COURIERS[0])
    await one.kept()
    await one.begins_work()
    yield one
    await one.ends_work()
    await one.close()


async def posts(phone: Phone, path: str, **body: Any) -> Any:
    cookies = {cookie["name"]: cookie["value"] for cookie in await phone.context.cookies()}
    answer = await phone.context.request.post(
        f"{phone.house.settings.web_url}{path}",
        data=body,
        headers={"X-CSRFToken": cookies["csrftoken"], "Referer": phone.url},
    )
    assert answer.ok, await answer.text()
    return await answer.json()


async def reports_too_much(phone: Phone, order: dict[str, Any]) -> dict[str, Any]:
    """Five buckets of an order of one, and money: it does not fit."""
    [(task,)] = rows(phone.house, "select id from delivery_deliverytask where order_id = ?", order["id"])
    [(line,)] = rows(phone.house, "select id from orders_orderline where order_id = ?", order["id"])
    now = datetime.now(UTC).isoformat()
    action = {
        "key": str(uuid.uuid4()),
        "task_id": task,
        "kind": "deliver",
        "at": now,
        "payload": {"lines": [{"id": line, "qty": 5}], "cash_fen": 4000, "vouchers": 0},
    }
    answer = await posts(phone, "/api/courier/sync", device_id="phone", sent_at=now, actions=[action])
    result: dict[str, Any] = answer["results"][0]
    return result


async def test_a_conflict_is_corrected_and_the_day_signed_off(
    whole_house: DeskHouse, chromium: Browser, phone: Phone, desk: OpenDesk
) -> None:
    agent = await Agent.open(whole_house, chromium)
    order = await agent.places(1)
    result = await reports_too_much(phone, order)
    assert (result["status"], result["code"]) == ("conflict", "lines_changed")

    chief = await desk()
    await chief.sign_in("monitor")
    tab = chief.page.get_by_role("tab", name=re.compile("对账"))
    await expect(tab.locator(".badge")).to_be_visible()
    await tab.click()
    card = chief.page.get_by_role("article").filter(has_text=order["no"])
    await expect(card).to_contain_text("未计入")
    await expect(card).to_contain_text("5 桶（订 1）")
    await looked_at(chief, "20-courier-conflict")
    # Nothing is decided without saying why.
    await card.get_by_role("button", name="不计入", exact=True).click()
    await expect(chief.page.get_by_text("请先填写处理说明。")).to_be_visible()
    await card.get_by_role("button", name="更正后计入").click()
    form = card.get_by_role("form", name="按实际情况更正")
    await form.get_by_label(re.compile("送下")).fill("1")
    await form.get_by_label("现金").fill("20")
    await card.get_by_label("处理说明（必填）").fill("电话核实，只送了一桶")
    await looked_at(chief, "21-courier-correction")
    await form.get_by_role("button", name="按更正计入").click()
    await expect(card).to_have_count(0)
    decided = "select applied, decision, closing_note from delivery_syncconflict where decision = 'corrected'"
    assert rows(whole_house, decided) == [(1, "corrected", "电话核实，只送了一桶")]
    booked = "select state, delivered_qty, cash_fen from delivery_deliverytask where order_id = ?"
    assert rows(whole_house, booked, order["id"]) == [("delivered", 1, 2000)]
    await the_rest_is_looked_at(chief)
    await the_day_is_signed(whole_house, phone, chief)
    await a_stopped_batch_is_called_back(whole_house, phone, chief)


async def the_rest_is_looked_at(chief: Any) -> None:
    """What other tests left behind."""
    cards = chief.page.get_by_role("tabpanel").get_by_role("article")
    while await cards.count():
        left = await cards.count()
        await cards.first.get_by_label("处理说明（必填）").fill("已核对")
        await cards.first.get_by_role("button", name=re.compile("^(不计入|已核对)$")).click()
        await expect(cards).to_have_count(left - 1)
    await expect(chief.page.get_by_text("没有未处理的冲突。")).to_be_visible()


async def the_day_is_signed(house: DeskHouse, phone: Phone, chief: Any) -> None:
    day = await (await phone.context.request.get(f"{house.settings.web_url}/api/courier/settlement")).json()
    brings = day["to_hand_fen"] - 500
    await posts(phone, "/api/courier/settlement", day=day["day"], cash_fen=brings, key=str(uuid.uuid4()))
    await chief.page.get_by_role("button", name=re.compile("日结")).first.click()
    name = rows(house, "select c.name from delivery_courier c join accounts_user u on u.id = c.user_id"
                " where u.username = ?", COURIERS[0])[0][0]  # fmt: skip
    card = chief.page.get_by_role("article", name=name)
    await expect(card).to_contain_text("少 ¥5.00")
    await expect(card.get_by_role("button", name="签字日结")).to_be_disabled()
    await looked_at(chief, "22-courier-day")
    await card.get_by_label("与应交不符，请写明原因").fill("找零不足")
    await card.get_by_role("button", name="确认清点").click()
    await expect(card).to_contain_text("清点")
    await card.get_by_label("差额原因").fill("找零不足，明天补")
    await card.get_by_role("button", name="签字日结").click()
    await expect(card).to_contain_text("已签字")
    await expect(card.get_by_role("button", name="签字日结")).to_have_count(0)
    await looked_at(chief, "23-courier-day-signed")
    await phone.tab("结算")
    await expect(phone.page.get_by_text("已签字日结。")).to_be_visible()
    await phone.page.screenshot(path="test-results/courier/10-day-signed.png")
    audited = "select why from accounts_auditrow where what = 'day.signed'"
    assert rows(house, audited) == [("找零不足，明天补",)]


async def a_stopped_batch_is_called_back(house: DeskHouse, phone: Phone, chief: Any) -> None:
    """The desk sees what the courier loaded, and the courier that it must not be delivered."""
    [(batch, number)] = rows(
        house,
        "select b.id, b.batch_no from catalog_batch b join catalog_product p on p.id = b.product_id"
        " where p.sku = 'SPRING-5'",
    )
    told = {"sku": "SPRING-5", "batch_no": number, "qty": 12, "key": str(uuid.uuid4())}
    now = datetime.now(UTC).isoformat()
    await posts(phone, "/api/courier/loads", **told, at=now, sent_at=now)
    await chief.page.get_by_role("button", name=re.compile("^装车")).click()
    card = chief.page.get_by_role("article").filter(has_text="山泉水 5 升")
    await expect(card).to_contain_text("车上 12 桶")
    await phone.tab("任务")
    # Neither screen is touched: the stop itself tells them.
    await stops(chief, batch)
    await expect(card).to_contain_text("已停售：有异味")
    await expect(phone.page.get_by_role("alert")).to_contain_text(
        f"批次 {number}（山泉水 5 升一次性桶）已停售（有异味）"
    )
    await looked_at(chief, "24-loads")
    await phone.page.get_by_role("link", name=re.compile("装车登记")).click()
    await expect(phone.page.get_by_role("alert")).to_be_visible()
    assert await phone.faults() == []
    await phone.page.screenshot(path="test-results/courier/14-recalled.png")
    await phone.button(f"改：{number}，12").click()
    await phone.page.screenshot(path="test-results/courier/15-bring-back.png")
    assert await phone.faults() == []
    await phone.page.get_by_role("dialog").get_by_role("button", name="退回站点 12 桶").click()
    await expect(phone.page.get_by_role("alert")).to_have_count(0)
    await expect(card).to_have_count(0)
    await phone.button("返回").click()


async def stops(chief: Any, batch: int) -> None:
    context = chief.page.context
    cookies = {cookie["name"]: cookie["value"] for cookie in await context.cookies()}
    origin = await chief.page.evaluate("location.origin")
    answer = await context.request.post(
        f"{origin}/api/catalog/batches/{batch}/stop",
        data={"reason": "有异味"},
        headers={"X-CSRFToken": cookies["csrftoken"], "Referer": f"{origin}/"},
    )
    assert answer.ok, await answer.text()
