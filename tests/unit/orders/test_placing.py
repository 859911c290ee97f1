"""An order is placed: everything in one transaction, once for a key."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from springline.business.catalog.models import Product
from springline.business.customers.inputs import AddressIn, CustomerIn, PhoneIn
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.orders import hooks, services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order, UnconvertedDemand
from springline.business.vouchers import selectors as vouchers
from tests.unit.orders.people import a_customer, buys, wants

# Of place() alone: no token, no courier, with vouchers and the savepoint of the test's own transaction.
MOST = 20


def test_an_order_has_lines_steps_its_call_and_waits_for_a_courier(wang: Customer) -> None:
    seen: list[Order] = []
    hooks.confirmed.append(seen.append)
    order = services.place(wants(wang, call_id="c1"))
    assert (order.state, order.call_id, order.total_fen) == ("unassigned", "c1", 2 * 2000 + 2 * 5000)
    assert [(line.name, line.qty, line.unit_fen) for line in order.lines.all()] == [
        ("山泉水 18.9 升", 2, 2000)
    ]
    assert [step.event for step in order.steps.all()] == ["placed", "queued"]
    assert seen == [order]
    address = wang.addresses.get()
    assert (order.address_text, order.county, address.uses) == (address.text, "341525", 1)


def test_the_same_key_again_returns_the_first_order(wang: Customer) -> None:
    first = services.place(wants(wang))
    assert services.place(wants(wang)).pk == first.pk
    assert Order.objects.count() == 1


def test_vouchers_pay_as_far_as_they_go_and_are_set_aside(wang: Customer) -> None:
    buys(wang, 3)
    order = services.place(wants(wang, ("SPRING-18.9", 4)))
    balance = vouchers.balance([wang.pk])
    assert (balance.available, balance.reserved) == (0, 3)
    assert (order.vouchers_fen, order.due_fen) == (6000, 2000 + 4 * 5000)
    assert order.lines.get().vouchers == 3


def test_a_new_customer_with_phone_and_address_in_one_go(spring: object) -> None:
    new = CustomerIn(
        name="李先生",
        phones=[PhoneIn(number="13900000018")],
        addresses=[AddressIn(text="霍山县衡山镇淠河路 1 号")],
    )
    order = services.place(wants(None, customer=new, call_id="c9", floor=3, lift="yes"))
    assert (order.customer.name, order.customer.created_from_call) == ("李先生", "c9")
    address = CustomerAddress.objects.get(customer=order.customer)
    assert (address.floor, address.lift, order.floor_fee_fen) == (3, "yes", 0)


def test_nothing_is_left_of_a_new_customer_when_the_order_is_refused(spring: object) -> None:
    new = CustomerIn(name="李先生", phones=[PhoneIn(number="13900000018")])
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(None, customer=new))
    assert refused.value.code == "address_unclear"
    assert not Customer.objects.exists()


def test_the_same_water_within_half_an_hour_asks_first(wang: Customer) -> None:
    services.place(wants(wang))
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(wang, key="order-key-2"))
    assert refused.value.code == "duplicate_order"
    assert services.place(wants(wang, key="order-key-3", confirm_duplicate=True)).pk
    assert services.place(wants(wang, ("SPRING-5", 1), key="order-key-4")).pk


def test_outside_the_area_is_refused_and_the_demand_noted(wang: Customer) -> None:
    far = a_customer("13900000019", "合肥", "合肥市包河区金寨路 1 号")
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(far, call_id="c2"))
    assert refused.value.code == "not_served"
    demand = UnconvertedDemand.objects.get()
    assert (demand.reason, demand.call_id, demand.qty) == ("outside", "c2", 2)


def test_a_town_of_two_counties_is_asked_for_never_guessed(wang: Customer) -> None:
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(wang, address=AddressIn(text="双河镇中学")))
    assert refused.value.code == "address_unclear"
    assert {county for county, _town in refused.value.detail["candidates"]} == {"341502", "341524"}


@pytest.mark.parametrize("text", ["梅山路128号", "阳光小区3栋", "13900000018", "六安市"])
def test_a_text_that_names_no_county_is_asked_for_too(text: str, wang: Customer) -> None:
    """Without a county no station has the order, and nobody knows when it comes and what it costs."""
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(wang, address=AddressIn(text=text)))
    assert refused.value.code == "address_unclear"
    assert len(refused.value.detail["candidates"]) == 7
    assert services.place(wants(wang, address=AddressIn(text=text, county="341525"))).county == "341525"


def test_a_key_is_one_customers(wang: Customer) -> None:
    services.place(wants(wang))
    other = a_customer("13900000024", "别人", "霍山县衡山镇文峰路 3 号")
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(other))
    assert refused.value.code == "key_reused"


def test_long_keys_that_begin_alike_are_two_customers(spring: object) -> None:
    for last, number in ("a", "13900000018"), ("b", "13900000019"):
        new = CustomerIn(
            name=number,
            phones=[PhoneIn(number=number)],
            addresses=[AddressIn(text="霍山县衡山镇淠河路 1 号", floor=1, lift="no")],
        )
        order = services.place(wants(None, customer=new, key="k" * 79 + last))
        assert order.customer.name == number


def test_an_order_is_placed_with_few_statements(wang: Customer) -> None:
    """Each of them costs a round trip on PostgreSQL, and more than itself in Django."""
    buys(wang, 3)
    services.place(wants(wang, ("SPRING-18.9", 1)))
    with CaptureQueriesContext(connection) as queries:
        services.place(wants(wang, key="order-key-2", confirm_duplicate=True))
    assert len(queries) <= MOST, [query["sql"][:90] for query in queries]


def test_a_repeated_request_answers_the_first_order_whatever_is_refused_now(wang: Customer) -> None:
    first = services.place(wants(wang))
    Product.objects.update(state="paused")
    assert services.place(wants(wang)).pk == first.pk
    with pytest.raises(OrderRefused) as refused:
        services.place(wants(wang, key="order-key-2", confirm_duplicate=True))
    assert refused.value.code == "not_on_sale"
