"""Tables of the back office: sheets in and out, history, and who is named in both."""

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from springline.business.accounts import services
from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role, Scope
from springline.business.accounts.tables import TABLES
from springline.business.catalog.models import Batch, BucketType, PriceRule, Product
from springline.business.customers.models import ExchangePrefix, NumberTag
from springline.business.hotline.models import Agent, PauseReason, Queue
from springline.business.sheets import csv_of, rows_of, xlsx_of
from springline.business.tables import storage
from tests.unit.business import people

SignIn = Callable[[AbstractBaseUser], Client]


@pytest.fixture
def owner(db: None, signed_in: SignIn, tmp_path: Path, settings: object) -> Client:
    settings.HOME = msgspec.structs.replace(settings.HOME, home=tmp_path)  # type: ignore[attr-defined]
    return signed_in(people.a(Role.OWNER))


def preview(client: Client, table: str, data: bytes, name: str = "rows.csv") -> str:
    file = SimpleUploadedFile(name, data)
    answer = client.post(f"/admin/{table}/import/", {"import_file": file, "format": "0", "resource": "0"})
    assert answer.status_code == 200
    return answer.content.decode()


def confirm(client: Client, table: str, page: str) -> str:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = client.post(f"/admin/{table}/process_import/", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def csv(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)


# In.


def test_a_sheet_is_shown_first_and_taken_in_when_confirmed(owner: Client) -> None:
    page = preview(
        owner, "catalog/buckettype", csv("代码,中文名称,押金（元）,启用", "PC-18.9,18.9 升桶,50,是")
    )
    assert "18.9 升桶" in page
    assert not BucketType.objects.exists()
    assert "新增 1 行" in confirm(owner, "catalog/buckettype", page)
    assert BucketType.objects.get().deposit_fen == 5000
    assert AuditRow.objects.get(what="buckettype.imported").detail == {"new": 1}
    assert not list((Path(storage._folder())).iterdir())


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_a_sheet_as_spreadsheets_leave_it(owner: Client, encoding: str) -> None:
    data = csv("代码,中文名称,押金（元）", "PC-1,桶,100.0", encoding=encoding)
    confirm(owner, "catalog/buckettype", preview(owner, "catalog/buckettype", data))
    assert BucketType.objects.get().name_zh == "桶"


def test_headers_in_english_and_an_xlsx(owner: Client) -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Code", "Chinese name", "Deposit (yuan)"])
    book.active.append(["PC-2", "桶", 30.5])
    book.save(out)
    confirm(owner, "catalog/buckettype", preview(owner, "catalog/buckettype", out.getvalue(), "rows.xlsx"))
    assert BucketType.objects.get(code="PC-2").deposit_fen == 3050


def test_bad_rows_are_named_and_nothing_is_taken_in(owner: Client) -> None:
    rows = (
        "代码,中文名称,押金（元）",
        "PC-1,桶,100",
        "pc 2,桶,100",
        "PC-3,桶,十块",
        "PC-4,,100",
        "PC-5,桶,12.505",
        "PC-6,桶,-1",
    )
    page = preview(owner, "catalog/buckettype", csv(*rows))
    assert "process_import" not in page
    for reason in ("“十块”不是金额", "“12.505”小数过多", "金额不能为负数", "大写字母"):
        assert reason in page
    assert not BucketType.objects.exists()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("中文名称,押金（元）", "桶,100"), "缺少列：代码"),
        (("代码,中文名称,颜色", "PC-1,桶,蓝"), "不认识的列：颜色"),
        (("代码,code,中文名称", "PC-1,PC-1,桶"), "重复的列：代码"),
        # Sheets of 分, from when that was what stood in them: never read as a hundred times as much.
        (("代码,中文名称,押金（分）", "PC-1,桶,5000"), "不认识的列：押金（分）"),
        (("代码,中文名称,deposit_fen", "PC-1,桶,5000"), "不认识的列：deposit_fen"),
    ],
)
def test_wrong_columns_are_named(owner: Client, rows: tuple[str, ...], reason: str) -> None:
    page = preview(owner, "catalog/buckettype", csv(*rows))
    assert reason in page
    assert "process_import" not in page


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "空"), (b"\x00\x01\x02" * 9, "不是文本表格"), (b"PK\x03\x04nonsense", "XLSX 文件损坏")],
)
def test_a_file_that_is_no_sheet(owner: Client, data: bytes, reason: str) -> None:
    assert reason in preview(owner, "catalog/buckettype", data)


