"""Water at the door: vouchers, buckets, deposits and money in one transaction; water first, ticket later."""

from typing import Any

import pytest
from django.db import DatabaseError

from springline.business.catalog.models import BucketType
from springline.business.customers.models import Customer
from springline.business.orders import services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import DeliveredIn, DeliveredLine, EmptiesIn
from springline.business.orders.models import Order
from springline.business.orders.states import OrderEvent
from springline.business.vouchers import buckets, remedies
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.models import Iou
from springline.business.vouchers.refusals import Code, VoucherRefused
from tests.unit.orders.people import buys, wants


def on_its_way(order: Order) -> Order:
    for event, facts in (
        (OrderEvent.ASSIGNED, {"courier_id": 7, "station_id": 3}),
        (OrderEvent.ACCEPTED, {}),
        (OrderEvent.PICKED_UP, {}),
    ):
        order = services.record(order.pk, event, key=f"{order.pk}:{event}", by=None, facts=facts)
    return order


def left(order: Order, qty: int | None = None, empties: int = 0, **how: Any) -> Order:
    line = order.lines.get()
    kind = BucketType.objects.get(code="PC-18.9")
    told = DeliveredIn(
        lines=[DeliveredLine(id=line.pk, qty=line.qty if qty is None else qty)],
        empties=[EmptiesIn(bucket_type_id=kind.pk, qty=empties)],
        **how,
    )
    return services.deliver(
        order.pk, told, key=f"deliver:{order.pk}", by=None, delivery_id=order.pk, station_id=3
    )


def adds_up(order: Order) -> bool:
    order.refresh_from_db()
    payments = sum(row.fen for row in order.payments.all())
    fees = order.delivery_fee_fen + (order.floor_fee_fen or 0)
    goods = sum(line.unit_fen * (line.delivered or 0) for line in order.lines.all())
    return (
        order.total_fen == goods + fees + order.deposit_fen
        and payments == order.paid_fen
        and order.total_fen == payments + order.vouchers_fen + order.vouchers_owed_fen + order.owed_fen
    )


def test_vouchers_buckets_deposits_and_money(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    done = left(order, cash_fen=10_000)
    assert (done.state, done.owed_fen, done.vouchers_fen, done.deposit_fen) == ("delivered", 0, 4000, 10_000)
    balance = vouchers.balance([wang.pk])
    assert (balance.available, balance.reserved) == (3, 0)
    (standing,) = vouchers.bucket_standings([wang.pk])
    assert (standing.out, standing.deposited, standing.owed, standing.held_fen) == (2, 2, 0, 10_000)
    assert adds_up(done)


def test_the_same_key_books_once(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    left(order, cash_fen=14_000)
    again = left(order, cash_fen=14_000)
    assert (again.paid_fen, again.payments.count()) == (14_000, 1)


def test_vouchers_that_went_elsewhere_are_owed(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    done = left(order, vouchers=2, cash_fen=10_000)
    assert Iou.objects.get().order_id == order.pk
    assert (done.vouchers_fen, done.vouchers_owed_fen, done.owed_fen) == (0, 4000, 0)
    assert adds_up(done)


def test_deposits_that_were_not_paid_are_buckets_owed_not_money(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    done = left(order, cash_fen=4000 + 5000)
    assert (done.deposit_fen, done.owed_fen) == (5000, 0)
    (standing,) = vouchers.bucket_standings([wang.pk])
    assert (standing.out, standing.deposited, standing.owed) == (2, 1, 1)


def test_what_was_not_left_is_a_child_order(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang, ("SPRING-18.9", 3))))
    total = order.total_fen
    done = left(order, qty=1, cash_fen=5000)
    child = done.children.get()
    assert (child.state, child.lines.get().qty, child.lines.get().vouchers) == ("unassigned", 2, 2)
    balance = vouchers.balance([wang.pk])
    assert (balance.available, balance.reserved) == (2, 2)
    assert done.total_fen + child.total_fen == total
    assert adds_up(done)


def test_nothing_left_is_no_delivery(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    with pytest.raises(OrderRefused) as refused:
        left(order, qty=0)
    assert refused.value.code == "nothing_delivered"


def test_a_failed_delivery_gives_the_vouchers_back_and_goes_out_again(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    order = services.record(order.pk, OrderEvent.FAILED, key="f1", by=None, facts={"code": "F1"})
    assert (order.state, order.fail_code, vouchers.balance([wang.pk]).available) == ("failed", "F1", 5)
    order = services.reschedule(order.pk, key="again", by=None)
    assert (order.state, order.fail_code, vouchers.balance([wang.pk]).reserved) == ("unassigned", "", 2)


def test_cancelling_gives_the_vouchers_back(wang: Customer) -> None:
    buys(wang, 5)
    order = services.place(wants(wang))
    order = services.cancel(order.pk, "customer", key="cancel-1", by=None)
    assert (order.state, vouchers.balance([wang.pk]).available) == ("cancelled", 5)
    assert services.cancel(order.pk, "customer", key="cancel-1", by=None).version == order.version


@pytest.mark.parametrize("broken", [VoucherRefused(Code.AWAY), DatabaseError("disk I/O error")])
def test_a_ledger_that_is_away_holds_up_no_water(
    wang: Customer, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))

    def away(*_args: object, **_how: object) -> None:
        raise broken

    with monkeypatch.context() as patch:
        patch.setattr(remedies, "redeem_or_owe", away)
        patch.setattr(buckets, "collect", away)
        done = left(order, cash_fen=10_000)
        assert services.book_missing() == 0
    assert (done.state, done.paid_fen, done.vouchers_owed_fen, done.owed_fen) == (
        "delivered",
        10_000,
        4000,
        0,
    )
    assert done.voucher_trouble
    assert adds_up(done)
    (standing,) = vouchers.bucket_standings([wang.pk])
    assert (standing.out, standing.deposited) == (2, 0)
    assert services.book_missing() == 1
    assert services.book_missing() == 0
    assert adds_up(done)
    assert (done.voucher_trouble, done.vouchers_fen, done.vouchers_owed_fen) == ("", 4000, 0)
    assert (vouchers.balance([wang.pk]).available, vouchers.balance([wang.pk]).reserved) == (3, 0)
    (standing,) = vouchers.bucket_standings([wang.pk])
    assert (standing.out, standing.deposited, standing.held_fen) == (2, 2, 10_000)


def test_what_was_called_off_and_delivered_all_the_same_has_no_rest(wang: Customer) -> None:
    buys(wang, 5)
    order = on_its_way(services.place(wants(wang)))
    services.cancel(order.pk, "customer", key="cancel-1", by=None)
    done = left(order, qty=1, cash_fen=5000)
    assert (done.state, done.cancel_reason, done.children.count()) == ("delivered", "", 0)
    assert vouchers.balance([wang.pk]).available == 4
    assert adds_up(done)
