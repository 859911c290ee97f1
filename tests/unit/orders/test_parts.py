"""What the screen pop, the one box, an export and an erasure know of orders."""

from datetime import UTC, datetime

import pytest

from springline.business.customers import erasing, hooks, lookups, pops
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer
from springline.business.customers.searching import search
from springline.business.orders import hooks as order_hooks
from springline.business.orders import parts, services
from springline.business.orders.models import Order
from springline.business.orders.states import OrderEvent
from springline.contracts.events import CallerQuality
from tests.unit.orders.people import WANG, buys, wants
from tests.unit.orders.test_delivering import left, on_its_way

NUMBER = f"+86{WANG}"


@pytest.fixture(autouse=True)
def joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "within", lambda _budget, look: look())
    parts.register()
    pops.forget()


def test_the_pop_has_the_last_order_vouchers_and_what_is_on_its_way(wang: Customer) -> None:
    buys(wang, 8)
    services.place(wants(wang), now=datetime(2026, 10, 28, 2, tzinfo=UTC))
    order = services.place(wants(wang, ("SPRING-5", 1), key="order-key-2"))
    services.record(order.pk, OrderEvent.ASSIGNED, key="a-0001", by=None, facts={"courier_id": 7})
    order_hooks.courier_names.append(lambda ids: dict.fromkeys(ids, "小李"))
    pop = pops.pop(NUMBER, CallerQuality.REAL)
    orders = pop.parts["orders"]
    assert orders["last"]["text"].startswith("上次：5L 山泉水一次性桶 ×1 · ")
    assert [(row["state"], row["courier"]) for row in orders["open"]] == [
        ("unassigned", ""),
        ("assigned", "小李"),
    ]
    assert pop.parts["vouchers"]["available"] == 6
    assert pop.missing == ()


def test_a_masked_number_shows_nobodys_orders(wang: Customer) -> None:
    services.place(wants(wang))
    for quality in set(CallerQuality) - {CallerQuality.REAL}:
        pop = pops.pop(NUMBER, quality)
        assert (pop.kind, pop.customer, pop.parts) == (pops.PopKind.UNIDENTIFIED, None, {})


def test_a_customer_without_orders(wang: Customer) -> None:
    assert parts.pop_part([wang.pk]) == {"last": None, "open": []}


def test_the_box_finds_by_order_number_and_its_end(wang: Customer) -> None:
    order = services.place(wants(wang))
    assert order.no is not None
    for text in (order.no, order.no[-5:], order.no[-8:]):
        assert wang.pk in [hit.customer_id for hit in search(text)]
    assert parts.search(order.no[-4:]) == parts.search("99999") == parts.search("山泉") == []


def test_the_region_of_the_last_delivery(wang: Customer) -> None:
    order = services.place(wants(wang))
    assert hooks.last_delivery["orders"]([wang.pk]) is None
    done = left(on_its_way(order), cash_fen=14_000)
    assert hooks.last_delivery["orders"]([wang.pk]) == ("341525", done.delivered_at)


def test_export_and_erasure(wang: Customer) -> None:
    order = services.place(wants(wang, ("SPRING-5", 2), note="放门口", contact_name="小王"))
    (row,) = parts.export_part([wang.pk])
    assert (row["no"], row["note"], row["lines"][0]["qty"]) == (order.no, "放门口", 2)
    with pytest.raises(CustomerRefusal):
        erasing.erase(wang.pk, None, "asked for")
    services.cancel(order.pk, "customer", key="cancel-1", by=None, note="王女士搬走了")
    erasing.erase(wang.pk, None, "asked for")
    left_over = Order.objects.get()
    assert (left_over.address_text, left_over.note, left_over.contact_name) == ("", "", "")
    assert (left_over.county, left_over.total_fen) == ("341525", 1800)
    step = left_over.steps.get(event="cancelled")
    assert step.facts == {"reason": "customer", "note": ""}
