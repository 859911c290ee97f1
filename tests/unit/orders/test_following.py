"""A redemption is reversed or made up for: the order, the courier's day and the ledger say the same."""

from contextlib import suppress

import pytest
from pytest_django import DjangoAssertNumQueries

from springline.business.accounts.models import User
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer
from springline.business.orders import following, services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order
from springline.business.vouchers import buckets, remedies, selectors
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.hooks import PaidOrder
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import Iou, VoucherEntry
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from tests.unit.orders.people import buys, wants
from tests.unit.orders.test_delivering import adds_up, left, on_its_way


def _redeemed(wang: Customer) -> tuple[Order, VoucherEntry]:
    buys(wang, 5)
    done = left(on_its_way(services.place(wants(wang))), vouchers=2, cash_fen=10_000)
    assert (done.vouchers_fen, done.owed_fen) == (4000, 0)
    return done, VoucherEntry.objects.get(kind="redeem")


def _back(entry: VoucherEntry, qty: int | None = None, key: str = "back-1") -> None:
    vouchers.reverse(Request(key=key), entry.pk, qty)
    vouchers.reverse(Request(key=key), entry.pk, qty)


def test_what_no_voucher_pays_any_more_is_due_in_money(wang: Customer) -> None:
    done, entry = _redeemed(wang)
    for qty, owed in ((1, 2000), (2, 4000)):
        foreseen = following.foresee([(entry, qty)])
        assert foreseen == {entry.pk: PaidOrder(done.no or "", owed, monthly=False)}
    _back(entry)
    done.refresh_from_db()
    assert VoucherEntry.objects.get(kind="reverse").order_id == done.pk
    assert (done.vouchers_fen, done.owed_fen, done.state) == (0, 4000, "delivered")
    assert [line.redeemed for line in done.lines.all()] == [0]
    assert adds_up(done)
    last = done.steps.last()
    assert last is not None
    assert (last.event, last.facts["vouchers"]) == ("vouchers_reversed", 2)
    with pytest.raises(OrderRefused, match="still_owed"):
        services.settle(done.pk, key="settle-01", by=None)
    services.pay(done.pk, 4000, "wechat", key="paid-001", by=None)
    assert services.settle(done.pk, key="settle-02", by=None).state == "settled"


def test_on_a_monthly_account_it_is_for_the_bill(wang: Customer) -> None:
    done, entry = _redeemed(wang)
    Order.objects.filter(pk=done.pk).update(monthly=True)
    assert following.foresee([(entry, 2)])[entry.pk].monthly


