"""Customers from spreadsheets: looked at first, then all rows or none."""

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from springline.business import sheets
from springline.business.accounts.models import User
from springline.business.customers import importing, selectors
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer, CustomerAddress, CustomerPhone
from springline.business.customers.searching import search
from springline.business.hotline.models import Hotline
from springline.business.sheets import SheetError
from tests.unit.customers.people import WANG, household

pytestmark = pytest.mark.django_db
HEAD = "客户姓名*,手机号,区县,送水地址,楼层,电梯,类型,结算方式,自编号"
GOOD = "孙师傅,13900002001,霍山县,衡山镇迎驾大道3号,6楼,无,个人,现结,A1"


def sheet(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *rows]).encode(encoding)


def book(*rows: list[object]) -> bytes:
    out, workbook = io.BytesIO(), Workbook()
    for row in rows:
        workbook.active.append(row)  # type: ignore[union-attr]
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_whatever_the_encoding(encoding: str, staff: User) -> None:
    data = sheet(GOOD, encoding=encoding)
    look = importing.preview(data, "客户.csv")
    assert (look.total, look.good, look.problems, look.ignored) == (1, 1, (), ("自编号",))
    assert look.columns["name"] == "客户姓名*"
    run = importing.take_in(data, "客户.csv", staff, look.digest)
    customer = selectors.by_phone("+8613900002001")
    assert customer is not None
    address = CustomerAddress.objects.get()
    assert (run.customers, customer.name) == (1, "孙师傅")
    assert (address.county, address.town, address.floor, address.lift) == ("341525", "341525100", 6, "no")
    assert [hit.customer_id for hit in search("ssf")] == [customer.pk]


def test_an_xlsx_with_numbers_as_numbers() -> None:
    data = book(
        ["姓名", "电话", "电话2", "地址", "联系人"],
        ["甲厂", 13900002002, 5643210001, "裕安区平桥乡", "周会计"],
        [None, "13900002003.0", None, None, None],
        [None, None, None, None, None],
        ["丙", "13900002004、0564-3210002", None, "双河镇", None],
    )
    look = importing.preview(data, "x.xlsx")
    assert (look.total, look.good, look.unlocated) == (3, 3, 1)
    importing.take_in(data, "x.xlsx")
    assert set(CustomerPhone.objects.values_list("e164", flat=True)) == {
        "+8613900002002", "+865643210001", "+8613900002003", "+8613900002004", "+865643210002",
    }  # fmt: skip
    assert set(Customer.objects.values_list("name", flat=True)) == {"甲厂", "尾号2003", "丙"}
    assert CustomerPhone.objects.get(e164="+865643210001").contact.name == "周会计"  # type: ignore[union-attr]


def test_a_title_in_merged_cells_above_and_empty_rows_between() -> None:
    workbook, out = Workbook(), io.BytesIO()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["霍山站客户名单"],
        [],
        ["姓名", "电话", "地址", "开户日期"],
        ["甲", 13900002001.0, "双河镇", datetime(2026, 3, 1)],  # noqa: DTZ001
        [],
        ["乙", "05643210001", "裕安区平桥乡", None],
        ["丙", 12, None, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    workbook.create_sheet("Sheet2")
    workbook.save(out)
    look = importing.preview(out.getvalue(), "x.xlsx")
    assert (look.total, look.good, look.ignored) == (3, 2, ("开户日期",))
    assert [(p.line, p.column) for p in look.problems] == [(7, "电话")]


def test_two_sheets_with_rows_are_asked_about() -> None:
    workbook, out = Workbook(), io.BytesIO()
    for title in ("一月", "二月"):
        workbook.create_sheet(title).append(["电话"])
    workbook.save(out)
    with pytest.raises(SheetError) as refused:
        importing.preview(out.getvalue(), "x.xlsx")
    assert "一月、二月" in refused.value.zh


def test_an_old_excel_file_by_another_name_is_told_from_a_damaged_one() -> None:
    with pytest.raises(SheetError) as refused:
        importing.preview(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(900), "客户.xlsx")
    assert "另存为" in refused.value.zh


def test_every_bad_row_is_reported_and_none_taken_in() -> None:
    household()
    Hotline.objects.create(number="4000564000")
    rows = [
        GOOD,
        "乙,1.38E+10,,,,,,,",
        "丙,,,,,,,,",
        "丁,139000,,,,,,,",
        f"戊,{WANG[3:]},,,,,,,",
        "己,13900002001,,,,,,,",
        "庚,13900002005,,,很高,,,,",
        "辛,13900002006,,,,大概,外星人,,",
        f"{'壬' * 81},13900002007,,,,,,,",
        "癸,4000564000,,,,,,,",
    ]
    data = sheet(*rows)
    look = importing.preview(data, "x.csv")
    assert (look.total, look.good) == (10, 1)
    assert [p.line for p in look.problems] == [3, 4, 5, 6, 7, 8, 9, 9, 10, 11]
    assert {p.column for p in look.problems} == {"手机号", "楼层", "类型", "电梯", "客户姓名*"}
    with pytest.raises(CustomerRefusal, match="bad_rows"):
        importing.take_in(data, "x.csv")
    assert Customer.objects.count() == 1
    text = importing.report(look.problems).decode("utf-8-sig")
    assert "表格软件把号码变成了科学计数法" in text
    assert text.startswith("行 line")


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr(importing.Batch, "_write_contacts", fail)
    with pytest.raises(RuntimeError):
        importing.take_in(sheet(GOOD), "x.csv")
    assert not Customer.objects.exists()
    assert not CustomerPhone.objects.exists()


def test_a_file_once_and_only_the_one_previewed() -> None:
    data = sheet(GOOD)
    with pytest.raises(CustomerRefusal, match="other_file"):
        importing.take_in(data, "x.csv", digest="0" * 64)
    importing.take_in(data, "x.csv")
    with pytest.raises(CustomerRefusal, match="bad_rows|taken_in"):
        importing.take_in(data, "x.csv")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.csv"), (b"\r\n\r\n", "x.csv"), (sheet(GOOD, head="a,b,c"), "x.csv"),
        (b"PK\x03\x04junk", "x.xlsx"),
        (b"not a book", "x.xlsx"), (bytes(range(256)) * 9, "x.csv"), ("电话\n" + "1\n" * 100_002, "x.csv"),
    ],
    ids=["empty", "blank", "another head", "half a book", "no book", "no text", "too long"],
)  # fmt: skip
def test_files_that_are_none(data: bytes | str, name: str) -> None:
    with pytest.raises(SheetError) as refused:
        importing.preview(data.encode() if isinstance(data, str) else data, name)
    assert refused.value.zh
    assert refused.value.en


def test_a_zip_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_UNPACKED", 100)
    with pytest.raises(SheetError):
        importing.preview(book(["电话"], [13900002002]), "x.xlsx")


def test_formulas_do_not_run_in_the_report() -> None:
    look = importing.preview(sheet("甲,=1+1,,,,,,,"), "x.csv")
    assert ",'=1+1," in importing.report(look.problems).decode("utf-8-sig")