def test_what_became_wrong_after_the_preview_takes_nothing_in(owner: Client) -> None:
    spring = a_product()
    page = preview(
        owner,
        "catalog/batch",
        csv("商品,批号,生产日期,保质期至", "S,A,2026-1-2,2026-2-1", "S,B,2026/1/2,2026/2/1"),
    )
    spring.sku = "OTHER"
    spring.save()
    assert "未导入任何数据" in confirm(owner, "catalog/batch", page)
    assert not Batch.objects.exists()


def test_a_preview_confirmed_twice_or_forged_reads_no_other_file(owner: Client, tmp_path: Path) -> None:
    page = preview(owner, "catalog/buckettype", csv("代码,中文名称,押金（元）", "PC-1,桶,100"))
    confirm(owner, "catalog/buckettype", page)
    assert "已不在" in confirm(owner, "catalog/buckettype", page)
    (tmp_path / "state/imports/secrets.toml").write_text("code\nX")
    for name in ("secrets.toml", "../../secrets.toml"):
        form = {"import_file_name": name, "original_file_name": "x", "format": "0", "resource": "0"}
        answer = owner.post("/admin/catalog/buckettype/process_import/", form, follow=True)
        assert "已不在" in answer.content.decode()


def test_rows_by_another_tables_code_dates_and_choices(owner: Client) -> None:
    a_product()
    confirm(
        owner,
        "catalog/batch",
        preview(owner, "catalog/batch", csv("商品,批号,生产日期,保质期至", "S,A,2026年1月2日,2026.2.1")),
    )
    assert Batch.objects.get().produced == date(2026, 1, 2)
    page = preview(owner, "catalog/pricerule", csv("商品,类型,起订数量,价格（元）", "S,数量,10,１８．00"))
    assert "起订" in page
    confirm(owner, "catalog/pricerule", page)
    assert PriceRule.objects.get().price_fen == 1800
    assert "没有商品“X”" in preview(
        owner, "catalog/pricerule", csv("商品,类型,起订数量,价格（元）", "X,数量,10,1")
    )


def test_an_export_comes_in_again_unchanged(owner: Client) -> None:
    people.make_agents()
    data = owner.post("/admin/hotline/agent/export/", {"format": "1", "resource": "0"}).content
    page = preview(owner, "hotline/agent", data)
    assert page.count("未改变") + page.count("跳过") + page.count("忽略") >= 2
    confirm(owner, "hotline/agent", page)
    assert {queue.id for queue in Agent.objects.get(id="1001").queues.all()} == {"city", "huoshan"}
    changed = data.decode("utf-8-sig").replace("city、huoshan", "city").encode()
    confirm(owner, "hotline/agent", preview(owner, "hotline/agent", changed))
    assert [queue.id for queue in Agent.objects.get(id="1001").queues.all()] == ["city"]
    assert "没有队列“nowhere”" in preview(
        owner, "hotline/agent", data.decode("utf-8-sig").replace("city、huoshan", "nowhere").encode()
    )


def test_leading_zeros_that_a_spreadsheet_ate(owner: Client) -> None:
    data = csv("区号,开头号码,区县", "564,333,341502")
    confirm(owner, "customers/exchangeprefix", preview(owner, "customers/exchangeprefix", data))
    assert ExchangePrefix.objects.get().area_code == "0564"


def test_a_users_sheet_makes_no_password(db: None, signed_in: SignIn) -> None:
    client = signed_in(people.a(Role.ADMIN))
    data = csv("用户名,名称,角色", "xiaohong,小红,坐席")
    confirm(client, "accounts/user", preview(client, "accounts/user", data))
    user = User.objects.get(username="xiaohong")
    assert user.role == Role.AGENT
    assert not user.has_usable_password()


# Out.


def test_an_export_has_chinese_headers_and_numbers_that_are_numbers(owner: Client) -> None:
    BucketType.objects.create(code="PC-1", name_zh="=1+1", deposit_fen=5000)
    data = owner.post("/admin/catalog/buckettype/export/", {"format": "1", "resource": "0"}).content
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines() == [
        "代码,中文名称,英文名称,押金（元）,启用",
        "PC-1,'=1+1,,50.00,是",
    ]
    answer = owner.post("/admin/catalog/buckettype/export/", {"format": "0", "resource": "0"})
    assert answer["Content-Disposition"].endswith('.xlsx"')
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]] == ["PC-1", "=1+1", None, 50, "是"]
    assert sheet["B2"].data_type == "s"


