"""Orders as the desk uses them over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.catalog.models import Batch, BucketType, PriceRule, Product
from springline.business.customers.models import Customer
from springline.business.orders.models import Order, UnconvertedDemand
from springline.business.vouchers import buckets
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.states import BucketKind
from tests.unit.orders.people import WANG, a_customer, buys

JSON = "application/json"
As = Callable[[Role], Client]


def post(client: Client, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = client.post(f"/api{path}", body, content_type=JSON)
    assert response.status_code == status, response.content.decode()
    found: dict[str, Any] = response.json()
    return found


def two(customer: Customer, **how: Any) -> dict[str, Any]:
    return {"customer_id": customer.pk, "lines": [{"sku": "SPRING-18.9", "qty": 2}]} | how


def test_preview_then_place(wang: Customer, as_role: As) -> None:
    buys(wang, 6)
    desk = as_role(Role.AGENT)
    seen = post(desk, "/orders/preview", two(wang))
    assert (seen["total_fen"], seen["vouchers"], seen["vouchers_left"], seen["due_fen"]) == (
        14000,
        2,
        4,
        10000,
    )
    assert (seen["placeable"], seen["asks"], seen["deposit_fen"]) == (True, [], 10000)
    assert seen["address"]["county_name"] == "霍山县"
    assert "山泉水 18.9 升 2 桶" in seen["read_back"]["zh"]
    assert "用水票 2 张" in seen["read_back"]["zh"]
    assert Order.objects.count() == 0
    placed = post(desk, "/orders", two(wang, request_key="double-click", quote=seen["quote"], call_id="c1"))
    again = post(desk, "/orders", two(wang, request_key="double-click", quote=seen["quote"], call_id="c1"))
    assert placed["id"] == again["id"]
    assert (placed["state"], placed["call_id"], placed["due_fen"]) == ("unassigned", "c1", 10000)
    assert [step["event"] for step in placed["steps"]] == ["placed", "queued"]


def test_a_price_that_changed_in_between_is_shown_not_charged(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    seen = post(desk, "/orders/preview", two(wang))
    PriceRule.objects.create(
        product=Product.objects.get(sku="SPRING-18.9"), kind="customer", customer_id=wang.pk, price_fen=2200
    )
    error = post(desk, "/orders", two(wang, request_key="too-late-1", quote=seen["quote"]), 409)
    assert error["code"] == "price_changed"
    assert error["detail"]["lines"][0]["unit_fen"] == 2200
    post(desk, "/orders", two(wang, request_key="too-late-2", quote=error["detail"]["quote"]))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda: Product.objects.filter(sku="SPRING-18.9").update(state="paused"), "not_on_sale"),
        (lambda: Batch.objects.update(stop_sale=True, stopped_at=timezone.now()), "stop_sale"),
    ],
)
def test_what_is_not_sold_is_refused(
    wang: Customer, as_role: As, spoil: Callable[[], object], code: str
) -> None:
    spoil()
    desk = as_role(Role.AGENT)
    seen = post(desk, "/orders/preview", two(wang))
    assert ([r["code"] for r in seen["refusals"]], seen["placeable"]) == ([code], False)
    assert post(desk, "/orders", two(wang, request_key="withdrawn"), 409)["code"] == code


def test_an_unknown_floor_is_asked_for_and_the_answer_kept(spring: Product, as_role: As) -> None:
    zhao = a_customer("13900000020", "赵", "霍山县衡山镇文峰路 3 号", at={"floor": None, "lift": "unknown"})
    desk = as_role(Role.AGENT)
    seen = post(desk, "/orders/preview", two(zhao))
    assert (seen["asks"], seen["floor_fee_fen"], seen["placeable"]) == (["floor", "lift"], None, True)
    seen = post(desk, "/orders/preview", two(zhao, floor=4, lift="no"))
    assert (seen["asks"], seen["floor_fee_fen"]) == ([], 3 * 2 * 100)
    post(desk, "/orders", two(zhao, floor=4, lift="no", request_key="with-floor", quote=seen["quote"]))
    assert (zhao.addresses.get().floor, zhao.addresses.get().lift) == (4, "no")


def test_by_appointment_needs_a_window(spring: Product, as_role: As) -> None:
    far = a_customer("13900000021", "钱", "金寨县梅山镇红军大道 1 号")
    desk = as_role(Role.AGENT)
    body = {"customer_id": far.pk, "lines": [{"sku": "SPRING-18.9", "qty": 5}]}
    seen = post(desk, "/orders/preview", body)
    assert (seen["asks"], seen["placeable"]) == (["window"], False)
    error = post(desk, "/orders", {**body, "request_key": "no-window"}, 422)
    assert error["code"] == "window_needed"
    few = post(desk, "/orders/preview", two(far))
    assert [r["code"] for r in few["refusals"]] == ["below_minimum"]


def test_the_last_order_again_with_one_request(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    assert desk.get(f"/api/customers/{wang.pk}/reorder").json()["draft"] is None
    first = post(desk, "/orders", two(wang, request_key="first-order"))
    found = desk.get(f"/api/customers/{wang.pk}/reorder").json()
    assert found["last_order_id"] == first["id"]
    assert [(line["sku"], line["qty"]) for line in found["draft"]["lines"]] == [("SPRING-18.9", 2)]
    assert found["preview"]["duplicates"] == [first["no"]]
    body = {**found["draft"], "quote": found["preview"]["quote"], "request_key": "again-please"}
    assert post(desk, "/orders", body, 409)["code"] == "duplicate_order"
    post(desk, "/orders", {**body, "confirm_duplicate": True})


def test_two_agents_with_one_form(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    order = post(desk, "/orders", two(wang, request_key="first-order"))
    path, seen = f"/orders/{order['id']}", order["version"]
    done = post(
        desk,
        f"{path}/change",
        {"version": seen, "key": "change-01", "lines": [{"sku": "SPRING-18.9", "qty": 3}]},
    )
    assert (done["lines"][0]["qty"], done["total_fen"]) == (3, 3 * 2000 + 3 * 5000)
    assert done["lines"][0]["id"] == order["lines"][0]["id"]
    error = post(desk, f"{path}/change", {"version": seen, "key": "change-02", "note": "放门口"}, 409)
    assert error["code"] == "stale"
    assert error["detail"][0]["facts"]["lines"] == [["SPRING-18.9", 2, 3]]
    again = post(
        desk,
        f"{path}/change",
        {"version": seen, "key": "change-01", "lines": [{"sku": "SPRING-18.9", "qty": 3}]},
    )
    assert again["version"] == done["version"]


def test_a_change_can_be_looked_at_first(wang: Customer, as_role: As) -> None:
    buys(wang, 3)
    desk = as_role(Role.AGENT)
    order = post(desk, "/orders", two(wang, request_key="first-order"))
    body = {"version": order["version"], "key": "change-01", "lines": [{"sku": "SPRING-18.9", "qty": 3}]}
    seen = post(desk, f"/orders/{order['id']}/change/preview", body)
    assert (seen["vouchers"], seen["vouchers_left"], seen["duplicates"]) == (3, 0, [])
    done = post(desk, f"/orders/{order['id']}/change", {**body, "quote": seen["quote"]})
    assert (done["vouchers_fen"], done["due_fen"]) == (6000, 15000)


def test_lists_filter_and_cancel_and_urge(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    order = post(desk, "/orders", two(wang, request_key="first-order", call_id="c7"))
    other = post(desk, "/orders", two(wang, request_key="other-order", lines=[{"sku": "PUMP", "qty": 1}]))
    urged = post(desk, f"/orders/{order['id']}/urge", {"key": "urge-0001"})
    assert urged["urges"] == 1
    post(desk, f"/orders/{other['id']}/cancel", {"key": "cancel-1", "reason": "mistake"})

    def listed(query: str) -> list[int]:
        return [row["id"] for row in desk.get(f"/api/orders?{query}").json()["items"]]

    assert listed("") == [other["id"], order["id"]]
    assert listed("open=true") == [order["id"]]
    assert listed("call_id=c7") == [order["id"]]
    assert listed(f"no={order['no'][-5:]}") == [order["id"]]
    assert listed(f"customer_id={wang.pk}&state=cancelled") == [other["id"]]
    assert listed("limit=1") == [other["id"]]
    assert desk.get("/api/orders?limit=1").json()["next"] == other["id"]


def test_demand_by_town(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    for number in range(7):
        body = {
            "reason": "outside",
            "address": "霍山县与儿街镇",
            "key": f"demand-{number}",
            "call_id": f"c{number}",
        }
        post(desk, "/demand", body)
    post(desk, "/demand", {"reason": "outside", "key": "demand-again", "call_id": "c3"})
    post(desk, "/demand", {"reason": "price", "address": "霍山县与儿街镇", "key": "demand-price"})
    assert UnconvertedDemand.objects.count() == 8
    (town,) = desk.get("/api/demand/towns").json()
    assert (town["town_name"], town["total"], town["reasons"]) == ("与儿街镇", 8, {"outside": 7, "price": 1})


@pytest.mark.parametrize(
    ("role", "read", "place", "settle"),
    [
        (Role.AGENT, 200, 200, 403),
        (Role.SUPERVISOR, 200, 200, 409),
        (Role.OWNER, 200, 200, 409),
        (Role.COURIER, 403, 403, 403),
        (Role.FINANCE, 200, 403, 409),
        (Role.ADMIN, 200, 200, 409),
    ],
)
def test_who_may(wang: Customer, as_role: As, role: Role, read: int, place: int, settle: int) -> None:
    order = post(as_role(Role.ADMIN), "/orders", two(wang, request_key="first-order"))
    who = as_role(role)
    assert who.get("/api/orders").status_code == read
    assert who.get(f"/api/orders/{order['id']}").status_code == read
    assert who.get("/api/demand").status_code == read
    post(who, "/orders/preview", two(wang), place)
    post(who, "/orders", two(wang, request_key="second-order", confirm_duplicate=True), place)
    post(who, f"/orders/{order['id']}/urge", {"key": "urge-0001"}, place)
    post(who, f"/orders/{order['id']}/settle", {"key": "settle-01"}, settle)


def test_owed_buckets_are_minded_by_level_and_never_refuse(wang: Customer, as_role: As) -> None:
    kind = BucketType.objects.get(code="PC-18.9")
    buckets.move(Request(key="lent-1"), wang.pk, kind, BucketKind.LENT, 2)
    desk = as_role(Role.AGENT)

    def warned() -> dict[str, Any]:
        seen = post(desk, "/orders/preview", two(wang))
        assert (seen["placeable"], seen["deposit_fen"]) == (True, 0)
        (warning,) = seen["warnings"]
        found: dict[str, Any] = warning["detail"]
        return found

    assert warned() == {"buckets": 2, "limit": 2, "over": False}
    buckets.move(Request(key="lent-2"), wang.pk, kind, BucketKind.LENT, 1)
    assert warned() == {"buckets": 3, "limit": 2, "over": True}
    Customer.objects.update(level="silver")
    assert warned() == {"buckets": 3, "limit": 4, "over": False}


def test_a_form_older_than_the_customer_is_refused_with_what_changed(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    seen = wang.version
    patch = {"version": seen, "remark": "狗凶"}
    assert desk.patch(f"/api/customers/{wang.pk}", patch, content_type=JSON).status_code == 200
    error = post(desk, "/orders", two(wang, request_key="stale-form", customer_version=seen), 409)
    assert (error["code"], error["detail"][0]["after"]) == ("stale", {"remark": "狗凶"})
    there = {"address": {"text": "霍山县与儿街镇老街 9 号", "floor": 1, "lift": "no"}}
    body = two(wang, request_key="fresh-form", customer_version=seen + 1, **there)
    placed = post(desk, "/orders", body)
    wang.refresh_from_db()
    assert wang.version == seen + 2
    # The answer was lost on the way: the form is older than what it did itself.
    assert post(desk, "/orders", body)["id"] == placed["id"]


def test_a_new_customers_number_that_is_anothers(wang: Customer, as_role: As) -> None:
    new = {
        "name": "李先生",
        "phones": [{"number": WANG}],
        "addresses": [{"text": "霍山县衡山镇淠河路 1 号", "floor": 1}],
    }
    body = {"customer": new, "lines": [{"sku": "PUMP", "qty": 1}], "request_key": "new-customer"}
    desk = as_role(Role.AGENT)
    error = post(desk, "/orders", body, 409)
    assert (error["code"], error["detail"]) == ("phone_taken", wang.pk)
    assert Customer.objects.count() == 1
    new["phones"] = [{"number": "13900000055"}]
    first, again = post(desk, "/orders", body), post(desk, "/orders", body)
    assert first["id"] == again["id"]
    assert (Customer.objects.count(), Order.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"sku": "SPRING-18.9", "qty": 0}],
        [{"sku": "SPRING-18.9", "qty": 10_001}],
        [{"sku": "PUMP", "qty": 1, "pay_by": "gold"}],
    ],
)
def test_lines_that_make_no_sense(wang: Customer, as_role: As, lines: list[Any]) -> None:
    body = {"customer_id": wang.pk, "lines": lines}
    assert post(as_role(Role.AGENT), "/orders/preview", body, 422)["code"] == "invalid"


def test_what_is_not_there(wang: Customer, as_role: As) -> None:
    desk = as_role(Role.AGENT)
    nothing = two(wang, lines=[{"sku": "NO-SUCH", "qty": 1}])
    assert post(desk, "/orders/preview", nothing, 404)["code"] == "unknown_product"
    assert post(desk, "/orders/preview", two(wang, address_id=10**6), 404)["code"] == "unknown_address"
    nobody = {"customer_id": 10**6, "lines": [{"sku": "PUMP", "qty": 1}]}
    assert post(desk, "/orders/preview", nobody, 404)["code"] == "unknown_customer"
    assert post(desk, "/orders", {**nobody, "request_key": "nobody-01"}, 404)["code"] == "unknown_customer"
    assert post(desk, "/orders/99/urge", {"key": "urge-0001"}, 404)["code"] == "unknown_order"
    assert post(desk, "/orders", {"lines": [{"sku": "PUMP", "qty": 1}], "request_key": "whose-it-is"}, 422)[
        "code"
    ] == ("customer_missing")


def test_the_same_water_twice_in_a_form_is_one_line(wang: Customer, as_role: As) -> None:
    twice = [{"sku": "SPRING-18.9", "qty": 6}, {"sku": "SPRING-18.9", "qty": 4}]
    seen = post(as_role(Role.AGENT), "/orders/preview", two(wang, lines=twice))
    assert [(line["qty"], line["unit_fen"]) for line in seen["lines"]] == [(10, 1800)]
