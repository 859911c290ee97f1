"""After-sales by keys alone: a voucher that was refused, and bad water with its batch."""

from __future__ import annotations

import asyncio
import io
import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Route, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.phone import rows
from tests.browser.test_looks import looked_at
from tests.support.customer import Customer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Of the demo: six vouchers for spring water, and a last order of it.
WANG = "13805640001"
TICKET_WIDTH = 640


async def talks_with_wang(one: Desk) -> Customer:
    """She pressed 2, after-sales."""
    caller = await one.house.customer(WANG)
    await caller.press("2")
    await one.rings()
    await one.key("Space")
    await one.talks()
    await expect(one.customer).to_contain_text("王女士")
    return caller


async def panel_of(one: Desk, customer: int) -> Any:
    return await (await one.ask("GET", f"/api/vouchers/customers/{customer}")).json()


async def wang_id(one: Desk) -> int:
    found = await (await one.ask("GET", f"/api/customers?q={WANG}")).json()
    return int(found["items"][0]["id"])


async def a_reason_chosen(one: Desk, code: str) -> tuple[Locator, Locator]:
    """Why a voucher cannot be used, by keys; the panel of vouchers, and the card that mends it."""
    panel = one.page.get_by_role("region", name="水票")
    await one.key("F3")
    await expect(panel.get_by_role("combobox", name="水票用不了？选择原因")).to_be_focused()
    await one.type(code)
    await one.key("Enter")
    return panel, panel.get_by_role("article", name=f"处理 {code}")


