"""Delivery as the desk and the board see it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from springline.business.days import bounds
from springline.business.delivery import board_schemas as io
from springline.business.delivery import choosing, showing, words
from springline.business.delivery.models import (
    DeliveryTask,
    Photo,
    SyncConflict,
    TaskEvent,
)
from springline.business.delivery.services import assignment
from springline.business.delivery.states import OPEN, TaskState
from springline.business.orders.models import Order
from springline.business.orders.states import WITH_A_COURIER, OrderState

MOST = 200


def board(
    now: datetime, *, station: int | None = None, courier: int | None = None, day: date | None = None
) -> io.BoardOut:
    """Open tasks, failures that wait for a decision, and what was closed on `day`; waiting orders first.

    At most MOST tasks, what is to be done first and then the newest; `warnings` count all of them.
    """
    start, end = bounds(day or timezone.localdate(now))
    tasks = DeliveryTask.objects.all()
    if station is not None:
        tasks = tasks.filter(station_id=station)
    if courier is not None:
        tasks = tasks.filter(courier_id=courier)
    pressing = (tasks.filter(state__in=OPEN), tasks.filter(_UNDECIDED))
    closed = (
        tasks.filter(done_at__gte=start, done_at__lt=end),
        tasks.filter(ended_at__gte=start, ended_at__lt=end),
    )
    keys = _newest(pressing, MOST)
    keys |= _newest(closed, MOST - len(keys))
    shown = DeliveryTask.objects.filter(pk__in=keys).order_by("-pk")
    waiting, nobody = ([], 0) if courier is not None else waiting_orders(now)
    warnings = _warnings(tasks, now) | {"nobody": nobody}
    if courier is None:
        warnings["late"] += Order.objects.filter(state=OrderState.UNASSIGNED, promise_at__lt=now).count()
    return io.BoardOut(server_now=now, tasks=tasks_of(shown, now), waiting=waiting, warnings=warnings)


def _newest(parts: Iterable[QuerySet[DeliveryTask]], most: int) -> set[int]:
    """Of each part by its own index: an OR of them reads the whole table where few are found."""
    found = {pk for rows in parts for pk in rows.order_by("-pk").values_list("pk", flat=True)[:most]}
    return set(sorted(found, reverse=True)[:most])


_UNDECIDED = Q(state=TaskState.FAILED, next_step="")


def _warnings(tasks: QuerySet[DeliveryTask], now: datetime) -> dict[str, int]:
    late = Order.objects.filter(state__in=WITH_A_COURIER, promise_at__lt=now)
    return {
        "unanswered": tasks.filter(state=TaskState.OFFERED, ack_deadline__lte=now).count(),
        "late": tasks.filter(state__in=OPEN, order_id__in=late.values("pk")).count(),
        "failed": tasks.filter(_UNDECIDED).count(),
        "conflicts": SyncConflict.objects.filter(closed_at=None).count(),
    }


def tasks_of(rows: QuerySet[DeliveryTask], now: datetime) -> list[io.BoardTaskOut]:
    tasks = list(rows.select_related("courier", "station"))
    open_conflicts = SyncConflict.objects.filter(task__in=tasks, closed_at=None).order_by()
    questions = dict(open_conflicts.values_list("task_id").annotate(Count("pk")))
    orders = Order.objects.select_related("customer").in_bulk({task.order_id for task in tasks})
    photos: dict[int, list[str]] = {}
    for task_id, photo in Photo.objects.filter(task__in=tasks).values_list("task_id", "pk"):
        photos.setdefault(task_id, []).append(str(photo))
    return [
        _task(task, orders[task.order_id], photos.get(task.pk, []), questions.get(task.pk, 0), now)
        for task in tasks
    ]


def _task(
    task: DeliveryTask, order: Order, photos: list[str], questions: int, now: datetime
) -> io.BoardTaskOut:
    county, town = showing.names_of(order)
    return io.BoardTaskOut(
        id=task.pk,
        order_id=order.pk,
        order_no=order.no or "",
        state=task.state,
        version=task.version,
        courier_id=task.courier_id,
        courier=task.courier.name,
        station_id=task.station_id,
        station=task.station.name,
        qty=task.qty,
        by_hand=task.by_hand,
        customer_id=order.customer_id,
        customer_name=order.contact_name or order.customer.name,
        address=_place(order),
        county_name=county,
        town_name=town,
        promise_at=order.promise_at,
        offered_at=task.offered_at,
        ack_deadline=task.ack_deadline,
        accepted_at=task.accepted_at,
        picked_at=task.picked_at,
        arrived_at=task.arrived_at,
        done_at=task.done_at,
        unanswered=task.state == TaskState.OFFERED and task.ack_deadline <= now,
        late=task.is_open and order.promise_at is not None and order.promise_at < now,
        urged=order.urges > 0,
        fail_code=task.fail_code,
        fail_words=task.get_fail_code_display() if task.fail_code else "",
        next_step=task.next_step,
        withdrawn_why=task.ended_why,
        cash_fen=task.cash_fen,
        wechat_fen=task.wechat_fen,
        due_fen=task.due_fen,
        vouchers=task.vouchers,
        empties=task.empties,
        photos=photos,
        conflicts=questions,
        note=task.note,
    )


def waiting_orders(now: datetime) -> tuple[list[io.WaitingOut], int]:
    """Orders without a courier, the most pressing first, and why nobody takes them at this moment; at most
    MOST, and of how many of all there is nobody.
    """
    waiting = assignment.waiting_now()
    overview = choosing.Overview(waiting)
    whys = {one.order_id: overview.choice(one).nobody or "" for one in waiting}
    shown = [one.order_id for one in waiting[:MOST]]
    orders = Order.objects.select_related("customer").prefetch_related("lines").in_bulk(shown)
    asked = _asked(list(orders.values()))
    rows = [_waiting(orders[one], whys[one], asked, now) for one in shown if one in orders]
    return rows, sum(map(bool, whys.values()))


def _asked(orders: Sequence[Order]) -> dict[int, int]:
    rows = DeliveryTask.objects.filter(order_id__in=[order.pk for order in orders])
    return dict(rows.values_list("order_id").annotate(Count("courier", distinct=True)))


def _waiting(order: Order, why: str, asked: dict[int, int], now: datetime) -> io.WaitingOut:
    county, town = showing.names_of(order)
    return io.WaitingOut(
        order_id=order.pk,
        order_no=order.no or "",
        customer_id=order.customer_id,
        customer_name=order.contact_name or order.customer.name,
        address=_place(order),
        county_name=county,
        town_name=town,
        qty=assignment.qty_of(order),
        promise_at=order.promise_at,
        waiting_since=order.placed_at,
        late=order.promise_at is not None and order.promise_at < now,
        urged=order.urges > 0,
        tried=asked.get(order.pk, 0),
        why=why,
        message=words.of(why),
    )


def events(task: DeliveryTask) -> list[io.TaskEventOut]:
    return [_event(row) for row in task.events.all()]


def _event(row: TaskEvent) -> io.TaskEventOut:
    return io.TaskEventOut(
        kind=row.kind,
        words=row.get_kind_display(),
        state=row.state,
        at=row.at,
        client_at=row.client_at,
        received_at=row.received_at,
        who=row.who,
        facts=row.facts,
    )


def _place(order: Order) -> str:
    return f"{order.address_text} {order.building}".strip()
