"""Reads of delivery."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum

from springline.business.catalog.models import Batch
from springline.business.delivery.models import BatchOnRoad, Courier, DeliveryTask, Shift
from springline.business.delivery.states import BatchMove, TaskState
from springline.business.orders.models import Order


def open_shift(courier: Courier) -> Shift | None:
    return Shift.objects.filter(courier=courier, ended_at=None).first()


def batches_left(customers: Sequence[int], order_id: int | None, since: datetime) -> list[Batch]:
    """The batches that couriers noted with an order, else with the customer's last delivery after `since`."""
    done = DeliveryTask.objects.filter(state=TaskState.DELIVERED)
    if order_id is not None:
        tasks = done.filter(order_id=order_id)
    else:
        orders = Order.objects.filter(customer_id__in=customers).values("pk")
        tasks = done.filter(order_id__in=orders, done_at__gte=since).order_by("-done_at")[:1]
    moves = BatchOnRoad.objects.filter(move=BatchMove.DELIVERED, task__in=[task.pk for task in tasks])
    return list(Batch.objects.filter(pk__in=moves.values("batch")))


def deliveries_of(batch: Batch) -> int:
    """To how many doors it went, as far as couriers noted it."""
    return BatchOnRoad.objects.filter(batch=batch, move=BatchMove.DELIVERED).count()


def loaded(courier: Courier, batch: Batch) -> int:
    """How many of a batch a courier took along and did not bring back, whatever was left at doors."""
    rows = BatchOnRoad.objects.standing().filter(courier=courier, batch=batch).values_list("move")
    sums = dict(rows.annotate(total=Sum("qty")).order_by())
    return sums.get(BatchMove.LOADED, 0) - sums.get(BatchMove.RETURNED, 0)