async def test_a_voucher_for_other_water_is_mended_by_keys_alone(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    panel = one.page.get_by_role("region", name="水票")
    await one.key("F3")
    await expect(panel).to_contain_text("6张可用")
    before = (await panel_of(one, await wang_id(one)))["balance"]["available"]
    await one.tab_to("核销")
    await one.key("Enter")
    form = panel.get_by_role("form", name="核销")
    water = form.get_by_role("combobox", name="水", exact=True)
    await expect(water).to_be_focused()
    while await water.input_value() != "MINERAL-18.9":
        await one.key("ArrowDown")
    await one.key("Enter")
    card = panel.get_by_role("article", name="处理 T02")
    await expect(card).to_contain_text("专用票不适用该水种或规格")
    await expect(card).to_contain_text("这张票是另一款水专用的")
    await expect(card.get_by_role("timer")).to_contain_text("/ 03:00")
    await expect(card.get_by_role("button", name="改送票能用的水")).to_be_focused()
    await looked_at(one, "12-voucher-refused")
    await one.key("2")
    convert = card.get_by_role("form", name="折算成这款水")
    await expect(convert).to_contain_text("需补差价 ¥")
    await looked_at(one, "13-voucher-fix")
    await one.key("Enter")
    await expect(one.page.get_by_text(f"已处理。请告诉客户还剩 {before - 1} 张。")).to_be_visible()
    await expect(card).to_have_count(0)
    found = await panel_of(one, await wang_id(one))
    case = found["cases"][0]
    assert (case["code"], case["remedy"], case["state"]) == ("T02", "convert", "resolved")
    assert case["clock"]["state"] == "met"
    assert found["balance"]["available"] == before - 1
    await caller.leave()
    await one.shows_state("话后整理")
    await expect(one.page.get_by_text("本次通话处理了水票问题 T02")).to_be_visible()
    await expect(one.page.get_by_role("radio", name="水票咨询")).to_be_checked()
    await looked_at(one, "14-wrap-up-voucher")
    await one.page.get_by_role("radio", name="水票咨询").focus()
    await one.key("Enter")
    await expect(one.page.get_by_text("小结已保存。")).to_be_visible()
    await one.is_idle()
    await a_line_of_the_statement_leads_to_the_call(one)


async def test_a_one_time_code_redeems_for_a_courier_without_network(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    panel = one.page.get_by_role("region", name="水票")
    await one.key("F3")
    before = (await panel_of(one, await wang_id(one)))["balance"]["available"]
    await expect(panel.get_by_role("combobox", name="水票用不了？选择原因")).to_be_focused()
    # Each letter changes the list at once; only Enter means it.
    await one.type("T07")
    await one.key("Enter")
    card = panel.get_by_role("article", name="处理 T07")
    await expect(card).to_contain_text("先把水留下")
    await expect(card.get_by_role("button", name="验证码核销")).to_be_focused()
    await one.key("1")
    form = card.get_by_role("form", name="验证码核销")
    await expect(form.get_by_role("button", name="发验证码")).to_be_focused()
    await one.key("Enter")
    await expect(form).to_contain_text("已发到 138****0001")
    await looked_at(one, "19-one-time-code")
    # Back to the form from wherever the keyboard is.
    await one.key("F4")
    await one.key("F3")
    await expect(form.get_by_role("combobox", name="水", exact=True)).to_be_focused()
    query = "select body from messaging_message where body like '%voucher_code%' order by id desc limit 1"
    code = json.loads(rows(one.house, query)[0][0])["params"][0]
    await form.get_by_label("客户念的验证码").fill(f"{(int(code) + 1) % 10**6:06d}")
    await one.key("Enter")
    await expect(form.get_by_role("alert")).to_contain_text("验证码不对或已过期")
    await form.get_by_label("客户念的验证码").fill(code)
    await one.key("Enter")
    await expect(one.page.get_by_text(f"请告诉客户还剩 {before - 1} 张。")).to_be_visible()
    mine = panel.get_by_role("region", name="24 小时内的核销")
    await expect(mine).to_contain_text("24 小时内可请班长在这里撤销")
    await expect(mine.get_by_role("button")).to_have_count(0)
    await caller.leave()
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()
    await a_supervisor_reverses_it(desk, before)


async def a_supervisor_reverses_it(desk: OpenDesk, before: int) -> None:
    chief = await desk()
    await chief.sign_in("monitor")
    await expect(chief.page.get_by_role("combobox", name="搜索客户")).to_be_visible()
    await chief.key("/")
    await chief.type(WANG[-4:])
    await chief.key("Enter")
    await expect(chief.customer).to_contain_text("王女士")
    await chief.key("F3")
    redeemed = chief.page.get_by_role("region", name="24 小时内的核销")
    first = redeemed.get_by_role("button", name=re.compile("^撤销 .* 的核销")).first
    await first.focus()
    await chief.key("Enter")
    form = redeemed.get_by_role("form", name="撤销核销")
    await expect(form).to_contain_text("1 张水票退回客户账户")
    await expect(form.get_by_label("撤销的原因")).to_be_focused()
    await chief.type("送错客户")
    await looked_at(chief, "21-reverse")
    await chief.key("Enter")
    await expect(chief.page.get_by_text("已撤销核销，1 张水票已退回")).to_be_visible()
    await expect(redeemed).to_contain_text("已撤销")
    assert (await panel_of(chief, await wang_id(chief)))["balance"]["available"] == before


async def a_line_of_the_statement_leads_to_the_call(one: Desk) -> None:
    page = await one.ask("GET", f"/api/vouchers/customers/{await wang_id(one)}/statement.html")
    link = re.search(r'href="([^"]+/desk/calls/[^"]+)"', await page.text())
    assert link is not None
    await one.page.goto(link[1])
    record = one.page.get_by_role("dialog")
    await expect(record).to_contain_text("坐席小安 接听")
    await looked_at(one, "18-linked-call")
    pdf = await one.ask("GET", f"/api/vouchers/customers/{await wang_id(one)}/statement.pdf")
    assert (await pdf.body()).startswith(b"%PDF-")


async def test_bad_water_is_filed_by_keys_and_its_batch_stopped_by_one_click(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    await one.key("F8")
    form = one.page.get_by_role("form", name="登记投诉")
    await expect(form.get_by_role("radio", name="配送")).to_be_focused()
    await one.key("ArrowLeft")
    await expect(form.get_by_role("radio", name="水质")).to_be_checked()
    await expect(form).to_contain_text("先停止饮用")
    await one.key("Control+Enter")
    # What must be asked is asked: the first open question has the focus.
    await expect(form.get_by_role("radio", name="已停止")).to_be_focused()
    await one.key("Space")
    await one.tab_to("没有不适", "radio")
    await one.key("Space")
    await one.tab_to("批次号（桶口或标签上）", "textbox")
    await one.type("t-2026 1120")
    await one.tab_to("客户怎么说", "textbox")
    await one.type("昨天送的两桶有塑料味")
    await looked_at(one, "15-complaint-form")
    await one.key("Control+Enter")
    card = one.page.get_by_role("article", name=re.compile(r"TS\d{8}-\d{3}"))
    await expect(card).to_contain_text("批次 T-20261120")
    await expect(card).to_contain_text("还剩 1:59")
    await looked_at(one, "16-complaint")
    await expect(one.customer).to_contain_text("未结投诉1")
    await another_of_the_same_batch(one)
    await a_supervisor_decides(desk)
    await caller.leave()
    await one.shows_state("话后整理")
    await expect(one.page.get_by_role("radio", name="投诉")).to_be_checked()
    await one.key("Control+Enter")
    await one.is_idle()


async def another_of_the_same_batch(one: Desk) -> None:
    other = {
        "request_key": "another-of-the-batch",
        "kind": "quality",
        "customer_id": await wang_id(one),
        "answers": {"stopped": "yes", "body": "fine", "batch": "T-20261120"},
        "text": "水里有漂浮物",
    }
    assert (await one.ask("POST", "/api/complaints", other)).ok


async def a_supervisor_decides(desk: OpenDesk) -> None:
    """The catalogue does not know this batch, and says so; a reason closes the question."""
    chief = await desk()
    await chief.sign_in("monitor")
    await chief.page.get_by_role("tab", name=re.compile("投诉")).click()
    await chief.page.get_by_role("button", name=re.compile("待决定")).click()
    alert = chief.page.get_by_role("article").filter(has_text="批次 T-20261120 有 2 起水质投诉")
    await expect(alert).to_contain_text("昨天送的两桶有塑料味")
    await expect(alert.get_by_role("button", name="立即停售")).to_be_disabled()
    await looked_at(chief, "17-batch-to-decide")
    await alert.get_by_label("不停售的原因").fill("批次号读错，已核对")
    await alert.get_by_role("button", name="不停售", exact=True).click()
    await expect(alert).to_have_count(0)


async def test_a_reason_chosen_by_mistake_is_taken_back(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    panel, card = await a_reason_chosen(one, "T09")
    await expect(card).to_be_visible()
    await one.tab_to("选错了原因，撤回")
    await one.key("Enter")
    await expect(card).to_have_count(0)
    await expect(panel.get_by_role("combobox", name="水票用不了？选择原因")).to_be_focused()
    await expect(panel).to_contain_text("选错原因，已撤回")
    await told_twice_in_one_call(one)
    await caller.leave()
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()


async def told_twice_in_one_call(one: Desk) -> None:
    """It is one case; what was done is said, and something else can be done."""
    for before, key in (("对客户说", "1"), ("本次通话已按“看流水”处理过", "3")):
        panel, card = await a_reason_chosen(one, "T10")
        await expect(card).to_contain_text(before)
        await expect(card.get_by_role("button", name="看流水")).to_be_focused()
        if key == "3":
            await looked_at(one, "32-told-again")
        await one.key(key)
        await expect(card.get_by_role("form")).to_be_visible()
        await one.key("Enter")
        await expect(card).to_have_count(0)
        await expect(panel.get_by_role("status")).to_be_visible()


async def test_a_paper_voucher_is_handed_in_with_its_photo(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    panel, card = await a_reason_chosen(one, "T09")
    await expect(card.get_by_role("button", name="登记换电子票")).to_be_focused()
    await one.key("Enter")
    await expect(card.get_by_label("票面编号")).to_be_focused()
    await one.type("ZP-2044")
    photo = card.get_by_role("group", name="纸票照片")
    # The answer waits until the share of it that has left was seen.
    seen = asyncio.Event()
    await one.page.route("**/fixes/paper/photo", lambda route: after(seen, route))
    await photo.locator("input[type=file]").first.set_input_files(files=[a_ticket()])
    await expect(photo.get_by_role("progressbar")).to_be_visible()
    await expect(photo).to_contain_text("%")
    await looked_at(one, "30-paper-photo-sending")
    seen.set()
    await expect(photo.get_by_role("img", name="纸票照片")).to_be_visible()
    await looked_at(one, "30-paper-photo")
    await card.get_by_label("票面编号").focus()
    await one.key("Enter")
    await expect(panel).to_contain_text("纸票已登记")
    await caller.leave()
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()
    chief = await desk()
    await chief.sign_in("monitor")
    await chief.page.get_by_role("tab", name="水票 1").click()
    waiting = chief.page.get_by_role("region", name="纸票待审核")
    picture = waiting.get_by_role("img", name="纸票 ZP-2044 的照片")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == TICKET_WIDTH
    await looked_at(chief, "31-papers")
    await waiting.get_by_role("button", name="换成电子票").first.click()
    await expect(waiting).to_have_count(0)


async def after(seen: asyncio.Event, route: Route) -> None:
    await seen.wait()
    await route.continue_()


def a_ticket() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (TICKET_WIDTH, 400), "#c8e0f4").save(out, "PNG")
    return {"name": "ticket.png", "mimeType": "image/png", "buffer": out.getvalue()}


async def test_a_new_number_is_bound_after_two_answers_of_three(desk: OpenDesk) -> None:
    one = await (await desk()).on_duty("1001")
    caller = await talks_with_wang(one)
    who = await wang_id(one)
    record = await (await one.ask("GET", f"/api/customers/{who}")).json()
    bought = datetime.fromisoformat((await panel_of(one, who))["lots"][0]["bought_at"])
    _panel, card = await a_reason_chosen(one, "T08")
    await expect(card.get_by_role("button", name="核身并绑定号码")).to_be_focused()
    await one.key("1")
    form = card.get_by_role("form", name="核身并绑定号码")
    await form.get_by_label("客户说的送水地址").fill(record["addresses"][0]["text"])
    await form.get_by_label("绑定哪个号码").fill("13805689908")
    await one.key("Enter")
    # One answer is not enough; what was said stays in the form.
    await expect(form.get_by_role("alert")).to_be_visible()
    await looked_at(one, "20-binding")
    await form.get_by_label("哪天买的票").fill(f"{bought.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}")
    await one.key("Enter")
    await expect(card).to_have_count(0)
    case = (await panel_of(one, who))["cases"][0]
    assert (case["code"], case["remedy"], case["state"]) == ("T08", "verify_binding", "resolved")
    found = await (await one.ask("GET", "/api/customers?q=13805689908")).json()
    assert found["items"][0]["id"] == who
    await caller.leave()
    await one.shows_state("话后整理")
    await one.wrap_up()
    await one.is_idle()
