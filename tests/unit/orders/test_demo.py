"""The demo's rows: the known caller of the story, and nothing twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.catalog import demo as catalog
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.selectors import by_phone, family
from springline.business.orders import demo, hooks, selectors, words
from springline.business.orders.models import Order, OrderStep
from springline.business.vouchers import demo as packages
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import (
    BucketEntry,
    DepositEntry,
    Operation,
    VoucherEntry,
    VoucherLot,
    VoucherPackage,
)
from springline.business.vouchers.past import happened_at
from springline.business.vouchers.services import purchase
from springline.business.vouchers.statement import statement


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


def test_the_ledgers_have_the_times_of_what_they_stand_for(written: None) -> None:
    orders = Order.objects.in_bulk()
    for model in (VoucherEntry, BucketEntry, DepositEntry):
        rows = list(model.objects.exclude(order_id=None))
        assert rows
        for row in rows:
            order = orders[row.order_id]
            then = order.placed_at if row.kind == "reserve" else order.delivered_at
            assert row.at == row.operation.at == then
    for lot in VoucherLot.objects.all():
        first = Order.objects.filter(customer=lot.customer_id).earliest("placed_at")
        assert first.placed_at - lot.bought_at == timedelta(days=1)
        assert {row.at for row in lot.entries.filter(order_id=None)} == {lot.bought_at}


def test_each_chain_is_whole_and_goes_on_in_time(written: None) -> None:
    audit = vouchers.audit()
    assert (audit.lots, audit.breaks) == (3, ())
    for lot in VoucherLot.objects.all():
        times = list(lot.entries.order_by("seq").values_list("at", flat=True))
        assert times == sorted(times)


def test_a_statement_of_the_last_weeks_begins_with_what_was_there(written: None) -> None:
    wang = by_phone("+8613805640001")
    assert wang is not None
    now = timezone.now()
    recent = statement([wang.pk], now - timedelta(days=40), now)
    assert (recent.opening.vouchers, recent.closing.vouchers) == (8, 6)
    assert (recent.opening.buckets, recent.closing.buckets) == (2, 3)
    assert {line.order_id for line in recent.lines} == {
        Order.objects.filter(customer=wang).latest("placed_at").pk
    }
    year = statement([wang.pk], now - timedelta(days=366), now)
    assert (year.lines[0].kind, year.opening.vouchers) == ("purchase", 0)
    assert [line.at for line in year.lines] == sorted(line.at for line in year.lines)


def test_nobody_writes_of_the_past_nor_the_system_of_what_is_to_come(written: None) -> None:
    wang, package = by_phone("+8613805640001"), VoucherPackage.objects.get(sku="V-SPRING-10")
    assert wang is not None
    somebody = User.objects.create_user("somebody", "quiet-river-17", name="somebody")
    now = timezone.now()
    with happened_at(now - timedelta(days=9)), pytest.raises(ValueError, match="happens now"):
        purchase(Request(key="back", by=somebody), wang.pk, package)
    with pytest.raises(ValueError, match="to come"), happened_at(now + timedelta(hours=1)):
        pass
    assert not Operation.objects.filter(key="back").exists()
    # Afterwards it is now again.
    assert purchase(Request(key="today"), wang.pk, package).operation.at >= now
