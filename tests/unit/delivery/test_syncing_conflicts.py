"""What a phone reports and the desk meanwhile decided otherwise: counted where it can be, else asked."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.catalog.models import Batch
from springline.business.customers.models import Customer
from springline.business.delivery import showing, syncing
from springline.business.delivery.models import (
    BatchOnRoad,
    Courier,
    DeliveryTask,
    SyncConflict,
)
from springline.business.delivery.services import assignment
from springline.business.orders import services as orders
from springline.business.orders.models import Payment
from springline.business.vouchers import selectors as vouchers
from tests.unit.delivery.people import Phone, fresh, key, leaves, placed, task_of
from tests.unit.orders.people import buys

pytestmark = pytest.mark.django_db


def test_delivered_offline_what_was_cancelled_meanwhile_counts(
    wang: Customer, zhou: Courier, monitor: User
) -> None:
    buys(wang, 5)
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    phone.reports(task, "pick_up")
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        phone.does(task, "deliver", **leaves(order))
        orders.cancel(order.pk, "customer", key=key(), by=monitor)
    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        result = phone.send()[0]
    assert (result.status, result.code) == ("conflict", "applied_after_cancel")
    assert fresh(order).state == "delivered"
    assert vouchers.balance([wang.pk]).available == 3
    assert SyncConflict.objects.get().applied


def test_delivered_after_the_phone_knew_of_the_cancelling_is_a_question(
    wang: Customer, zhou: Courier, monitor: User
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    assert [shown.state for shown in showing.list_for(zhou, timezone.now())] == ["withdrawn"]
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        result = phone.reports(task, "deliver", **leaves(order, cash_fen=4000))
    assert (result.status, result.code) == ("conflict", "implausible_time")
    assert fresh(order).state == "cancelled"
    kept = SyncConflict.objects.get()
    assert not kept.applied
    assert kept.action.payload["cash_fen"] == 4000  # type: ignore[union-attr]


def test_a_supervisor_believes_it(wang: Customer, zhou: Courier, monitor: User) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    DeliveryTask.objects.filter(pk=task.pk).update(told_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        phone.reports(task, "deliver", **leaves(order, cash_fen=4000))
        found = SyncConflict.objects.get()
        for _ in range(2):
            closed = syncing.resolve(found.pk, by=monitor, deliver=True, note="问过客户")
    assert (closed.applied, closed.closed_by) == (True, monitor)
    assert fresh(order).state == "delivered"
    assert Payment.objects.get(order=order).fen == 4000


def test_what_another_has_now_is_delivered_by_who_delivered_it(
    wang: Customer, zhou: Courier, wu: Courier, monitor: User
) -> None:
    order = placed(wang)
    task = task_of(order)
    phone, other = Phone(task.courier), wu if task.courier == zhou else zhou
    phone.reports(task, "pick_up")
    phone.does(task, "deliver", **leaves(order, cash_fen=4000))
    given_to = assignment.give(order.pk, other.pk, key=key(), by=monitor)
    Phone(other).reports(given_to, "pick_up")
    result = phone.send()[0]
    assert (result.status, result.code) == ("conflict", "applied_after_withdrawal")
    given_to.refresh_from_db()
    assert (given_to.state, given_to.ended_why) == ("withdrawn", "done_elsewhere")
    assert (fresh(order).state, fresh(order).courier_id) == ("delivered", task.courier_id)
    assert Payment.objects.get(order=order).courier_id == task.courier_id


def test_both_delivered_it(wang: Customer, zhou: Courier, wu: Courier, monitor: User) -> None:
    order = placed(wang)
    task = task_of(order)
    other = wu if task.courier == zhou else zhou
    given_to = assignment.give(order.pk, other.pk, key=key(), by=monitor)
    assert Phone(other).reports(given_to, "deliver", **leaves(order)).status == "done"
    result = Phone(task.courier).reports(task, "deliver", **leaves(order))
    assert (result.status, result.code) == ("conflict", "already_delivered")


@pytest.mark.parametrize("kind", ["accept", "pick_up", "arrive", "refuse"])
def test_a_step_of_a_task_that_was_taken_away(
    kind: str, wang: Customer, zhou: Courier, monitor: User
) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    result = Phone(zhou).reports(task_of(order), kind)
    assert (result.status, result.code) == ("conflict", "order_cancelled")
    assert result.message == "订单已取消。"


def test_lines_of_an_order_that_was_changed(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task, told = task_of(order), leaves(order)
    order.lines.update(qty=1)
    result = Phone(zhou).reports(task, "deliver", **told)
    assert (result.status, result.code) == ("conflict", "lines_changed")
    assert (task_of(order).state, fresh(order).state) == ("offered", "assigned")


def test_a_stopped_batch_at_the_door_counts_and_is_looked_at(wang: Customer, zhou: Courier) -> None:
    batch = Batch.objects.get(product__sku="SPRING-18.9")
    order = placed(wang)
    Batch.objects.filter(pk=batch.pk).update(stop_sale=True)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch.batch_no
    result = Phone(zhou).reports(task_of(order), "deliver", **told)
    assert (result.status, result.code) == ("conflict", "applied_stopped_batch")
    assert BatchOnRoad.objects.get().qty == 2


def test_a_late_answer_counts_while_nobody_else_has_it(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    assignment.expire_unanswered(timezone.now() + timedelta(minutes=4))
    assert fresh(order).state == "unassigned"
    assert Phone(zhou).reports(task, "accept").status == "done"
    task.refresh_from_db()
    assert (task.state, task.ended_why, fresh(order).state) == ("accepted", "", "accepted")


def test_a_late_answer_for_what_another_has(wang: Customer, zhou: Courier, wu: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    assignment.expire_unanswered(timezone.now() + timedelta(minutes=4))
    assert Phone(task.courier).reports(task, "accept").code == "withdrawn"
    assert task_of(order).courier != task.courier