def test_twenty_redemptions_ask_no_more_than_one(
    wang: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _done, entry = _redeemed(wang)
    for rows in ([(entry, 1)], [(entry, 1)] * 20):
        with django_assert_num_queries(5):
            following.foresee(rows)


def test_half_of_it(wang: Customer) -> None:
    done, entry = _redeemed(wang)
    _back(entry, 1)
    done.refresh_from_db()
    assert (done.vouchers_fen, done.owed_fen) == (2000, 2000)
    assert adds_up(done)


def test_a_settled_order_is_open_again(wang: Customer) -> None:
    done, entry = _redeemed(wang)
    services.settle(done.pk, key="settle-01", by=None)
    _back(entry)
    done.refresh_from_db()
    assert (done.state, done.settled_at, done.owed_fen) == ("delivered", None, 4000)


def test_the_voucher_that_should_have_been_taken_is_taken_afterwards(wang: Customer) -> None:
    done, entry = _redeemed(wang)
    _back(entry)
    product = done.lines.get().product
    vouchers.redeem(Request(key="again-01", order_id=done.pk), wang.pk, product, 2)
    done.refresh_from_db()
    assert (done.vouchers_fen, done.owed_fen) == (4000, 0)
    assert services.settle(done.pk, key="settle-01", by=None).state == "settled"


def test_what_was_owed_redeemed_and_reversed_is_no_longer_owed_in_vouchers(wang: Customer) -> None:
    done = left(on_its_way(services.place(wants(wang))), vouchers=2, cash_fen=10_000)
    buys(wang, 5)
    remedies.settle(Iou.objects.get().pk)
    done.refresh_from_db()
    assert (done.vouchers_fen, done.vouchers_owed_fen, done.owed_fen) == (0, 4000, 0)
    _back(VoucherEntry.objects.get(kind="redeem"))
    done.refresh_from_db()
    assert (done.vouchers_fen, done.vouchers_owed_fen, done.owed_fen) == (0, 0, 4000)
    assert adds_up(done)


def test_half_reversed_before_the_delivery_is_reported(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    wanted = Request(key="code-001", order_id=order.pk, delivery_id=order.pk)
    entry = vouchers.redeem(wanted, wang.pk, order.lines.get().product, 2).entries[-1]
    _back(entry, 1)
    done = left(order, vouchers=2)
    assert [line.redeemed for line in done.lines.all()] == [1]
    assert (done.vouchers_fen, done.owed_fen) == (2000, 2000)
    assert adds_up(done)


def test_reversed_while_the_buckets_wait_to_be_booked_again(
    wang: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))

    def away(*_args: object, **_how: object) -> None:
        raise VoucherRefused(Code.AWAY)

    with monkeypatch.context() as patch:
        patch.setattr(buckets, "move", away)
        done = left(order, vouchers=2)
    assert done.voucher_trouble
    _back(VoucherEntry.objects.get(kind="redeem"))
    assert services.book_missing() == 1
    done.refresh_from_db()
    assert (done.vouchers_fen, done.owed_fen) == (0, 4000)
    assert adds_up(done)


def _water(order: Order) -> Product:
    return order.lines.get().product


def _stands(customer: Customer) -> tuple[int, int]:
    """Vouchers to be had, and owed."""
    found = selectors.balance([customer.pk])
    return found.available, found.owed


def test_what_the_desk_redeemed_on_the_way_is_not_taken_again_at_the_door(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    vouchers.redeem(Request(key="desk-001", order_id=order.pk), wang.pk, _water(order), 2)
    done = left(order, vouchers=2)
    assert (_stands(wang), done.vouchers_fen, done.owed_fen) == ((3, 0), 4000, 0)
    assert adds_up(done)


def test_what_was_set_aside_is_free_when_the_desk_took_others(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    remedies.owe(Request(key="desk-001", order_id=order.pk), wang.pk, _water(order), 2, Code.COURIER_OFFLINE)
    left(order, vouchers=2)
    assert selectors.balance([wang.pk]).reserved == 0
    remedies.settle(Iou.objects.get().pk)
    assert _stands(wang) == (3, 0)


def test_more_vouchers_than_water_are_reversed_first(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    vouchers.redeem(Request(key="desk-001", order_id=order.pk), wang.pk, _water(order), 3)
    done = left(order, vouchers=2)
    entry = VoucherEntry.objects.filter(kind="redeem").latest("pk")
    assert following.foresee([(entry, 1)])[entry.pk].owed_fen == 0
    _back(entry, 1)
    done.refresh_from_db()
    assert (_stands(wang), done.vouchers_fen, done.owed_fen) == ((3, 0), 4000, 0)


def test_what_the_desk_noted_as_owed_on_the_way_is_owed_once(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    remedies.owe(Request(key="desk-001", order_id=order.pk), wang.pk, _water(order), 2, Code.COURIER_OFFLINE)
    done = left(order, vouchers=2)
    assert (_stands(wang), done.vouchers_owed_fen, done.owed_fen) == ((0, 2), 4000, 0)


def test_what_was_owed_on_the_way_and_redeemed_since_is_redeemed(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    remedies.owe(Request(key="desk-001", order_id=order.pk), wang.pk, _water(order), 2, Code.COURIER_OFFLINE)
    buys(wang, 5)
    remedies.settle(Iou.objects.get().pk)
    done = left(order, vouchers=2)
    assert (_stands(wang), done.vouchers_fen, done.owed_fen) == ((3, 0), 4000, 0)


def test_a_voucher_that_follows_is_not_asked_for_in_money_too(wang: Customer) -> None:
    done = left(on_its_way(services.place(wants(wang))), vouchers=0)
    asked = Request(key="desk-001", order_id=done.pk)
    for _twice in range(2):
        remedies.owe(asked, wang.pk, _water(done), 2, Code.AWAY)
    done.refresh_from_db()
    assert (done.vouchers_owed_fen, done.owed_fen) == (4000, 0)
    buys(wang, 5)
    remedies.settle(Iou.objects.get().pk)
    assert services.settle(done.pk, key="settle-01", by=None).vouchers_fen == 4000


def test_a_voucher_that_was_waived_is_due_in_money(wang: Customer, agent: User) -> None:
    done = left(on_its_way(services.place(wants(wang))), vouchers=2, cash_fen=10_000)
    for _twice in range(2):
        with suppress(NotPossible):
            remedies.waive(Iou.objects.get().pk, agent, "现金")
    done.refresh_from_db()
    assert (done.vouchers_owed_fen, done.owed_fen) == (0, 4000)
    assert [step.event for step in done.steps.all()][-1] == "vouchers_waived"
    services.pay(done.pk, 4000, "cash", key="paid-001", by=None)
    assert services.settle(done.pk, key="settle-01", by=None).vouchers_fen == 0
