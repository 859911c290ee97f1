"""A courier's day: sums that agree with the rows, and cash that is handed over and counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog.models import BucketType
from springline.business.customers.models import Customer
from springline.business.delivery import settling
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import CashHandover, CommissionRule, Courier, DeliveryTask
from springline.business.orders.models import Payment
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, a_courier, key, leaves, placed, post, task_of
from tests.unit.orders.people import a_customer, buys

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def delivered(customer: Customer, courier: Courier, **told: Any) -> DeliveryTask:
    order = placed(customer)
    task = task_of(order)
    assert task.courier == courier
    assert Phone(courier).reports(task, "deliver", **leaves(order, **told)).status == "done"
    return task_of(order)


def test_a_day(wang: Customer, zhou: Courier) -> None:
    zhou.commission_rule = CommissionRule.objects.create(name="r", per_bucket_fen=150)
    zhou.save()
    bucket = BucketType.objects.get(code="PC-18.9").pk
    paid = placed(wang)
    due = Phone(zhou).reports(task_of(paid), "accept").task.cash_due_fen  # type: ignore[union-attr]
    told = leaves(paid, cash_fen=due, empties=[{"bucket_type_id": bucket, "qty": 2}])
    Phone(zhou).reports(task_of(paid), "deliver", **told)
    failed = placed(wang)
    Phone(zhou).reports(task_of(failed), "fail", code="F1")
    placed(wang)
    day = signed_in(zhou.user).get("/api/courier/settlement").json()
    assert (day["delivered"], day["failed"], day["open"]) == (1, 1, 1)
    assert (day["buckets"], day["empties"], day["vouchers"]) == (2, 2, 0)
    assert (day["cash_due_fen"], day["cash_fen"], day["to_hand_fen"]) == (due, due, due)
    assert day["commission_fen"] == 300
    assert day["products"] == [{"name": "山泉水 18.9 升", "qty": 2}]


def test_cash_is_handed_over_once_per_key_and_counted_by_another(
    wang: Customer, zhou: Courier, as_role: SignIn
) -> None:
    delivered(wang, zhou, cash_fen=9000)
    phone, today = signed_in(zhou.user), timezone.localdate().isoformat()
    body = {"day": today, "cash_fen": 8500, "key": "hand-key-1"}
    for _ in range(2):
        day = post(phone, "/api/courier/settlement", **body).json()
    assert (day["handed_fen"], day["to_hand_fen"]) == (8500, 500)
    [row] = day["handovers"]
    assert (row["due_fen"], row["difference_fen"], row["state"]) == (9000, -500, "declared")
    path, finance = f"/api/delivery/handovers/{row['id']}/confirm", as_role(Role.FINANCE)
    assert post(phone, path, counted_fen=8500).status_code == 403
    assert post(finance, path, counted_fen=8500).json()["code"] == "note_missing"
    counted = post(finance, path, counted_fen=8500, note="找零不足").json()
    assert (counted["state"], counted["difference_fen"], counted["confirmed_by"]) == (
        "confirmed",
        -500,
        "finance",
    )
    assert post(finance, path, counted_fen=8500, note="again").status_code == 200
    assert post(finance, path, counted_fen=9000, note="again").json()["code"] == "confirmed"
    assert finance.get("/api/delivery/handovers").json()[0]["counted_fen"] == 8500


def test_a_second_handover_owes_only_the_rest(wang: Customer, zhou: Courier) -> None:
    delivered(wang, zhou, cash_fen=4000)
    settling.declare(zhou, timezone.localdate(), 4000, key())
    delivered(wang, zhou, cash_fen=3000)
    row = settling.declare(zhou, timezone.localdate(), 3000, key())
    assert (row.due_fen, row.difference_fen) == (3000, 0)


def test_who_cannot_confirm_and_what_cannot_be_declared(zhou: Courier, wu: Courier, monitor: User) -> None:
    row = settling.declare(zhou, timezone.localdate(), 0, "declare-key")
    with pytest.raises(DeliveryRefused, match="own_approval"):
        settling.confirm(row.pk, 0, zhou.user)
    with pytest.raises(DeliveryRefused, match="not_found"):
        settling.confirm(row.pk + 1, 0, monitor)
    with pytest.raises(DeliveryRefused, match="key_taken"):
        settling.declare(wu, timezone.localdate(), 0, "declare-key")
    with pytest.raises(DeliveryRefused, match="future_day"):
        settling.declare(zhou, timezone.localdate() + timedelta(days=1), 0, key())


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow"])
def test_a_day_that_is_none(day: str, zhou: Courier) -> None:
    assert signed_in(zhou.user).get("/api/courier/settlement", {"day": day}).status_code == 422


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    days=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 3)),
        max_size=5,
    )
)
def test_the_sums_of_a_day_are_those_of_its_rows(
    days: list[tuple[int, int, int, int]], spring: object, station: object
) -> None:
    """(vouchers, cash, WeChat, empties) of each delivery against payments and handovers."""
    station.couriers.update(active=False)  # type: ignore[attr-defined]
    courier = a_courier(key("c"), station)  # type: ignore[arg-type]
    bucket = BucketType.objects.get(code="PC-18.9").pk
    customer = a_customer(f"136{Customer.objects.count():08d}", name="孙女士")
    buys(customer, 50, key=key("lot"))
    for vouchers, cash, wechat, empties in days:
        told = {
            "vouchers": vouchers,
            "cash_fen": cash,
            "wechat_fen": wechat,
            "empties": [{"bucket_type_id": bucket, "qty": empties}],
        }
        delivered(customer, courier, **told)
        if cash > 5000:
            settling.declare(courier, timezone.localdate(), cash, key())
    day = settling.of_day(courier, timezone.localdate())
    payments = Payment.objects.filter(courier_id=courier.pk)
    assert day.delivered == len(days)
    assert day.vouchers == sum(row[0] for row in days)
    assert day.cash_fen == sum(row.fen for row in payments.filter(channel="cash")) == sum(r[1] for r in days)
    assert day.wechat_fen == sum(row.fen for row in payments.filter(channel="wechat"))
    assert day.empties == sum(row[3] for row in days)
    assert day.buckets == 2 * len(days)
    handed = sum(row.declared_fen for row in CashHandover.objects.filter(courier=courier))
    assert day.to_hand_fen == day.cash_fen - handed
