"""Couriers, stations and couriers' days, as many as fit a screen: a chain has thousands."""

import contextlib
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from springline.business import phones
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.days import bounds
from springline.business.delivery import board_schemas as io
from springline.business.delivery import choosing, settling, signing
from springline.business.delivery.models import (
    BatchOnRoad,
    CashHandover,
    Courier,
    DeliveryTask,
    Shift,
    Station,
)
from springline.business.delivery.services import assignment
from springline.business.delivery.states import OPEN, TaskState
from springline.business.orders.models import Order

PAGE = 50
MOST = 500


def stations(*, q: str = "", limit: int = PAGE, offset: int = 0) -> list[io.StationOut]:
    """By name; `q`: part of the name."""
    found = Station.objects.filter(name__icontains=q.strip()) if q.strip() else Station.objects.all()
    rows = list(found.order_by("name")[offset : offset + limit])
    working = Shift.objects.filter(ended_at=None).values("courier_id")
    staff = Courier.objects.filter(station__in=rows)
    tasks = DeliveryTask.objects.filter(station__in=rows, state__in=OPEN)
    couriers = _by_station(staff.filter(active=True))
    on_shift, waiting = _by_station(staff.filter(pk__in=working)), _by_station(tasks)
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
            couriers=couriers.get(row.pk, 0),
            on_shift=on_shift.get(row.pk, 0),
            waiting=waiting.get(row.pk, 0),
        )
        for row in rows
    ]


def _by_station(rows: QuerySet) -> dict[int, int]:  # type: ignore[type-arg]
    return dict(rows.order_by().values_list("station_id").annotate(Count("pk")))


def couriers(
    now: datetime,
    *,
    q: str = "",
    station: int | None = None,
    order: int | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> list[io.CourierOut]:
    """Those at work first. `q`: part of the name, of the station's or the number.

    `order`: whose territories hold its address come first, the least loaded on top; inactive ones are not
    there.
    """
    found = _filtered(q, station)
    if order is None:
        return _shown(list(found[offset : offset + limit]), now)
    near = _near(order)
    first = sorted(_shown(list(found.filter(pk__in=near)), now), key=_free) if near else []
    first = first[offset : offset + limit]
    if len(first) == limit:
        return first
    start = max(0, offset - len(near))
    others = found.filter(active=True).exclude(pk__in=near)[start : start + limit - len(first)]
    return first + sorted(_shown(list(others), now), key=_free)


def _free(one: io.CourierOut) -> tuple[bool, int, int]:
    return one.started_at is None, one.load, one.id


def _near(order_id: int) -> list[int]:
    order = Order.objects.filter(pk=order_id).first()
    return [one.courier_id for one in choosing.near(assignment.place_of(order))] if order else []


def _filtered(q: str, station: int | None) -> QuerySet[Courier]:
    rows = Courier.objects.select_related("station")
    if station is not None:
        rows = rows.filter(station_id=station)
    if text := q.strip():
        way = Q(name__icontains=text) | Q(station__name__icontains=text)
        with contextlib.suppress(NoNumber):
            way |= Q(phone=to_e164(text))
        rows = rows.filter(way)
    at_work = Exists(Shift.objects.filter(courier=OuterRef("pk"), ended_at=None))
    return rows.annotate(at_work=at_work).order_by("-at_work", "station__name", "id")


def _shown(rows: list[Courier], now: datetime) -> list[io.CourierOut]:
    start, _end = bounds(timezone.localdate(now))
    keys = [row.pk for row in rows]
    loads = choosing.loads(keys)
    shifts = dict(
        Shift.objects.filter(courier__in=keys, ended_at=None).values_list("courier_id", "started_at")
    )
    tasks = DeliveryTask.objects.filter(courier__in=keys).order_by().values_list("courier_id")
    done = tasks.filter(state=TaskState.DELIVERED, done_at__gte=start)
    delivered = dict(done.annotate(Count("pk")))
    late = tasks.filter(state=TaskState.OFFERED, ack_deadline__lte=now)
    unanswered = dict(late.annotate(Count("pk")))
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
        for row in rows
    ]


def days(day: date, *, q: str = "", limit: int = PAGE, offset: int = 0) -> list[io.DayOut]:
    """Of who did something or has something to hand over. `q`: part of the name or the station's."""
    text, busy, questions = q.strip(), _busy(day), signing.conflicts_by_courier(day)
    busy.update(questions)
    everybody = Courier.objects.order_by("station", "id").values_list("pk", "name", "station__name")
    found = [
        (pk, name, station)
        for pk, name, station in everybody
        if pk in busy and (text in name or text in station)
    ][offset : offset + limit]
    of = settling.of_days([pk for pk, _name, _station in found], day)
    return [
        io.DayOut(
            courier_id=pk,
            courier=name,
            station=station,
            conflicts=questions.get(pk, 0),
            **of[pk].dict(include=_OF_DAY),
        )
        for pk, name, station in found
    ]


_OF_DAY = {
    "delivered", "failed", "open", "loaded", "returned", "left", "unnoted", "buckets", "empties", "vouchers",
    "cash_due_fen", "cash_fen", "wechat_fen", "commission_fen", "handed_fen", "to_hand_fen", "products",
    "handovers", "signed",
}  # fmt: skip


def _busy(day: date) -> set[int]:
    start, end = bounds(day)
    tasks = DeliveryTask.objects.order_by()
    sources: Iterable[QuerySet] = (  # type: ignore[type-arg]
        tasks.filter(done_at__gte=start, done_at__lt=end).exclude(state=TaskState.WITHDRAWN),
        tasks.filter(state__in=OPEN),
        CashHandover.objects.filter(day=day).order_by(),
        BatchOnRoad.objects.filter(at__gte=start, at__lt=end).order_by(),
    )
    return set().union(*(rows.values_list("courier_id", flat=True).distinct() for rows in sources))
