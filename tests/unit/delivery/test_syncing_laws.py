"""Reports in any order, any batches and any repetition: each fact is there once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.catalog.models import BucketType
from springline.business.customers.models import Customer
from springline.business.delivery import showing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import (
    Courier,
    DeliveryTask,
    SyncAction,
    SyncConflict,
)
from springline.business.delivery.services import assignment
from springline.business.delivery.states import RANK, TaskState
from springline.business.orders import services as orders
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order, Payment
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.models import BucketEntry
from tests.unit.delivery.people import Phone, fresh, key, leaves, placed, task_of
from tests.unit.orders.people import a_customer, buys

pytestmark = pytest.mark.django_db


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
    order = placed(somebody(zhou, wu))
    phones = {True: Phone(zhou), False: Phone(wu)}
    reports = 0
    for of_zhou, what in happenings:
        phone = phones[of_zhou]
        mine = DeliveryTask.objects.filter(order_id=order.pk, courier=phone.courier).order_by("pk").last()
        if what in {"cancel", "give", "expire", "urge", "phone looks"}:
            outside(what, order, phone.courier, monitor)
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


def outside(what: str, order: Order, courier: Courier, monitor: User) -> None:
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
