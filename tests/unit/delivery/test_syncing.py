"""What a phone reports counts exactly once, in any order, with any clock; what cannot count is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from springline.business.catalog.models import BucketType
from springline.business.customers.models import Customer
from springline.business.delivery.models import (
    CommissionEntry,
    CommissionRule,
    Courier,
    SyncAction,
    SyncConflict,
)
from springline.business.delivery.states import TaskState
from springline.business.orders.models import Order, Payment
from springline.business.vouchers import selectors as vouchers
from tests.unit.delivery.people import Phone, fresh, leaves, placed, task_of
from tests.unit.orders.people import buys

pytestmark = pytest.mark.django_db


def test_a_whole_delivery(wang: Customer, zhou: Courier) -> None:
    buys(wang, 5)
    zhou.commission_rule = CommissionRule.objects.create(name="r", per_order_fen=100, per_bucket_fen=150)
    zhou.save()
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    for kind in ("accept", "pick_up", "arrive"):
        assert phone.reports(task, kind).status == "done"
    bucket = BucketType.objects.get(code="PC-18.9")
    told = leaves(order, empties=[{"bucket_type_id": bucket.pk, "qty": 1}], cash_fen=5000)
    result = phone.reports(task, "deliver", **told)
    assert (result.status, result.code, result.task.state) == ("done", "", "delivered")  # type: ignore[union-attr]
    task.refresh_from_db()
    assert fresh(order).state == "delivered"
    assert (task.delivered_qty, task.vouchers, task.empties, task.cash_fen) == (2, 2, 1, 5000)
    assert vouchers.balance([wang.pk]).available == 3
    assert CommissionEntry.objects.get().fen == 400
    assert [event.kind for event in task.events.all()] == ["offer", "accept", "pick_up", "arrive", "deliver"]


def test_the_same_key_again_answers_the_same_and_does_nothing(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    action = phone.does(task, "deliver", **leaves(order, cash_fen=4000))
    first = phone.send()[0]
    again = phone.send([action, action])
    assert first.status == "done"
    assert [result.status for result in again] == ["repeated", "repeated"]
    assert Payment.objects.filter(order=order).count() == 1


def test_delivered_twice_with_two_keys_is_one_delivery_and_a_question(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    phone.reports(task, "deliver", **leaves(order, cash_fen=4000))
    second = phone.reports(task, "deliver", **leaves(order, cash_fen=4000))
    assert (second.status, second.code) == ("conflict", "already_delivered")
    assert SyncConflict.objects.get().action.payload["cash_fen"] == 4000  # type: ignore[union-attr]
    assert Payment.objects.filter(order=order).count() == 1


def test_a_step_that_comes_late_is_noted_and_changes_nothing(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    accept = phone.does(task, "accept", timezone.now() - timedelta(minutes=2))
    phone.queue = []
    phone.reports(task, "pick_up")
    late = phone.send([accept])[0]
    assert (late.status, late.code) == ("done", "late")
    task.refresh_from_db()
    assert task.state == TaskState.PICKED_UP
    assert task.accepted_at is not None
    assert task.picked_at is not None
    assert task.accepted_at < task.picked_at


@pytest.mark.parametrize("skew", [timedelta(days=1), timedelta(days=-1), timedelta(hours=-8)])
def test_a_clock_that_is_wrong_by_a_day_is_corrected_and_both_times_kept(
    skew: timedelta, wang: Customer, zhou: Courier
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou, skew=skew)
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        true = timezone.now() - timedelta(minutes=10)
        phone.does(task, "deliver", true, **leaves(order))
        assert phone.send()[0].status == "done"
    row = SyncAction.objects.get()
    event = task.events.get(kind="deliver")
    assert abs(row.at - true) < timedelta(seconds=2)
    assert abs(row.client_at - (true + skew)) < timedelta(seconds=2)
    assert (event.at, event.client_at) == (row.at, row.client_at)
    assert fresh(order).delivered_at == row.at


def test_refusing_what_was_accepted(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    phone = Phone(zhou)
    phone.reports(task_of(order), "accept")
    assert phone.reports(task_of(order), "refuse").code == "already_accepted"
    assert fresh(order).state == "accepted"


def test_of_another_couriers_task_nothing_is_told(wang: Customer, zhou: Courier, wu: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    stranger = wu if task.courier == zhou else zhou
    result = Phone(stranger).reports(task, "deliver", **leaves(order))
    assert (result.status, result.code, result.task) == ("rejected", "unknown_task", None)
    assert SyncAction.objects.get().task is None


def test_a_key_of_another_courier(wang: Customer, zhou: Courier, wu: Courier) -> None:
    mine, other = placed(wang), placed(wang)
    first, second = task_of(mine), task_of(other)
    Phone(first.courier).send([Phone(first.courier).does(first, "accept", named="same-key")])
    result = Phone(second.courier).send([Phone(second.courier).does(second, "accept", named="same-key")])[0]
    assert (result.status, result.code, result.task) == ("rejected", "key_taken", None)


def test_photos_and_a_partial_delivery_leave_a_child_order(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    told = leaves(order)
    told["lines"][0]["qty"] = 1
    assert Phone(zhou).reports(task_of(order), "deliver", **told).status == "done"
    child = Order.objects.get(parent=order)
    assert (child.state, task_of(child).courier, task_of(child).qty) == ("assigned", zhou, 1)
