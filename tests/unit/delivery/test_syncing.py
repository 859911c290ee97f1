"""What a phone reports counts exactly once, in any order, with any clock; what cannot count is kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.catalog.models import Batch, BucketType
from springline.business.customers.models import Customer
from springline.business.delivery import syncing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import (
    BatchOnRoad,
    CommissionEntry,
    CommissionRule,
    Courier,
    DeliveryTask,
    SyncAction,
    SyncConflict,
)
from springline.business.delivery.schemas import SyncIn
from springline.business.delivery.services import assignment, steps, taking
from springline.business.delivery.states import RANK, TaskState
from springline.business.orders import services as orders
from springline.business.orders.models import Order, Payment
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.models import BucketEntry
from tests.unit.delivery.people import Phone, key, leaves, placed, task_of
from tests.unit.orders.people import a_customer, buys

pytestmark = pytest.mark.django_db


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


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
    from springline.business.delivery import showing

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


def test_refusing_what_was_accepted(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    phone = Phone(zhou)
    phone.reports(task_of(order), "accept")
    assert phone.reports(task_of(order), "refuse").code == "already_accepted"
    assert fresh(order).state == "accepted"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("deliver", {}),
        ("deliver", {"lines": [{"id": 1, "qty": -1}]}),
        ("deliver", {"lines": [], "cash_fen": "much"}),
        ("fail", {"code": "F9"}),
        ("fail", {}),
    ],
)
def test_a_broken_report_is_refused_and_kept(
    kind: str, payload: dict[str, Any], wang: Customer, zhou: Courier
) -> None:
    order = placed(wang)
    result = Phone(zhou).reports(task_of(order), kind, **payload)
    assert (result.status, result.code) == ("rejected", "bad_payload")
    assert SyncConflict.objects.get().action.payload == payload  # type: ignore[union-attr]
    assert task_of(order).state == "offered"


def test_lines_of_an_order_that_was_changed(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task, told = task_of(order), leaves(order)
    order.lines.update(qty=1)
    result = Phone(zhou).reports(task, "deliver", **told)
    assert (result.status, result.code) == ("conflict", "lines_changed")
    assert (task_of(order).state, fresh(order).state) == ("offered", "assigned")


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


def test_a_stopped_batch_at_the_door_counts_and_is_looked_at(wang: Customer, zhou: Courier) -> None:
    batch = Batch.objects.get(product__sku="SPRING-18.9")
    order = placed(wang)
    Batch.objects.filter(pk=batch.pk).update(stop_sale=True)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch.batch_no
    result = Phone(zhou).reports(task_of(order), "deliver", **told)
    assert (result.status, result.code) == ("conflict", "applied_stopped_batch")
    assert BatchOnRoad.objects.get().qty == 2


def test_a_photo_that_never_arrived_holds_nothing_up(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    result = Phone(zhou).reports(task_of(order), "deliver", **leaves(order, photo_ids=["nonsense"]))
    assert (result.status, result.code) == ("conflict", "bad_photo")
    assert fresh(order).state == "delivered"


def test_a_database_that_is_full_stops_the_batch_and_the_rest_follows(
    wang: Customer, zhou: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    actions = [phone.does(task, kind) for kind in ("accept", "pick_up", "arrive")]
    take, calls = taking.take, iter(range(9))

    def sometimes(*args: Any) -> steps.Outcome:
        if next(calls) == 1:
            raise OperationalError("database or disk is full")
        return take(*args)

    monkeypatch.setattr(taking, "take", sometimes)
    with pytest.raises(DeliveryRefused, match="disk_full") as refused:
        phone.send()
    assert refused.value.status == 503
    assert [result.status for result in phone.send(actions)] == ["repeated", "done", "done"]


def test_a_fault_in_one_report_does_not_hold_up_the_next(
    wang: Customer, zhou: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    phone.does(task, "accept")
    phone.does(task, "pick_up")
    take, calls = taking.take, iter(range(9))

    def sometimes(*args: Any) -> steps.Outcome:
        if next(calls) == 0:
            raise RuntimeError("bug")
        return take(*args)

    monkeypatch.setattr(taking, "take", sometimes)
    assert [(one.status, one.code) for one in phone.send()] == [("conflict", "internal"), ("done", "")]
    assert SyncConflict.objects.get().code == "internal"


def test_photos_and_a_partial_delivery_leave_a_child_order(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    told = leaves(order)
    told["lines"][0]["qty"] = 1
    assert Phone(zhou).reports(task_of(order), "deliver", **told).status == "done"
    child = Order.objects.get(parent=order)
    assert (child.state, task_of(child).courier, task_of(child).qty) == ("assigned", zhou, 1)


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "水\x00到了"], ids=["NUL", "half a character", "NUL inside"]
)
def test_a_note_that_no_database_stores(text: str, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    action = Phone(zhou).does(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    action.payload["note"] = text
    assert Phone(zhou).send([action])[0].status == "done"
    assert "\x00" not in task_of(order).note


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 10**400, [[[]]], {"a": {"b": 1}}])
def test_numbers_that_are_none(bad: Any, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    action = Phone(zhou).does(task_of(order), "deliver", **leaves(order))
    action.payload["cash_fen"] = bad
    assert Phone(zhou).send([action])[0].code == "bad_payload"
    assert task_of(order).state == "offered"


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
        ("1970-01-01T00:00:00Z", "2026-11-26T09:00:00Z"),
        ("2026-11-26T09:00:00Z", "1970-01-01T00:00:00Z"),
    ],
)
def test_a_clock_that_makes_no_sense(at: str, sent_at: str, wang: Customer, zhou: Courier) -> None:
    """The delivery counts, at a time at which it can have been."""
    order = placed(wang)
    task, now = task_of(order), timezone.now()
    action = {"key": key(), "task_id": task.pk, "kind": "deliver", "at": at, "payload": leaves(order)}
    body = SyncIn.model_validate({"device_id": "d", "sent_at": sent_at, "actions": [action]})
    assert syncing.sync(zhou, body, now)[0].status == "done"
    done_at = fresh(order).delivered_at
    assert done_at is not None
    assert task.offered_at <= done_at <= now


def test_nothing_was_left(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    told = leaves(order)
    told["lines"][0]["qty"] = 0
    result = Phone(zhou).reports(task_of(order), "deliver", **told)
    assert (result.status, result.code) == ("conflict", "nothing_delivered")
    assert fresh(order).state == "assigned"


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


KINDS = ["accept", "pick_up", "arrive", "deliver"]
LAWS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def somebody(*couriers: Courier) -> Customer:
    """A customer of this example's own, and couriers whom the orders of former examples do not fill."""
    Courier.objects.filter(pk__in=[courier.pk for courier in couriers]).update(capacity=30_000)
    return a_customer(f"137{Customer.objects.count():08d}", name="李女士")


