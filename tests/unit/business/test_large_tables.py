"""The back office at a chain's size: what a page reads is bounded, whatever stands in the tables."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.delivery.models import Courier, DeliveryTask, Shift, Station, Territory
from springline.business.tables import large
from springline.business.tables.admin import ExportingAdmin
from springline.business.tables.looking import matching
from springline.business.vouchers.models import VoucherEntry
from tests.unit.business import people
from tests.unit.business.test_back_office import SignIn, a_station, page

PAGES = sorted(
    (one for one in admin.site._registry.values() if isinstance(one, ExportingAdmin)),
    key=lambda one: one.opts.label,
)
GROWING = [one for one in PAGES if one.grows]


def named(one: ExportingAdmin) -> str:
    return str(one.opts.label_lower)


@pytest.fixture
def owner(db: None, signed_in: SignIn) -> Client:
    return signed_in(people.a(Role.ADMIN))


def listed(one: ExportingAdmin) -> Any:
    request = RequestFactory().get("/")
    request.user = people.a(Role.ADMIN)
    request.resolver_match = None
    return one.get_changelist_instance(request)


@pytest.mark.django_db
@pytest.mark.parametrize("one", GROWING, ids=named)
def test_a_page_of_a_growing_table_is_read_in_the_order_of_an_index(one: ExportingAdmin) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("its planner sorts small tables")
    found = listed(one)
    plan = found.queryset[:100].explain()
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan
    for name in found.sortable_by:
        plan = one.model._default_manager.order_by(name, "-pk")[:100].explain()
        assert "TEMP B-TREE FOR ORDER BY" not in plan.replace("LAST TERM OF ORDER BY", ""), (name, plan)


@pytest.mark.parametrize("one", PAGES, ids=named)
def test_no_filter_offers_the_rows_of_a_long_table(one: ExportingAdmin) -> None:
    request = RequestFactory().get("/")
    for name in one.get_list_filter(request):
        path, kind = name if isinstance(name, tuple) else (name, None)
        field = get_fields_from_path(one.model, path)[-1]
        if large.looked_for(field):
            assert kind is large.LookedForFilter, path
            assert one.list_filter_submit
        elif kind is None and field.get_internal_type() == "CharField":
            assert field.choices, f"{path}: all values of the column are read"


@pytest.mark.parametrize("one", PAGES, ids=named)
def test_no_form_offers_the_rows_of_a_long_table(one: ExportingAdmin) -> None:
    request = RequestFactory().get("/")
    long = {field.name for field in (*one.opts.fields, *one.opts.many_to_many) if large.looked_for(field)}
    # Accounts that no courier has yet.
    chosen = {"user"} if one.model is Courier else set()
    assert long - chosen <= set(one.get_autocomplete_fields(request))


@pytest.mark.parametrize("label", sorted(large.LOOKED_FOR))
def test_what_is_looked_for_can_be(label: str) -> None:
    [one] = [one for one in PAGES if one.opts.label_lower == label]
    assert one.search_fields


def test_rows_are_counted_no_further_than_people_look(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MOST_COUNTED", 200)
    there = AuditRow.objects.count()
    AuditRow.objects.bulk_create(AuditRow(what="x.y", who=f"w{n}") for n in range(200 - there))
    shown = page(owner, "accounts/auditrow/")
    assert "超过" not in shown
    AuditRow.objects.create(what="x.y")
    shown = page(owner, "accounts/auditrow/?p=2")
    assert "超过 200 条，请缩小范围查看更多" in shown
    assert "?p=5" not in shown
    assert "w77" in page(owner, "accounts/auditrow/?q=w77")


def test_what_is_looked_for_is_looked_for_once(owner: Client) -> None:
    AuditRow.objects.create(what="x.y", who="a-1")
    with CaptureQueriesContext(connection) as asked:
        assert "a-1" in page(owner, "accounts/auditrow/?q=a-1")
    looked = [one["sql"] for one in asked if "LIKE" in one["sql"]]
    assert sum('"accounts_auditrow"."id" IN (' not in sql for sql in looked) == 1, looked


def test_a_number_of_a_row_is_found_by_its_index() -> None:
    asked = ["=lot__id", "=customer_id", "=call_id"]
    found = str(VoucherEntry.objects.filter(matching(VoucherEntry, asked, "12")).query)
    assert "LIKE" not in found.upper()
    assert "12 OR" in found
    assert "call_id" not in found.partition("WHERE")[2]


@pytest.mark.parametrize("text", ["9" * 40, "-1", "²", '"', "'a' 'b", '"1', "王 12", "%"])
@pytest.mark.parametrize("table", ["vouchers/voucherentry", "delivery/syncaction", "orders/payment"])
def test_whatever_is_looked_for_the_list_answers(owner: Client, table: str, text: str) -> None:
    assert owner.get(f"/admin/{table}/", {"q": text}).status_code == 200


def test_a_courier_is_looked_for_before_the_tasks() -> None:
    found = str(
        DeliveryTask.objects.filter(matching(DeliveryTask, ["=order_id", "courier__name"], "周")).query
    )
    assert "JOIN" not in found


def test_nothing_is_done_to_more_rows_than_are_counted(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "MOST_COUNTED", 1)
    for n in range(2):
        Territory.objects.create(station=a_station(name=f"s{n}"), county="341525")
    form = {"action": "delete_selected", "select_across": "1", "_selected_action": ["1"], "post": "yes"}
    answer = owner.post("/admin/delivery/territory/", form, follow=True)
    assert "超过 1 行，请先用筛选缩小范围" in answer.content.decode()
    assert Territory.objects.count() == 2


def test_couriers_and_stations_are_looked_for(owner: Client) -> None:
    station = a_station()
    user = people.a(Role.COURIER)
    courier = Courier.objects.create(user=user, name="小周", station=station)
    Station.objects.bulk_create(Station(name=f"other{n}") for n in range(30))
    form = page(owner, "delivery/shift/add/")
    assert "admin-autocomplete" in form
    assert "小周" not in form
    look = "/admin/autocomplete/?app_label=delivery&model_name=shift&field_name=courier&term=小"
    assert [one["text"] for one in owner.get(look).json()["results"]] == ["小周"]
    assert "other7" not in page(owner, "delivery/courier/")
    Shift.objects.create(courier=courier)
    assert "小周" in page(owner, f"delivery/shift/?courier__station__id__exact={station.pk}")
    other = Station.objects.get(name="other3").pk
    assert "小周" not in page(owner, f"delivery/shift/?courier__station__id__exact={other}")


def test_a_new_courier_gets_an_account_that_nobody_has(owner: Client) -> None:
    taken = people.a(Role.COURIER)
    free = User.objects.create_user("free", role=Role.COURIER)
    courier = Courier.objects.create(user=taken, name="小周", station=a_station())
    form = page(owner, "delivery/courier/add/")
    assert f'value="{free.pk}"' in form
    assert f'value="{taken.pk}"' not in form
    assert f'value="{taken.pk}" selected' in page(owner, f"delivery/courier/{courier.pk}/change/")


def test_the_head_counts_results_only_where_something_narrows_the_list(owner: Client) -> None:
    a_station(name="东站")
    a_station(name="西站")
    for path in (
        "delivery/station/",
        "delivery/station/?o=1",
        "delivery/station/?q=",
        "orders/order/?placed_at_from=",
    ):
        assert "显示全部" not in page(owner, path)
    narrowed = page(owner, "delivery/station/?q=东站")
    assert "1 条结果" in narrowed
    assert "显示全部" in narrowed
    assert "显示全部" in page(owner, "delivery/station/?county=341525")
