"""Sixty-four clients at once: SQLite, or PostgreSQL by SPRINGLINE_TEST_DATABASE_URL."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from springline.business.catalog import demo
from springline.business.customers.inputs import AddressIn, CustomerIn, PhoneIn
from springline.business.customers.models import Customer
from springline.business.orders import services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order, OrderStep
from springline.business.vouchers import guards
from springline.business.vouchers import selectors as vouchers
from tests.unit.orders.people import HOME, a_customer, buys, wants

CLIENTS = 64


@pytest.fixture
def customer(transactional_db: None) -> Iterator[Customer]:
    demo.write()
    made = a_customer()
    buys(made, 2)
    yield made
    # The test's own tidying up deletes rows, which the guards refuse.
    guards.remove(connection)
    for table in guards.APPEND_ONLY:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    guards.install(connection)


def at_once(work: Callable[[int], str]) -> Counter[str]:
    start = Barrier(CLIENTS)

    def client(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(20)
            return work(number)
        except OrderRefused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(client, range(CLIENTS)))


def test_one_key_from_everywhere_is_one_order(customer: Customer) -> None:
    results = at_once(lambda _number: str(services.place(wants(customer)).pk))
    assert set(results.values()) == {CLIENTS}
    assert (Order.objects.count(), OrderStep.objects.count()) == (1, 2)
    assert vouchers.balance([customer.pk]).reserved == 2


def test_one_key_from_everywhere_is_one_new_customer_with_one_order(customer: Customer) -> None:
    new = CustomerIn(
        name="李先生",
        phones=[PhoneIn(number="13900000018")],
        addresses=[AddressIn(text=HOME, floor=1, lift="no")],
    )
    results = at_once(lambda _number: str(services.place(wants(None, customer=new)).pk))
    assert set(results.values()) == {CLIENTS}
    assert Customer.objects.get(name="李先生").orders.count() == Order.objects.count() == 1


def test_many_agents_at_once_order_once_and_take_each_voucher_once(customer: Customer) -> None:
    results = at_once(
        lambda number: "placed" if services.place(wants(customer, key=f"client-{number:04}")).pk else ""
    )
    assert results == Counter({"placed": 1, "duplicate_order": CLIENTS - 1})
    assert Order.objects.count() == 1


def test_one_cancels_while_others_urge(customer: Customer) -> None:
    order = services.place(wants(customer))

    def work(number: int) -> str:
        if number % 2:
            return services.cancel(order.pk, "mistake", key=f"cancel-{number:04}", by=None).state
        return services.urge(order.pk, key=f"urge-{number:05}", by=None).state

    results = at_once(work)
    assert results["cancelled"] == 1
    order.refresh_from_db()
    assert order.version == order.steps.count() == 3 + order.urges
    assert list(order.steps.values_list("version", flat=True)) == list(range(1, order.version + 1))
