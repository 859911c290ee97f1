"""Who gets an order, told as stories on the database."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.customers.inputs import AddressIn
from springline.business.customers.models import Customer
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier, DeliveryTask, Shift
from springline.business.delivery.services import assignment, failing
from springline.business.delivery.states import EndedWhy, NextStep, TaskState
from springline.business.orders import services as orders
from springline.business.orders.models import Order
from springline.business.orders.states import OrderState
from tests.unit.delivery.people import JINAN, Phone, a_courier, a_station, fresh, key, placed, task_of

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=3, seconds=1)


def test_an_order_is_offered_as_it_is_placed(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    assert (order.state, order.courier_id, order.station_id) == ("assigned", zhou.pk, zhou.station_id)
    assert (task.state, task.courier, task.qty, task.version) == ("offered", zhou, 2, 1)
    assert task.ack_deadline - task.offered_at == timedelta(minutes=3)


def test_in_turn(wang: Customer, zhou: Courier, wu: Courier) -> None:
    got = [task_of(placed(wang)).courier for _ in range(4)]
    assert sorted(courier.pk for courier in got) == sorted([zhou.pk, wu.pk] * 2)
    assert got[0] != got[1]


def test_without_anybody_the_order_waits_until_somebody_comes(wang: Customer) -> None:
    order = placed(wang)
    assert order.state == OrderState.UNASSIGNED
    assert assignment.assign_waiting() == 0
    a_courier("late", a_station())
    assert assignment.assign_waiting() == 1
    assert fresh(order).state == OrderState.ASSIGNED


def test_nobody_answers_and_all_are_asked_once(wang: Customer, zhou: Courier, wu: Courier) -> None:
    order = placed(wang)
    first = task_of(order).courier
    now = timezone.now()
    assert assignment.expire_unanswered(now + timedelta(minutes=2)) == 0
    assert assignment.expire_unanswered(now + LATER) == 1
    second = task_of(order)
    assert second.courier != first
    assert second.state == TaskState.OFFERED
    assert assignment.expire_unanswered(now + 2 * LATER) == 1
    assert fresh(order).state == OrderState.UNASSIGNED
    assert assignment.assign_waiting() == 0
    assert [task.ended_why for task in DeliveryTask.objects.filter(order_id=order.pk)] == ["unanswered"] * 2
    with time_machine.travel(now + timedelta(minutes=45)):
        assert assignment.assign_waiting() == 1


def test_an_answer_in_time_ends_the_clock(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    Phone(zhou).reports(task_of(order), "accept")
    assert assignment.expire_unanswered(timezone.now() + LATER) == 0
    assert fresh(order).state == OrderState.ACCEPTED


def test_refused_it_goes_to_the_other_and_never_back(wang: Customer, zhou: Courier, wu: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    assert Phone(task.courier).reports(task, "refuse", reason="车坏了").status == "done"
    other = task_of(order)
    assert other.courier != task.courier
    Phone(other.courier).reports(other, "refuse")
    assert fresh(order).state == OrderState.UNASSIGNED
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert assignment.assign_waiting() == 0


def test_by_hand_it_changes_hands_even_on_the_road(
    wang: Customer, zhou: Courier, wu: Courier, monitor: User
) -> None:
    order = placed(wang)
    task = task_of(order)
    Phone(task.courier).reports(task, "pick_up")
    other = wu if task.courier == zhou else zhou
    given = assignment.give(order.pk, other.pk, key="give-key-1", by=monitor)
    again = assignment.give(order.pk, other.pk, key="give-key-1", by=monitor)
    task.refresh_from_db()
    assert given == again
    assert given.by_hand
    assert given.courier == other
    assert (task.state, task.ended_why) == (TaskState.WITHDRAWN, EndedWhy.REASSIGNED)
    assert (fresh(order).state, fresh(order).courier_id) == ("assigned", other.pk)


def test_by_hand_even_to_one_who_is_not_at_work(wang: Customer, station: object, monitor: User) -> None:
    order = placed(wang)
    home = a_courier("home", station, working=False)  # type: ignore[arg-type]
    assert assignment.give(order.pk, home.pk, key=key(), by=monitor).courier == home


def test_a_finished_order_is_not_given(wang: Customer, zhou: Courier, monitor: User) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    with pytest.raises(DeliveryRefused, match="not_possible"):
        assignment.give(order.pk, zhou.pk, key=key(), by=monitor)
    with pytest.raises(DeliveryRefused, match="unknown_order"):
        assignment.give(order.pk + 999, zhou.pk, key=key(), by=monitor)


def test_a_cancelled_order_leaves_the_phone(wang: Customer, zhou: Courier, monitor: User) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    assert (task_of(order).state, task_of(order).ended_why) == ("withdrawn", "cancelled")


def test_urging_is_seen_on_the_phone(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    before = task_of(order).version
    orders.urge(order.pk, key=key(), by=None)
    assert task_of(order).version == before + 1


def move(order: Order, county: str) -> None:
    """What orders does when the address is changed."""
    from springline.business.orders import hooks

    changed = fresh(order)
    changed.county, changed.town = county, ""
    changed.save()
    hooks.tell(hooks.changed, changed)


def test_another_address_goes_to_who_serves_it(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    city = a_courier("city", a_station("城区站", JINAN))
    move(order, JINAN)
    old = DeliveryTask.objects.get(order_id=order.pk, courier=zhou)
    assert (old.state, old.ended_why) == ("withdrawn", "moved")
    assert task_of(order).courier == city
    assert fresh(order).courier_id == city.pk


def test_on_the_road_only_within_the_territory(wang: Customer, zhou: Courier) -> None:
    from springline.business.delivery.services import following

    order = placed(wang)
    Phone(zhou).reports(task_of(order), "pick_up")
    assert following.may_reroute(fresh(order), "341525", "341525101")
    assert not following.may_reroute(fresh(order), JINAN, "")


@pytest.mark.parametrize(
    ("step", "state"),
    [(NextStep.RESCHEDULE, "assigned"), (NextStep.REASSIGN, "assigned"), (NextStep.RETURN, "cancelled")],
)
def test_what_follows_a_failure(
    step: NextStep, state: str, wang: Customer, zhou: Courier, wu: Courier, monitor: User
) -> None:
    order = placed(wang)
    task = task_of(order)
    assert Phone(task.courier).reports(task, "fail", code="F1").status == "done"
    assert (fresh(order).state, fresh(order).fail_code) == ("failed", "F1")
    until = timezone.now() + timedelta(hours=3)
    for _ in range(2):
        failing.next_step(
            task.pk,
            step,
            key="next-key-1",
            by=monitor,
            window_from=until - timedelta(hours=1),
            window_to=until,
        )
    assert fresh(order).state == state
    if step is NextStep.REASSIGN:
        assert task_of(order).courier != task.courier
    if step is NextStep.RESCHEDULE:
        assert fresh(order).promise_at == until
    other = NextStep.RETURN if step is not NextStep.RETURN else NextStep.REASSIGN
    with pytest.raises(DeliveryRefused, match="decided"):
        failing.next_step(task.pk, other, key=key(), by=monitor)


def test_only_one_shift_is_open(zhou: Courier) -> None:
    from springline.business.delivery.services import shifts

    assert shifts.end(zhou, "end-key-1", zhou.user) is not None
    first = shifts.start(zhou, "start-key-1", zhou.user)
    assert shifts.start(zhou, "start-key-2", zhou.user) == first
    assert shifts.end(zhou, "end-key-2", zhou.user) == first
    assert shifts.start(zhou, "start-key-1", zhou.user) == first
    assert not Shift.objects.filter(ended_at=None).exists()


def test_a_shift_that_nobody_ended(wang: Customer, zhou: Courier, wu: Courier) -> None:
    from springline.business.delivery.services import shifts

    task = task_of(placed(wang))
    Phone(task.courier).reports(task, "accept")
    now = timezone.now()
    assert shifts.end_forgotten(now + timedelta(hours=15)) == 0
    assert shifts.end_forgotten(now + timedelta(hours=17)) == 1
    assert Shift.objects.get(ended_at=None).courier == task.courier


def test_a_new_address_of_the_customer_is_used(wang: Customer, zhou: Courier) -> None:
    order = placed(wang, address=AddressIn(text="霍山县诸佛庵镇街道 2 号", floor=1, lift="no"))
    assert task_of(order).courier == zhou
