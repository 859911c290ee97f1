"""The back office in words: regions, numbers, lists and rows of other tables by what people call them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog.models import PriceRule, Product
from springline.business.customers.models import Customer, CustomerChange, ExchangePrefix
from springline.business.customers.services.shared import reindex
from springline.business.delivery.models import CommissionRule, Courier, Station, Territory
from springline.business.hotline.models import Hotline, IvrVersion, Queue
from springline.business.hotline.services import draft_flow, publish_flow
from springline.business.messaging.models import Outlet, SmsTemplate
from springline.business.tables import codes
from springline.business.vouchers.models import VoucherCase
from tests.unit.business import people
from tests.unit.business.people import FakeControl
from tests.unit.business.test_tables import a_product, confirm, csv, preview

SignIn = Callable[[AbstractBaseUser], Client]


@pytest.fixture
def owner(db: None, signed_in: SignIn, tmp_path: Path, settings: object) -> Client:
    settings.HOME = msgspec.structs.replace(settings.HOME, home=tmp_path)  # type: ignore[attr-defined]
    return signed_in(people.a(Role.OWNER))


def page(client: Client, path: str) -> str:
    answer = client.get(f"/admin/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def a_station(**more: object) -> Station:
    return Station.objects.create(**{"name": "城区站", "county": "341502", "phone": "+865643100001", **more})


def test_a_territory_is_chosen_by_the_names_of_county_and_town(owner: Client) -> None:
    station = a_station()
    form = {"station": station.pk, "name": "衡山", "county": "341525", "town": "341525100", "priority": "0"}
    assert owner.post("/admin/delivery/territory/add/", form).status_code == 302
    listed = page(owner, "delivery/territory/")
    assert "霍山县衡山镇" in listed
    assert "341525100" not in listed
    form = {**form, "county": "341502"}
    refused = owner.post("/admin/delivery/territory/add/", form).content.decode()
    assert "该乡镇不属于所选区县" in refused
    assert Territory.objects.count() == 1
    assert "selected>霍山县" in page(owner, f"delivery/territory/{Territory.objects.get().pk}/change/")


def test_a_code_that_is_not_in_the_pack_survives_the_form(owner: Client) -> None:
    station = a_station(county="340104")
    change = f"delivery/station/{station.pk}/change/"
    assert 'value="340104" selected' in page(owner, change)
    form = {"name": "城区站", "county": "340104", "phone": "", "active": "on"}
    form |= {"territories-TOTAL_FORMS": "0", "territories-INITIAL_FORMS": "0"}
    assert owner.post(f"/admin/{change}", form).status_code == 302
    assert Station.objects.get().county == "340104"


def test_a_sheet_names_regions_and_takes_names_and_codes(owner: Client) -> None:
    ExchangePrefix.objects.create(area_code="0564", prefix="333", county="341502", source="x")
    data = owner.post("/admin/customers/exchangeprefix/export/", {"format": "1", "resource": "0"}).content
    assert "金安区" in data.decode("utf-8-sig")
    assert "未变 1 行" in confirm(
        owner, "customers/exchangeprefix", preview(owner, "customers/exchangeprefix", data)
    )
    rows = csv("区号,开头号码,区县", "0564,334,霍山县", "0564,335,341523")
    confirm(owner, "customers/exchangeprefix", preview(owner, "customers/exchangeprefix", rows))
    assert set(ExchangePrefix.objects.values_list("county", flat=True)) == {"341502", "341525", "341523"}
    rows = csv("区号,开头号码,区县", "0564,336,蜀山区")
    assert "“蜀山区”不是本地的区县或乡镇" in preview(owner, "customers/exchangeprefix", rows)


def test_a_number_is_typed_as_people_write_it(owner: Client) -> None:
    station = a_station()
    change = f"delivery/station/{station.pk}/change/"
    assert 'value="0564 310 0001"' in page(owner, change)
    assert "0564 310 0001" in page(owner, "delivery/station/")
    form = {"name": "城区站", "county": "341502", "active": "on"}
    form |= {"territories-TOTAL_FORMS": "0", "territories-INITIAL_FORMS": "0"}
    assert owner.post(f"/admin/{change}", {**form, "phone": "１３８ 0001-2345"}).status_code == 302
    assert Station.objects.get().phone == "+8613800012345"
    assert owner.post(f"/admin/{change}", {**form, "phone": "12"}).status_code == 200


def test_lists_of_words_and_regions_are_no_json(owner: Client) -> None:
    hotline = Hotline.objects.create(number="4000564000", dids=["4000564000", "05643210000"])
    shown = page(owner, f"hotline/hotline/{hotline.pk}/change/")
    assert 'value="4000564000、05643210000"' in shown
    Queue.objects.create(id="city", name="城区", regions=["341502", "341503"])
    listed = page(owner, "hotline/queue/")
    assert "金安区、裕安区" in listed
    assert "[&quot;" not in listed


def test_rows_of_other_tables_are_named_and_found(owner: Client) -> None:
    wang, li = Customer.objects.create(name="王女士"), Customer.objects.create(name="李师傅")
    for one in (wang, li):
        VoucherCase.objects.create(customer_id=one.pk, code="T02", actor="system")
    listed = page(owner, "vouchers/vouchercase/")
    assert f'href="/admin/customers/customer/{wang.pk}/change/"' in listed
    assert "王女士" in listed
    found = page(owner, "vouchers/vouchercase/?q=李师傅")
    assert "李师傅" in found
    assert "王女士" not in found


@pytest.mark.parametrize("path", ["", "catalog/product/", "catalog/product/add/", "catalog/product/import/"])
def test_the_first_link_of_a_page_skips_to_its_content(owner: Client, path: str) -> None:
    body = page(owner, path).split("<body")[1]
    assert body.index("跳到内容") < body.index('href="/admin/')
    assert body.split("<a ")[1].startswith('class="skip" href="#content"')
    assert 'id="content"' in body


def test_a_list_is_narrowed_down_by_whole_days_of_shanghai(owner: Client) -> None:
    for hour in (15, 17):
        at = datetime(2026, 3, 1, hour, tzinfo=UTC)
        VoucherCase.objects.create(customer_id=1, remedy=f"T{hour}", actor="system", started_at=at)
    for query, found in (("from=2026-03-02", "T17"), ("to=2026-03-01", "T15"), ("from=nonsense", "T15")):
        assert found in page(owner, f"vouchers/vouchercase/?started_at_{query}")
    assert "T15" not in page(owner, "vouchers/vouchercase/?started_at_from=2026-03-02")
    assert "T17" not in page(owner, "vouchers/vouchercase/?started_at_to=2026-03-01")


def test_a_list_reads_what_its_rows_name_together_with_them(owner: Client) -> None:
    """Queries do not grow with rows, for any list whose rows can be made here."""
    with CaptureQueriesContext(connection) as few:
        page(owner, "delivery/courier/")
    station = a_station()
    for number in range(5):
        user = User.objects.create_user(f"c{number}", "quiet-river-17", name="x", role=Role.COURIER)
        rule = CommissionRule.objects.create(name=f"r{number}")
        Courier.objects.create(user=user, name="小李", station=station, commission_rule=rule)
    with CaptureQueriesContext(connection) as many:
        page(owner, "delivery/courier/")
    assert len(many) <= len(few) + 1


def a_customer(name: str) -> Customer:
    one = Customer.objects.create(name=name)
    reindex(one)
    return one


def rule_form(product: Product, **more: object) -> dict[str, object]:
    when = {"valid_from_0": "2026-01-01", "valid_from_1": "00:00"}
    return {"product": product.pk, "kind": "customer", "min_qty": 1, "price_fen": "15", **when, **more}


def test_a_price_for_one_customer_is_given_by_name(owner: Client) -> None:
    product, wang = a_product(), a_customer("王女士")
    for _twice in range(2):
        a_customer("李师傅")
    add = "/admin/catalog/pricerule/add/"
    assert owner.post(add, rule_form(product, customer_id="王女士")).status_code == 302
    rule = PriceRule.objects.get()
    assert (rule.customer_id, rule.price_fen) == (wang.pk, 1500)
    assert f'value="王女士 #{wang.pk}"' in page(owner, f"catalog/pricerule/{rule.pk}/change/")
    assert "王女士" in page(owner, "catalog/pricerule/")
    assert "有多位客户" in owner.post(add, rule_form(product, customer_id="李师傅")).content.decode()
    assert "没有找到客户" in owner.post(add, rule_form(product, customer_id="赵六")).content.decode()
    level = rule_form(product, kind="level", level="gold")
    assert owner.post(add, level).status_code == 302
    assert "金牌" in page(owner, "catalog/pricerule/")


def test_a_live_flow_is_copied_to_be_changed(owner: Client) -> None:
    flow = draft_flow(Hotline.objects.create(number="4000564000"), "main.v2", "a:\n  b: {queue: city}")
    publish_flow(flow)
    shown = page(owner, f"hotline/ivrversion/{flow.pk}/change/")
    assert "<pre" in shown
    assert "a:\n  b:" in shown
    form = {"action": "copy", "_selected_action": [flow.pk]}
    assert "已建立草稿" in owner.post("/admin/hotline/ivrversion/", form, follow=True).content.decode()
    copy = IvrVersion.objects.get(state="draft")
    assert copy.document == flow.document
    assert "<textarea" in page(owner, f"hotline/ivrversion/{copy.pk}/change/")


def test_a_draft_that_is_wrong_is_kept_and_says_so(owner: Client, floor: FakeControl) -> None:
    floor.flow_errors = ("node x: no prompt",)
    hotline = Hotline.objects.create(number="4000564000")
    form = {"hotline": hotline.pk, "version": "v9", "document": "x"}
    said = owner.post("/admin/hotline/ivrversion/add/", form, follow=True).content.decode()
    assert "还不能启用：node x: no prompt" in said
    assert IvrVersion.objects.get().version == "v9"


def test_what_live_calls_need_is_not_deleted(owner: Client) -> None:
    people.make_agents()
    flow = draft_flow(Hotline.objects.create(number="4000564000"), "v1", "x: {kind: queue, queue: city}")
    publish_flow(flow)
    for path in ("hotline/queue/city", "hotline/agent/1001", f"hotline/ivrversion/{flow.pk}"):
        assert owner.post(f"/admin/{path}/delete/", {"post": "yes"}).status_code == 403, path
    owner.post(f"/admin/hotline/hotline/{flow.hotline_id}/delete/", {"post": "yes"})
    form = {"action": "delete_selected", "_selected_action": ["city", "huoshan"], "post": "yes"}
    owner.post("/admin/hotline/queue/", form)
    assert Hotline.objects.count() == 1
    assert Queue.objects.filter(id="city").exists()
    assert owner.post("/admin/hotline/queue/huoshan/delete/", {"post": "yes"}).status_code == 302


def test_what_was_done_stands_in_words(owner: Client) -> None:
    wang = a_customer("王女士")
    CustomerChange.objects.create(
        customer=wang, who="system", what="phone_bound", after={"level": "gold"}, version=1
    )
    for path in ("customers/customerchange/", f"customers/customer/{wang.pk}/change/"):
        shown = page(owner, path)
        assert "绑定号码" in shown
        assert "phone_bound<" not in shown
    assert "金牌" in page(owner, f"customers/customer/{wang.pk}/change/")
    assert codes.said("product.changed") == "商品 · 修改"
    assert codes.said("nobody.knows") == "nobody · knows"


def test_a_providers_number_of_a_template_has_a_field_for_each_outlet(owner: Client) -> None:
    ali = Outlet.objects.create(name="阿里云", kind="sms_aliyun")
    Outlet.objects.create(name="群", kind="robot_wecom")
    template = SmsTemplate.objects.create(code="x", text="您的水${1}到了。", ids={"旧平台": "7"})
    change = f"messaging/smstemplate/{template.pk}/change/"
    shown = page(owner, change)
    assert "“阿里云”的模板编号" in shown
    assert "“群”的模板编号" not in shown
    form = {"code": "x", "text": template.text, "active": "on", f"number_{ali.pk}": " SMS_1 "}
    assert owner.post(f"/admin/{change}", form).status_code == 302
    template.refresh_from_db()
    assert template.ids == {"旧平台": "7", "阿里云": "SMS_1"}
