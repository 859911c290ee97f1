"""The demo's rows: the known caller of the story, and nothing twice."""

import pytest

from springline.business.catalog import demo as catalog
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.selectors import by_phone, family
from springline.business.orders import demo, hooks, selectors, words
from springline.business.orders.models import Order, OrderStep
from springline.business.vouchers import demo as packages
from springline.business.vouchers import selectors as vouchers


@pytest.fixture
def written(db: None) -> None:
    hooks.confirmed.append(lambda order: pytest.fail("a courier was sent for an order of the past"))
    catalog.write()
    packages.write()
    assert demo.write()


def test_the_caller_is_known_with_a_last_order_and_vouchers(written: None) -> None:
    wang = by_phone("+8613805640001")
    assert wang is not None
    assert wang.addresses.get().county == "341525"
    last = selectors.last(family(wang.pk))
    assert last is not None
    line = words.last_line(last, list(last.lines.select_related("product")))
    assert line.startswith("上次：18.9L 山泉水 ×2 · ")
    assert line.endswith(" · 衡山镇…")
    assert vouchers.balance([wang.pk]).available == 6
    (standing,) = vouchers.bucket_standings([wang.pk])
    assert (standing.out, standing.deposited, standing.owed) == (3, 2, 1)


def test_every_address_has_a_county_and_every_order_is_delivered(written: None) -> None:
    assert not CustomerAddress.objects.filter(county="").exists()
    assert set(Order.objects.values_list("state", flat=True)) == {"delivered"}
    assert all(order.owed_fen == 0 for order in Order.objects.filter(monthly=False))
    assert all(order.owed_fen > 0 for order in Order.objects.filter(monthly=True))
    assert by_phone("+865643210011") == by_phone("+8613805640012")


def test_a_second_time_makes_nothing_new(written: None) -> None:
    before = Customer.objects.count(), Order.objects.count(), OrderStep.objects.count()
    assert not demo.write()
    assert before == (Customer.objects.count(), Order.objects.count(), OrderStep.objects.count())
