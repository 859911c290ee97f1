"""A spreadsheet of customers, and one person's data: all of it for them, or gone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.async_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.phone import rows
from tests.browser.test_looks import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HEADER = "客户名称,手机,送水地址,积分"
GOOD = "导入甲,13805680001,霍山县衡山镇迎驾大道 9 号,3"


def file(folder: Path, name: str, *lines: str) -> Path:
    """As a Chinese spreadsheet program saves it."""
    path = folder / name
    path.write_bytes("\n".join([HEADER, *lines]).encode("gbk"))
    return path


def workbook(folder: Path) -> Path:
    """As a station keeps it: a title over the columns, a number whose leading zero the program ate."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户名单"])
    sheet.merge_cells("A1:C1")
    sheet.append(["客户名称", "电话", "送水地址"])
    sheet.append(["导入丙", 5643210007, "霍山县衡山镇迎驾大道 11 号"])
    path = folder / "客户名单.xlsx"
    book.save(path)
    return path


def read(path: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


async def supervisor(desk: OpenDesk) -> Desk:
    one = await desk()
    await one.sign_in("monitor")
    await expect(one.page.get_by_role("combobox", name="搜索客户")).to_be_visible()
    return one


async def importing(one: Desk) -> tuple[Locator, Locator]:
    """The dialog, opened by keys, and its field for the file."""
    await one.tab_to("导入客户")
    await one.key("Enter")
    dialog = one.page.get_by_role("dialog", name="导入客户")
    field = dialog.locator("input[type=file]")
    await expect(field).to_be_focused()
    return dialog, field


async def test_a_spreadsheet_is_looked_at_before_it_is_taken_in(desk: OpenDesk, tmp_path: Path) -> None:
    one = await supervisor(desk)
    dialog, field = await importing(one)
    await field.set_input_files(file(tmp_path, "坏.csv", GOOD, "导入乙,1380568,舒城县城关镇,0"))
    await expect(dialog).to_contain_text("错误 1 行")
    await expect(dialog).to_contain_text("不认识的列，不会导入：积分")
    await expect(dialog.get_by_role("row").filter(has_text="不是有效的电话号码")).to_contain_text("手机")
    await expect(dialog.get_by_role("button", name="下载全部错误行")).to_be_focused()
    await expect(dialog.get_by_role("button", name=re.compile("^导入 "))).to_have_count(0)
    await looked_at(one, "40-import-bad-rows")
    await field.set_input_files(file(tmp_path, "好.csv", GOOD))
    await expect(dialog.get_by_role("button", name="导入 1 位客户")).to_be_focused()
    await looked_at(one, "41-import-preview")
    await one.key("Enter")
    await expect(dialog.get_by_role("status")).to_contain_text("已导入 1 位客户。")
    await one.tab_to("撤销这次导入")
    await one.key("Enter")
    await expect(dialog).to_contain_text("1 位客户的资料将删除")
    await looked_at(one, "41-import-undo")
    await one.tab_to("确认撤销")
    await one.key("Enter")
    await expect(dialog).to_contain_text("已撤销 1 位")
    await expect(dialog.locator("[data-close]")).to_be_focused()
    assert rows(one.house, "select count(*) from customers_customer where name = '导入甲'") == [(0,)]
    # What was taken back whole may come again.
    await field.set_input_files(file(tmp_path, "好.csv", GOOD))
    await expect(dialog.get_by_role("button", name="导入 1 位客户")).to_be_focused()
    await one.key("Enter")
    await expect(dialog.get_by_role("status")).to_contain_text("已导入 1 位客户。")
    await one.tab_to("关闭")
    await one.key("Escape")
    await expect(dialog).to_have_count(0)
    await the_data_of_one_person(one)


async def test_a_workbook_with_a_title_and_eaten_zeros_is_taken_in(desk: OpenDesk, tmp_path: Path) -> None:
    one = await supervisor(desk)
    dialog, field = await importing(one)
    await field.set_input_files(workbook(tmp_path))
    await expect(dialog.get_by_role("button", name="导入 1 位客户")).to_be_focused()
    await looked_at(one, "43-import-workbook")
    await one.key("Enter")
    await expect(dialog.get_by_role("status")).to_contain_text("已导入 1 位客户。")
    kept = "select e164 from customers_customerphone where customer_id in (select id from customers_customer"
    numbers = rows(one.house, f"{kept} where name = '导入丙')")
    assert numbers == [("+865643210007",)]


async def the_data_of_one_person(one: Desk) -> None:
    await one.key("/")
    await one.type("13805680001")
    await one.key("Enter")
    await expect(one.customer).to_contain_text("导入甲")
    await one.customer.get_by_role("tab", name=re.compile("地址")).focus()
    await one.key("ArrowLeft")
    await one.tab_to("导出资料")
    await one.key("Enter")
    await one.type("本人来电要求")
    async with one.page.expect_download() as told:
        await one.key("Enter")
    kept = read(await (await told.value).path())
    assert [phone["e164"] for phone in kept["phones"]] == ["+8613805680001"]
    await expect(one.page.get_by_role("button", name="导出资料")).to_be_focused()
    await one.tab_to("清除资料")
    await one.key("Enter")
    await one.type("本人来电要求")
    await one.key("Enter")
    # Whom it is about is typed, and not only agreed to.
    name = one.page.get_by_label("请输入客户姓名“导入甲”确认")
    await expect(name).to_be_focused()
    await looked_at(one, "42-erase")
    await one.type("导入甲")
    await one.key("Enter")
    await expect(one.page.get_by_text("“导入甲”的资料已清除。")).to_be_visible()
    left = "select count(*) from customers_customerphone where e164 = '+8613805680001'"
    assert rows(one.house, left) == [(0,)]
    audited = "select what from accounts_auditrow where what in ('customer.exported', 'customer.erased')"
    assert sorted(rows(one.house, audited)) == [("customer.erased",), ("customer.exported",)]