@LAWS
@given(batches=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_order_any_repetition_any_batches_end_the_same(
    batches: list[list[int]], wang: Customer, zhou: Courier
) -> None:
    """What was sent in whatever way: the state is that of the furthest step, and each fact is there once."""
    customer = somebody(zhou)
    buys(customer, 5, key=key("lot"))
    order = placed(customer)
    task, phone = task_of(order), Phone(zhou)
    bucket = BucketType.objects.get(code="PC-18.9")
    told = leaves(order, cash_fen=10_000, empties=[{"bucket_type_id": bucket.pk, "qty": 1}])
    actions = [phone.does(task, kind, **(told if kind == "deliver" else {})) for kind in KINDS]
    seen: set[int] = set()
    for batch in batches:
        results = phone.send([actions[which] for which in batch])
        for which, result in zip(batch, results, strict=True):
            assert result.status == ("repeated" if which in seen else "done")
            seen.add(which)
    task.refresh_from_db()
    furthest = max(seen)
    assert RANK[TaskState(task.state)] == furthest + 1
    assert SyncAction.objects.filter(task=task).count() == len(seen)
    delivered = 3 in seen
    assert Payment.objects.filter(order=order).count() == delivered
    balance = vouchers.balance([customer.pk])
    assert (balance.available, balance.reserved) == (3, 0 if delivered else 2)
    assert BucketEntry.objects.filter(order_id=order.pk, kind="delivered").count() == delivered


OUTSIDE = st.sampled_from(["cancel", "give", "expire", "urge", "phone looks"])
ANYTHING = st.lists(
    st.tuples(st.booleans(), OUTSIDE) | st.tuples(st.booleans(), st.sampled_from([*KINDS, "refuse", "fail"])),
    max_size=10,
)


@LAWS
@given(happenings=ANYTHING)
def test_whatever_happens_nothing_is_lost_and_nothing_twice(
    happenings: list[tuple[bool, str]], wang: Customer, zhou: Courier, wu: Courier, monitor: User
) -> None:
    """Two phones and the desk at odds: every report has its row, each delivery its money, at most one."""
    from springline.business.delivery import showing

    order = placed(somebody(zhou, wu))
    phones = {True: Phone(zhou), False: Phone(wu)}
    reports = 0
    for of_zhou, what in happenings:
        phone = phones[of_zhou]
        mine = DeliveryTask.objects.filter(order_id=order.pk, courier=phone.courier).order_by("pk").last()
        if what in {"cancel", "give", "expire", "urge", "phone looks"}:
            outside(what, order, phone.courier, monitor, showing)
        elif mine is not None:
            payload = {"deliver": leaves(order, cash_fen=4000), "fail": {"code": "F1"}}.get(what, {})
            result = phone.reports(mine, what, **payload)
            reports += 1
            assert result.task is not None
    tasks = DeliveryTask.objects.filter(order_id=order.pk)
    assert SyncAction.objects.filter(task__in=tasks).count() == reports
    asked = SyncAction.objects.filter(task__in=tasks, status="conflict")
    assert SyncConflict.objects.filter(action__in=asked).count() == asked.count()
    delivered = tasks.filter(state=TaskState.DELIVERED).count()
    assert delivered == (fresh(order).state == "delivered")
    assert Payment.objects.filter(order=order).count() == delivered
    assert [task.version for task in tasks] == [task.events.count() for task in tasks]


def outside(what: str, order: Order, courier: Courier, monitor: User, showing: Any) -> None:
    from springline.business.orders.errors import OrderRefused

    try:
        if what == "cancel":
            orders.cancel(order.pk, "customer", key=key(), by=monitor)
        elif what == "give":
            assignment.give(order.pk, courier.pk, key=key(), by=monitor)
        elif what == "urge":
            orders.urge(order.pk, key=key(), by=monitor)
        elif what == "expire":
            assignment.expire_unanswered(timezone.now() + timedelta(minutes=4))
        else:
            showing.list_for(courier, timezone.now())
    except (OrderRefused, DeliveryRefused):
        pass
