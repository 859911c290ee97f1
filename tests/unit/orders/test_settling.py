"""After the water: money that comes later, settling, after-sales."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import AppendOnly
from springline.business.customers.models import Customer
from springline.business.orders import services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import OrderStep, Payment
from springline.business.vouchers import remedies
from springline.business.vouchers.models import Iou
from tests.unit.orders.people import a_customer, buys, wants
from tests.unit.orders.test_delivering import adds_up, left, on_its_way


def test_a_monthly_account_pays_later(spring: object) -> None:
    plant = a_customer("13900000023", "电子厂", settlement="monthly", type="enterprise")
    order = services.place(wants(plant, ("PURE-18.9", 10)))
    assert order.monthly
    assert {line.pay_by for line in order.lines.all()} == {"monthly"}
    done = left(on_its_way(order))
    assert (done.deposit_fen, done.owed_fen) == (0, 15_000)
    with pytest.raises(OrderRefused) as refused:
        services.settle(done.pk, key="settle-01", by=None)
    assert (refused.value.code, refused.value.detail) == ("still_owed", {"fen": 15_000, "vouchers": 0})
    services.pay(done.pk, 15_000, "bank", key="paid-001", by=None)
    services.pay(done.pk, 15_000, "bank", key="paid-001", by=None)
    settled = services.settle(done.pk, key="settle-01", by=None)
    assert (settled.state, settled.paid_fen) == ("settled", 15_000)
    assert adds_up(settled)


def test_credit_of_a_monthly_account_is_warned_of(spring: object) -> None:
    from springline.business.orders import planning

    plant = a_customer("13900000023", "电子厂", settlement="monthly", credit_limit=20_000)
    services.place(wants(plant, ("SPRING-5", 20)))
    plan = planning.plan(wants(plant, ("SPRING-11.3", 1)), plant)
    assert [remark.code for remark in plan.warnings] == ["credit_limit"]
    assert plan.warnings[0].detail == {"running_fen": 18_000, "limit_fen": 20_000}


def test_vouchers_owed_are_settled_first(wang: Customer) -> None:
    done = left(on_its_way(services.place(wants(wang))), vouchers=2, cash_fen=10_000)
    with pytest.raises(OrderRefused):
        services.settle(done.pk, key="settle-01", by=None)
    buys(wang, 5)
    remedies.settle(Iou.objects.get().pk)
    settled = services.settle(done.pk, key="settle-01", by=None)
    assert (settled.vouchers_fen, settled.vouchers_owed_fen) == (4000, 0)
    assert adds_up(settled)


def test_what_owes_nothing_is_settled_a_day_later(wang: Customer) -> None:
    done = left(on_its_way(services.place(wants(wang))), cash_fen=14_000)
    assert services.settle_ready() == 0
    assert services.settle_ready(timezone.now() + timedelta(hours=25)) == 1
    done.refresh_from_db()
    assert done.state == "settled"


def test_after_sales_ends_well_or_with_the_money_back(wang: Customer) -> None:
    done = left(on_its_way(services.place(wants(wang))), cash_fen=13_000, wechat_fen=1000)
    services.open_after_sales(done.pk, key="after-01", by=None)
    assert services.close_after_sales(done.pk, key="after-02", by=None).state == "delivered"
    services.open_after_sales(done.pk, key="after-03", by=None)
    refunded = services.refund(done.pk, key="refund-1", by=None)
    assert (refunded.state, refunded.paid_fen) == ("refunded", refunded.deposit_fen)
    assert services.refund(done.pk, key="refund-1", by=None).version == refunded.version
    assert sorted(row.fen for row in Payment.objects.all()) == [-3000, -1000, 1000, 13_000]


@pytest.mark.parametrize("fen", [0, -15_000])
def test_money_that_makes_no_sense(wang: Customer, fen: int) -> None:
    done = left(on_its_way(services.place(wants(wang))), cash_fen=14_000)
    with pytest.raises(OrderRefused) as refused:
        services.pay(done.pk, fen, "cash", key="paid-001", by=None)
    assert refused.value.code == "bad_amount"


def test_steps_and_payments_are_written_once(wang: Customer) -> None:
    left(on_its_way(services.place(wants(wang))), cash_fen=14_000)
    for model in (OrderStep, Payment):
        row = model.objects.last()
        for spoil in (
            row.save,
            row.delete,
            model.objects.all().delete,
            lambda m=model: m.objects.update(who="x"),
        ):
            with pytest.raises(AppendOnly):
                spoil()
