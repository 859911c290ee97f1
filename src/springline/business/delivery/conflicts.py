"""What a phone reported and what could not be applied, as whoever decides on it sees it."""

from django.db.models import QuerySet

from springline.business.delivery import board_schemas as io
from springline.business.delivery import showing, words
from springline.business.delivery.models import Photo, SyncConflict
from springline.business.orders.models import Order

MOST = 500


def listed(rows: QuerySet[SyncConflict]) -> list[io.ConflictOut]:
    """With the lines of their orders, so that a correction can be written; at most MOST."""
    found = list(rows.select_related("action__courier", "task__courier", "closed_by").order_by("-id")[:MOST])
    orders = Order.objects.select_related("customer").prefetch_related("lines__product__bucket_type")
    by_id = orders.in_bulk({row.task.order_id for row in found if row.task})
    photos: dict[int, list[str]] = {}
    taken = Photo.objects.filter(task__in=[row.task_id for row in found if row.task_id])
    for task_id, photo in taken.values_list("task_id", "pk"):
        photos.setdefault(task_id, []).append(str(photo))
    return [
        _shown(row, by_id.get(row.task.order_id) if row.task else None, photos.get(row.task_id or 0, []))
        for row in found
    ]


def one(row: SyncConflict) -> io.ConflictOut:
    return listed(SyncConflict.objects.filter(pk=row.pk))[0]


def _shown(row: SyncConflict, order: Order | None, photos: list[str]) -> io.ConflictOut:
    action, task = row.action, row.task
    courier = action.courier if action else task.courier if task else None
    return io.ConflictOut(
        id=row.pk,
        task_id=row.task_id,
        order_id=order.pk if order else None,
        order_no=(order.no or "") if order else "",
        order_state=str(order.get_state_display()) if order else "",
        customer_id=order.customer_id if order else None,
        customer=(order.contact_name or order.customer.name) if order else "",
        courier=courier.name if courier else "",
        kind=action.kind if action else "",
        code=row.code,
        message=words.of(row.code),
        applied=row.applied,
        at=action.at if action else row.at,
        client_at=action.client_at if action else None,
        received_at=action.received_at if action else row.at,
        payload=action.payload if action else {},
        facts=row.facts,
        lines=showing.lines_of(order) if order else [],
        photos=photos,
        may_count=not row.applied and task is not None and action is not None and action.kind == "deliver",
        closed_at=row.closed_at,
        closed_by=(row.closed_by.name or row.closed_by.username) if row.closed_by else "",
        decision=row.decision,
        decision_words=str(row.get_decision_display()) if row.decision else "",
        closing_note=row.closing_note,
    )
