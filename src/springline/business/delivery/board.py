"""Delivery as the desk and the board see it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from springline.business import phones
from springline.business.days import bounds
from springline.business.delivery import board_schemas as io
from springline.business.delivery import choosing, settling, showing, signing, words
from springline.business.delivery.models import (
    Courier,
    DeliveryTask,
    Photo,
    Shift,
    Station,
    SyncConflict,
    TaskEvent,
)
from springline.business.delivery.services import assignment
from springline.business.delivery.states import OPEN, TaskState
from springline.business.orders.models import Order
from springline.business.orders.states import OrderState

MOST = 500


def board(
    now: datetime, *, station: int | None = None, courier: int | None = None, day: date | None = None
) -> io.BoardOut:
    """Open tasks, failures that wait for a decision, and what was closed on `day`; waiting orders first."""
    start, end = bounds(day or timezone.localdate(now))
    of_day = Q(done_at__gte=start, done_at__lt=end) | Q(ended_at__gte=start, ended_at__lt=end)
    undecided = Q(state=TaskState.FAILED, next_step="")
    rows = DeliveryTask.objects.filter(Q(state__in=OPEN) | undecided | of_day)
    if station is not None:
        rows = rows.filter(station_id=station)
    if courier is not None:
        rows = rows.filter(courier_id=courier)
    tasks = tasks_of(rows.order_by("-id")[:MOST], now)
    waiting = [] if courier is not None else waiting_orders(now)
    return io.BoardOut(
        server_now=now,
        tasks=tasks,
        waiting=waiting,
        warnings={
            "nobody": sum(bool(row.why) for row in waiting),
            "unanswered": sum(task.unanswered for task in tasks),
            "late": sum(task.late for task in tasks) + sum(row.late for row in waiting),
            "failed": sum(task.state == TaskState.FAILED and not task.next_step for task in tasks),
            "conflicts": SyncConflict.objects.filter(closed_at=None).count(),
        },
    )


def tasks_of(rows: QuerySet[DeliveryTask], now: datetime) -> list[io.BoardTaskOut]:
    tasks = list(
        rows.select_related("courier", "station").annotate(
            questions=Count("conflicts", filter=Q(conflicts__closed_at=None))
        )
    )
    orders = Order.objects.select_related("customer").in_bulk({task.order_id for task in tasks})
    photos: dict[int, list[str]] = {}
    for task_id, photo in Photo.objects.filter(task__in=tasks).values_list("task_id", "pk"):
        photos.setdefault(task_id, []).append(str(photo))
    return [_task(task, orders[task.order_id], photos.get(task.pk, []), now) for task in tasks]


def _task(task: DeliveryTask, order: Order, photos: list[str], now: datetime) -> io.BoardTaskOut:
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
        conflicts=task.questions,  # type: ignore[attr-defined]
        note=task.note,
    )


def waiting_orders(now: datetime) -> list[io.WaitingOut]:
    """Orders without a courier, the most pressing first, and why nobody takes them at this moment."""
    rows = list(
        Order.objects.filter(state=OrderState.UNASSIGNED)
        .select_related("customer")
        .prefetch_related("lines")
        .order_by("promise_at", "id")[:MOST]
    )
    stands = [choosing.Waiting(row.pk, assignment.place_of(row), assignment.qty_of(row)) for row in rows]
    overview, asked = choosing.Overview(stands), _asked(rows)
    return [
        _waiting(order, overview.choice(one).nobody or "", asked, now)
        for order, one in zip(rows, stands, strict=True)
    ]


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


def stations() -> list[io.StationOut]:
    working = Shift.objects.filter(ended_at=None).values("courier_id")
    rows = Station.objects.annotate(
        staff=Count("couriers", filter=Q(couriers__active=True)),
        working=Count("couriers", filter=Q(couriers__in=working)),
    )
    open_tasks = dict(
        DeliveryTask.objects.filter(state__in=OPEN).values_list("station_id").annotate(Count("pk"))
    )
    return [
        io.StationOut(
            id=row.pk,
            name=row.name,
            phone=row.phone,
            county=row.county,
            address=row.address,
            lat=row.lat,
            lng=row.lng,
            active=row.active,
            couriers=row.staff,
            on_shift=row.working,
            waiting=open_tasks.get(row.pk, 0),
        )
        for row in rows
    ]


def couriers(now: datetime) -> list[io.CourierOut]:
    start, _end = bounds(timezone.localdate(now))
    loads = choosing.loads(Courier.objects.filter(active=True).values_list("pk", flat=True))
    shifts = dict(Shift.objects.filter(ended_at=None).values_list("courier_id", "started_at"))
    done = DeliveryTask.objects.filter(state=TaskState.DELIVERED, done_at__gte=start)
    delivered = dict(done.values_list("courier_id").annotate(Count("pk")))
    late = DeliveryTask.objects.filter(state=TaskState.OFFERED, ack_deadline__lte=now)
    unanswered = dict(late.values_list("courier_id").annotate(Count("pk")))
    return [
        io.CourierOut(
            id=row.pk,
            name=row.name,
            phone=phones.masked(row.phone) if row.phone else "",
            station_id=row.station_id,
            station=row.station.name,
            capacity=row.capacity,
            vehicle=row.get_vehicle_display(),
            load=loads[row.pk].load if row.pk in loads else 0,
            open_tasks=loads[row.pk].open_tasks if row.pk in loads else 0,
            unanswered=unanswered.get(row.pk, 0),
            delivered_today=delivered.get(row.pk, 0),
            started_at=shifts.get(row.pk),
            last_seen_at=row.last_seen_at,
            active=row.active,
        )
        for row in Courier.objects.select_related("station")
    ]


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


def days(day: date) -> list[io.DayOut]:
    """Every courier's day who did something or still has something to hand over."""
    found, questions = [], signing.conflicts_by_courier(day)
    for courier in Courier.objects.select_related("station"):
        of, asked = settling.of_day(courier, day), questions.get(courier.pk, 0)
        if of.delivered or of.failed or of.handovers or of.open or of.loaded or asked:
            found.append(
                io.DayOut(
                    courier_id=courier.pk,
                    courier=courier.name,
                    station=courier.station.name,
                    conflicts=asked,
                    **of.dict(
                        include={
                            "delivered", "failed", "open", "loaded", "returned", "left", "unnoted", "buckets",
                            "empties", "vouchers", "cash_due_fen", "cash_fen", "wechat_fen", "commission_fen",
                            "handed_fen", "to_hand_fen",
                            "products", "handovers", "signed",
                        }
                    ),
                )
            )  # fmt: skip
    return found


def _place(order: Order) -> str:
    return f"{order.address_text} {order.building}".strip()
