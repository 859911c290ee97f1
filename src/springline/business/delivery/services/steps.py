"""What every change of a task has in common: its lock, its row, and the order that goes with it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import User
from springline.business.customers.services.shared import who
from springline.business.delivery.models import Courier, DeliveryTask, TaskEvent
from springline.business.delivery.states import EndedWhy, TaskEventKind
from springline.business.inserting import insert
from springline.business.orders import lifecycle
from springline.business.orders import services as orders
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order
from springline.business.orders.states import WITH_A_COURIER, OrderEvent, OrderState

_E, _S = OrderEvent, OrderState


@dataclass(frozen=True, slots=True)
class Report:
    """One step as reported: `at` by our clock, `client_at` by the phone's."""

    key: str
    by: User
    at: datetime
    client_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a report. `conflict`: a person looks at it; `applied`: it counts."""

    code: str = ""
    conflict: bool = False
    applied: bool = True
    facts: dict[str, Any] = field(default_factory=dict)


Held: TypeAlias = tuple[Order, DeliveryTask]


class Conflict(Exception):
    """The report cannot be applied; nothing of it was."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def lock(courier: Courier, task_id: int) -> Held | None:
    """Order and task, until the end of the transaction; None when there is no such task of this courier's.

    The order first, as everywhere: whoever locks the other way round waits for ever.
    """
    order_id = (
        DeliveryTask.objects.filter(pk=task_id, courier=courier).values_list("order_id", flat=True).first()
    )
    if order_id is None:
        return None
    order = lifecycle.locked(order_id)
    tasks = DeliveryTask.objects.select_for_update(of=("self",)).select_related(
        "courier__user", "courier__commission_rule", "station"
    )
    return order, tasks.get(pk=task_id)


def saved(
    task: DeliveryTask,
    kind: TaskEventKind,
    report: Report | None,
    at: datetime,
    *,
    by: User | None = None,
    key: str = "",
    **facts: Any,
) -> TaskEvent:
    """Save the task as it is now, leave the row of what happened, and tell the screens."""
    task.version += 1
    if task.pk is None:
        insert([task])
    else:
        task.save()
    actor = report.by if report else by
    event = TaskEvent(
        task=task,
        kind=kind,
        state=task.state,
        at=at,
        client_at=report.client_at if report else None,
        received_at=report.received_at if report else timezone.now(),
        who=who(actor),
        key=report.key if report else key,
        facts=facts,
    )
    insert([event])
    notices.announce(
        "task",
        task.pk,
        state=str(task.state),
        order_id=task.order_id,
        courier_id=task.courier_id,
        why=str(task.ended_why or task.fail_code),
    )
    return event


def bring(order: Order, task: DeliveryTask, to: OrderState, report: Report) -> Order:
    """Take the order the steps that lead to `to` with this task's courier. Raises Conflict."""
    while order.state != to or order.courier_id != task.courier_id:
        event = _next_event(order, task)
        facts = {"task_id": task.pk, "courier_id": task.courier_id, "station_id": task.station_id}
        try:
            order = orders.record(
                order.pk,
                event,
                key=f"task:{task.pk}:{event.value}:{order.version}",
                by=report.by,
                at=report.at,
                facts=facts,
            )
        except OrderRefused as refusal:
            raise Conflict("refused_by_order", refused=refusal.code, state=order.state) from refusal
    return order


_ONWARD = {_S.UNASSIGNED: _E.ASSIGNED, _S.ASSIGNED: _E.ACCEPTED, _S.ACCEPTED: _E.PICKED_UP}


def _next_event(order: Order, task: DeliveryTask) -> OrderEvent:
    state = OrderState(order.state)
    if state in WITH_A_COURIER and order.courier_id != task.courier_id:
        return _E.UNASSIGNED
    if state not in _ONWARD:
        raise Conflict("refused_by_order", state=state.value)
    return _ONWARD[state]


def not_before_the_offer(task: DeliveryTask, report: Report) -> Report:
    """A clock that was set in between tells times of which nobody could have known the task."""
    return replace(report, at=max(report.at, task.offered_at))


def gone(task: DeliveryTask) -> Conflict:
    """The courier acted on what had been taken away."""
    code = "order_cancelled" if task.ended_why == EndedWhy.CANCELLED else "withdrawn"
    return Conflict(code, why=task.ended_why)
