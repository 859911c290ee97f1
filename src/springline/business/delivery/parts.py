"""What delivery holds of one person, for export and erasure (customers.hooks)."""

from typing import Any

from django.db.models import QuerySet

from springline.business import pictures
from springline.business.catalog.models import Product
from springline.business.customers import hooks
from springline.business.customers.selectors import family
from springline.business.delivery.models import (
    DeliveryTask,
    Door,
    Photo,
    SyncAction,
    SyncConflict,
    TaskEvent,
)
from springline.business.delivery.states import OPEN, TaskState
from springline.business.orders import hooks as order_hooks
from springline.business.orders.models import Order
from springline.business.vouchers import hooks as voucher_hooks

_PERSONAL = frozenset({"note", "reason", "lat", "lng"})


def register() -> None:
    voucher_hooks.open_delivery["delivery"] = open_delivery
    order_hooks.recounted.append(recount)
    hooks.export_parts["deliveries"] = export_part
    hooks.erasers["deliveries"] = erase


def recount(order: Order) -> None:
    """The courier's day counts the vouchers that stand. What was due at the door stays as it was asked."""
    standing = sum(line.redeemed + line.vouchers_owed for line in order.lines.all())
    for task in DeliveryTask.objects.filter(order_id=order.pk, state=TaskState.DELIVERED):
        task.vouchers, task.version = standing, task.version + 1
        task.save(update_fields=["vouchers", "version"])


def open_delivery(customer_id: int, product: Product) -> tuple[int, int, int] | None:
    """(order, task, station): the last one that is on its way to this customer with this product."""
    orders = Order.objects.filter(customer_id__in=family(customer_id), lines__product=product)
    tasks = DeliveryTask.objects.filter(order_id__in=orders.values("pk"), state__in=OPEN).order_by("-pk")
    return tasks.values_list("order_id", "pk", "station_id").first()


def export_part(ids: list[int]) -> list[dict[str, Any]]:
    """One person's deliveries, times in ISO 8601."""
    rows = DeliveryTask.objects.filter(order_id__in=_orders(ids)).order_by("pk")
    return [
        {
            "order_id": task.order_id,
            "state": task.state,
            "courier": task.courier.name,
            "offered_at": task.offered_at.isoformat(),
            "done_at": task.done_at.isoformat() if task.done_at else None,
            "fail_code": task.fail_code,
            "note": task.note,
            "photos": [str(photo.pk) for photo in task.photos.all()],
        }
        for task in rows.select_related("courier").prefetch_related("photos")
    ]


def erase(ids: list[int]) -> None:
    """Pictures of the door, where it is, and what anybody noted; sums and times stay for the books."""
    tasks = DeliveryTask.objects.filter(order_id__in=_orders(ids))
    for photo in Photo.objects.filter(task__in=tasks):
        pictures.remove(photo.path)
        photo.delete()
    _forget(QuerySet(TaskEvent).filter(task__in=tasks), "facts")
    _forget(QuerySet(SyncAction).filter(task__in=tasks), "payload")
    SyncConflict.objects.filter(task__in=tasks).update(closing_note="")
    tasks.update(note="")
    Door.objects.filter(address__customer_id__in=ids).delete()


def _forget(rows: QuerySet[Any], field: str) -> None:
    """Rows that are otherwise never changed lose what was written by hand and where the phone was."""
    for row in rows.only(field):
        told = getattr(row, field)
        left = {name: value for name, value in told.items() if name not in _PERSONAL}
        if left != told:
            rows.filter(pk=row.pk).update(**{field: left})


def _orders(ids: list[int]) -> list[int]:
    return list(Order.objects.filter(customer_id__in=ids).values_list("pk", flat=True))
