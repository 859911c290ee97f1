"""Tasks as a courier's phone shows them: only what a delivery needs, the number only while it is open."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Prefetch, Q
from django.utils import timezone

from springline.business import phones
from springline.business.accounts.services import audit
from springline.business.catalog.models import Batch
from springline.business.customers.models import CustomerPhone
from springline.business.customers.places import pack
from springline.business.days import bounds
from springline.business.delivery import schemas as io
from springline.business.delivery.carrying import batches_of
from springline.business.delivery.models import Courier, DeliveryTask, Door
from springline.business.delivery.routing import Stop, round_of
from springline.business.delivery.states import OPEN, EndedWhy, TaskState
from springline.business.orders.models import Order, OrderLine

MOST_BATCHES = 30
_RELATED = ("courier__station", "courier__user")


def list_for(courier: Courier, now: datetime) -> list[io.TaskOut]:
    """Open tasks in the order of the round, then the closed ones of today, the last one first."""
    start, _end = bounds(timezone.localdate(now))
    today = Q(done_at__gte=start) | Q(ended_at__gte=start)
    rows = list(
        DeliveryTask.objects.filter(courier=courier)
        .filter(Q(state__in=OPEN) | today)
        .select_related(*_RELATED)
        .order_by("-id")
    )
    orders = _orders(rows)
    positions = positions_of(courier, rows, orders, now)
    _note_what_the_phone_learns(rows, now)
    shown = _shown(rows, orders, positions)
    return sorted(shown, key=lambda task: (task.position == 0, task.position))


def one(task: DeliveryTask) -> io.TaskOut:
    """One task by itself; its place in the round is not asked for, and 0."""
    rows = [task]
    _note_what_the_phone_learns(rows, timezone.now())
    return _shown(rows, _orders(rows), {})[0]


def positions_of(
    courier: Courier, tasks: Sequence[DeliveryTask], orders: dict[int, Order], now: datetime
) -> dict[int, int]:
    """Place in the suggested round by id of the open tasks, from 1."""
    station = courier.station
    start = None if station.lat is None or station.lng is None else (station.lat, station.lng)
    doors = doors_of(orders.values())
    stops = [
        Stop(
            task.pk,
            order.promise_at,
            order.town,
            order.address_text,
            *doors.get(order.address_id, (None, None)),
            urged=order.urges > 0,
        )
        for task in tasks
        if task.is_open
        for order in [orders[task.order_id]]
    ]
    return {id: position for position, id in enumerate(round_of(stops, start, now), 1)}


def doors_of(orders: Iterable[Order]) -> dict[int | None, tuple[float, float]]:
    """Latitude and longitude by address, where a phone has been at the door."""
    rows = Door.objects.filter(address__in={order.address_id for order in orders if order.address_id})
    return {row.address_id: (row.lat, row.lng) for row in rows}


def _orders(tasks: Sequence[DeliveryTask]) -> dict[int, Order]:
    rows = Order.objects.filter(pk__in={task.order_id for task in tasks})
    fresh = Prefetch(
        "lines__product__batches",
        Batch.objects.filter(expires__gte=timezone.localdate()).order_by("-produced", "batch_no"),
        to_attr="fresh_batches",
    )
    return {
        order.pk: order
        for order in rows.select_related("customer").prefetch_related("lines__product__bucket_type", fresh)
    }


def _note_what_the_phone_learns(tasks: Sequence[DeliveryTask], now: datetime) -> None:
    """That a task was taken away, and the customer's number: the reading of it leaves an audit row."""
    told = [task.pk for task in tasks if task.state == TaskState.WITHDRAWN and task.told_at is None]
    if told:
        DeliveryTask.objects.filter(pk__in=told).update(told_at=now)
    for task in tasks:
        if task.is_open and task.tel_given_at is None:
            DeliveryTask.objects.filter(pk=task.pk).update(tel_given_at=now)
            audit(task.courier.user, "number.given_to_courier", task, order=task.order_id)


def _shown(
    tasks: Sequence[DeliveryTask], orders: dict[int, Order], positions: dict[int, int]
) -> list[io.TaskOut]:
    numbers, doors = _numbers(list(orders.values())), doors_of(orders.values())
    return [
        _task(
            task,
            order,
            numbers[order.pk],
            positions.get(task.pk, 0),
            doors.get(order.address_id, (None, None)),
        )
        for task in tasks
        for order in [orders[task.order_id]]
    ]


def _numbers(orders: list[Order]) -> dict[int, str]:
    """The number to call for each order: the recipient's, else the customer's main one."""
    main: dict[int, str] = {}
    rows = CustomerPhone.objects.filter(
        customer__in={order.customer_id for order in orders}, unbound_at=None
    ).order_by("customer", "-is_primary", "id")
    for phone in rows:
        main.setdefault(phone.customer_id, phone.e164)
    return {order.pk: order.contact_phone or main.get(order.customer_id, "") for order in orders}


def _task(
    task: DeliveryTask, order: Order, number: str, position: int, door: tuple[float | None, float | None]
) -> io.TaskOut:
    lines = list(order.lines.all())
    deposit = sum(
        line.deposits * line.product.bucket_type.deposit_fen for line in lines if line.product.bucket_type
    )
    due = 0 if order.monthly else max(0, order.owed_fen)
    return io.TaskOut(
        id=task.pk,
        order_no=order.no or "",
        state=task.state,
        version=task.version,
        position=position,
        promise_at=order.promise_at,
        window_from=order.window_from,
        window_to=order.window_to,
        assigned_at=task.offered_at,
        ack_deadline=task.ack_deadline,
        done_at=task.done_at,
        urged=order.urges > 0,
        customer_name=order.contact_name or order.customer.name,
        phone_masked=phones.masked(number) if number else "",
        tel=number if number and task.is_open else None,
        address=_address(order, *door),
        lines=[_line(line) for line in lines],
        cash_due_fen=due,
        deposit_due_fen=deposit,
        vouchers_due=sum(line.vouchers for line in lines),
        empties_expected=sum(line.qty - line.deposits for line in lines if line.product.returnable),
        note=order.note,
        fail_code=task.fail_code,
        withdrawn_why=task.ended_why,
        withdrawn_words=str(EndedWhy(task.ended_why).label) if task.ended_why else "",
    )


def _address(order: Order, lat: float | None, lng: float | None) -> io.TaskAddressOut:
    county, town = names_of(order)
    return io.TaskAddressOut(
        text=order.address_text,
        building=order.building,
        floor=order.floor,
        lift=order.lift,
        notes=order.address_notes,
        county_name=county,
        town_name=town,
        lat=lat,
        lng=lng,
    )


def names_of(order: Order) -> tuple[str, str]:
    """County and town, empty while unknown."""
    here = pack()
    county, town = here.county(order.county), here.town(order.town)
    return county.name if county else "", town.name if town else ""


def lines_of(order: Order) -> list[io.TaskLineOut]:
    return [_line(line) for line in order.lines.all()]


def _line(line: OrderLine) -> io.TaskLineOut:
    kind = line.product.bucket_type if line.product.returnable else None
    return io.TaskLineOut(
        id=line.pk,
        product_id=line.product_id,
        sku=line.product.sku,
        name=line.name,
        unit=line.unit,
        qty=line.qty,
        delivered=line.delivered,
        pay_by=line.pay_by,
        vouchers=line.vouchers,
        bucket_type_id=kind.pk if kind else None,
        bucket_name=kind.name if kind else "",
        batches=batches_of(line.product)[:MOST_BATCHES],
    )
