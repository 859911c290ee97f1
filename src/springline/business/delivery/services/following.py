"""What delivery does when an order or a batch changes: hooks call it inside that transaction."""

from collections.abc import Sequence

from django.utils import timezone

from springline.business.catalog import hooks as catalog_hooks
from springline.business.delivery.assigning import Place
from springline.business.delivery.models import Courier, DeliveryTask
from springline.business.delivery.services import assignment, steps, stopping
from springline.business.delivery.states import OPEN, EndedWhy, TaskEventKind, TaskState
from springline.business.orders import hooks
from springline.business.orders.models import Order
from springline.business.prepared import Prepared

_NAMES = Prepared(lambda ids: Courier.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))


def register() -> None:
    hooks.confirmed.append(assign_confirmed)
    hooks.cancelled.append(drop_cancelled)
    hooks.changed.append(follow_order)
    hooks.may_reroute.append(may_reroute)
    hooks.courier_names.append(names)
    catalog_hooks.stop_changed.append(stopping.stop_changed)


def assign_confirmed(order: Order) -> None:
    assignment.assign_locked(order)


def follow_order(order: Order) -> None:
    """Something of the order changed: the phone sees it; an address elsewhere goes to another courier."""
    task = assignment.open_task(order.pk)
    if task is None:
        return
    place = assignment.place_of(order)
    moved = not assignment.covers(task.courier, place)
    if moved and task.state in (TaskState.OFFERED, TaskState.ACCEPTED) and not task.by_hand:
        assignment.take_back(
            order, task, EndedWhy.MOVED, key=f"task:{task.pk}:moved:{order.version}", by=None
        )
        assignment.assign(order.pk, exclude=task.courier_id)
        # The caller goes on with this object.
        order.refresh_from_db()
        return
    task.qty = assignment.qty_of(order)
    steps.saved(task, TaskEventKind.CHANGE, None, timezone.now(), order_version=order.version)


def drop_cancelled(order: Order) -> None:
    task = assignment.open_task(order.pk)
    if task is not None:
        assignment.withdraw(task, EndedWhy.CANCELLED)


def may_reroute(order: Order, county: str, town: str) -> bool:
    """Whether the courier who has the order under way also serves that town."""
    task = (
        DeliveryTask.objects.filter(order_id=order.pk, state__in=OPEN)
        .select_related("courier__station")
        .first()
    )
    return task is None or assignment.covers(task.courier, Place(county, town))


def names(ids: Sequence[int]) -> dict[int, str]:
    """For the screen pop."""
    return dict(_NAMES(ids)) if ids else {}