def test_every_export_is_audited_and_personal_data_need_a_reason(owner: Client) -> None:
    NumberTag.objects.create(e164="+8613800012345", county="341502")
    form = {"format": "1", "resource": "0"}
    assert owner.post("/admin/customers/numbertag/export/", form)["Content-Type"].startswith("text/html")
    answer = owner.post("/admin/customers/numbertag/export/?county=341502", {**form, "why": "核对"})
    assert "+8613800012345" in answer.content.decode()
    row = AuditRow.objects.get(what="numbertag.exported")
    assert (row.why, row.detail["rows"], row.detail["filters"]) == ("核对", 1, ["county"])
    assert "138" not in str(row.detail)


def test_too_much_for_a_sheet_is_said(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springline.business.tables.admin.MOST_EXPORTED", 1)
    Queue.objects.bulk_create([Queue(id="a", name="a"), Queue(id="b", name="b")])
    page = owner.post("/admin/hotline/queue/export/", {"format": "0", "resource": "0"}).content.decode()
    assert "超过 1 行" in page
    assert not AuditRow.objects.filter(what="queue.exported").exists()


def test_no_sheet_has_a_secret_and_every_header_is_chinese(db: None) -> None:
    english = {"ID", "SKU", "SHA-256"}
    for model, table in admin.site._registry.items():
        if not hasattr(table, "sheet"):
            continue
        with override("zh-hans"):
            for sheet in table.get_resource_classes(None):
                headers = sheet().get_export_headers()
                assert not {"sip_password", "password", "digest"} & set(sheet.fields), model
                assert len(set(headers)) == len(headers), (model, headers)
                odd = [h for h in headers if h not in english and not re.search("[\u4e00-\u9fff]", h)]
                assert not odd, (model, odd)


def test_both_kinds_of_file_read_back_as_written() -> None:
    rows = [["名称", "数"], ["𠮷野家", 3], ["a\x0bb", 0.5]]
    assert rows_of(csv_of(rows), "a.csv")[1] == ["𠮷野家", "3"]
    assert rows_of(xlsx_of(rows, "一[二]"), "a.xlsx")[:2] == [["名称", "数"], ["𠮷野家", "3"]]


# History.


def test_a_change_in_the_back_office_names_the_person(owner: Client) -> None:
    people.make_agents()
    form = {"id": "1001", "name": "小安", "device": "sip", "queues": ["city"], "active": "on"}
    assert owner.post("/admin/hotline/agent/1001/change/", form).status_code == 302
    last = Agent.history.filter(id="1001").first()
    assert (last.who, last.history_user.username) == ("owner (owner)", "owner")
    page = owner.get("/admin/hotline/agent/1001/history/").content.decode()
    assert "owner" in page
    assert "小安" in page
    assert not hasattr(last, "sip_password")


def test_a_change_over_the_api_names_the_user_or_the_token(db: None, signed_in: SignIn) -> None:
    spring = a_product()
    batch = Batch.objects.create(
        product=spring, batch_no="A", produced=date(2026, 1, 1), expires=date(2026, 2, 1)
    )
    assert Batch.history.get().who == "system"
    client = signed_in(people.a(Role.SUPERVISOR))
    path = f"/api/catalog/batches/{batch.pk}/stop"
    answer = client.post(path, {"reason": "异味"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert Batch.history.first().who == "supervisor (supervisor)"


def test_a_sign_in_leaves_no_history(db: None) -> None:
    user = people.a(Role.OWNER)
    Client().force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    services.set_password(user, "pale-otter-59")
    assert user.history.count() == 1
    user.name = "站长"
    user.save()
    assert user.history.count() == 2


def test_rows_that_people_edit_have_a_history() -> None:
    """Customers have CustomerChange, a lot's remark and a recording's hold leave audit rows."""
    without = {
        model._meta.label_lower
        for model in admin.site._registry
        if (rule := TABLES.get(model._meta.label_lower)) is not None
        and rule.change is not None
        and not hasattr(model._meta, "simple_history_manager_attribute")
    }
    assert without == {"customers.customer", "vouchers.voucherlot", "calls.recording"}


def a_product(sku: str = "S") -> Product:
    return Product.objects.create(
        sku=sku,
        name_zh="山泉水",
        brand="云岭泉",
        water_type="spring",
        volume_ml=18900,
        price_fen=2000,
        state="active",
    )


def test_a_pause_reason_changed_by_nobody_is_the_systems(db: None) -> None:
    PauseReason.objects.create(code="x", name_zh="x", name_en="x", key="1")
    assert PauseReason.history.get().who == "system"
    assert services.create_token("t", [Scope.READ])
