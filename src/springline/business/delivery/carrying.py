"""What is on the vehicles by batch: for the courier's phone, and for who answers for a stopped batch."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from springline.business import phones
from springline.business.catalog.models import Batch, Product
from springline.business.catalog.states import ProductState
from springline.business.days import bounds
from springline.business.delivery import board_schemas as board_io
from springline.business.delivery import schemas as io
from springline.business.delivery.models import BatchOnRoad, Courier
from springline.business.delivery.states import BatchMove

# Batches that the phone can name without a network.
MOST_BATCHES = 15
# Nothing is on a vehicle for longer; a stopped batch is asked for as long as water keeps.
LOOK_BACK = timedelta(days=7)
STOPPED_LOOK_BACK = timedelta(days=60)


def loads_of(courier: Courier, now: datetime) -> list[io.CourierLoadOut]:
    """Today's (Shanghai's), and earlier ones of stopped batches, the oldest first."""
    start, _end = bounds(timezone.localdate(now))
    asked = Q(at__gte=start) | Q(batch__stop_sale=True, at__gte=now - STOPPED_LOOK_BACK)
    rows = BatchOnRoad.objects.standing().filter(asked, courier=courier)
    return [shown(row) for row in rows.select_related("batch__product").order_by("at", "id")]


def shown(row: BatchOnRoad) -> io.CourierLoadOut:
    kind, _colon, key = row.key.partition(":")
    return io.CourierLoadOut(
        key=key if kind == "load" else "",
        move=row.move,
        sku=row.batch.product.sku,
        name=row.batch.product.name,
        unit=row.batch.product.unit,
        batch_no=row.batch.batch_no,
        stopped=row.batch.stop_sale,
        reason=row.batch.stop_reason,
        qty=row.qty,
        at=row.at,
    )


def goods(now: datetime) -> list[io.LoadGoodOut]:
    """What is on sale and has a batch that is fresh enough."""
    fresh = Batch.objects.filter(expires__gte=timezone.localdate(now)).order_by("-produced", "batch_no")
    rows = Product.objects.filter(state=ProductState.ACTIVE).prefetch_related(
        Prefetch("batches", fresh, to_attr="fresh_batches")
    )
    return [
        io.LoadGoodOut(sku=row.sku, name=row.name, unit=row.unit, batches=batches_of(row)[:MOST_BATCHES])
        for row in rows
        if batches_of(row)
    ]


def batches_of(product: Product) -> list[io.CourierBatchOut]:
    """Those that were fetched as `fresh_batches`."""
    found: list[Batch] = getattr(product, "fresh_batches", [])
    return [
        io.CourierBatchOut(batch_no=batch.batch_no, stopped=batch.stop_sale, reason=batch.stop_reason)
        for batch in found
    ]


def carried(now: datetime, batches: Iterable[Batch] | None = None) -> list[board_io.CarriedOut]:
    """Batches that are still on vehicles as far as couriers noted it: stopped ones first, then the newest.

    `batches`: only these.
    """
    lately = Q(at__gte=now - LOOK_BACK) | Q(batch__stop_sale=True, at__gte=now - STOPPED_LOOK_BACK)
    rows = BatchOnRoad.objects.standing().filter(lately)
    if batches is not None:
        rows = rows.filter(batch__in=batches)
    found: dict[int, board_io.CarriedOut] = {}
    for row in rows.select_related("batch__product", "courier__station").order_by("at", "id"):
        of = found.setdefault(row.batch_id, _carried(row.batch))
        one = next((one for one in of.carriers if one.courier_id == row.courier_id), None)
        if one is None:
            one = _carrier(row.courier)
            of.carriers.append(one)
        _count(one, row)
    for of in found.values():
        of.carriers = [one for one in of.carriers if one.left > 0]
    there = [of for of in found.values() if of.carriers]
    there.sort(key=lambda of: of.produced, reverse=True)
    return sorted(there, key=lambda of: not of.stopped)


def _carried(batch: Batch) -> board_io.CarriedOut:
    return board_io.CarriedOut(
        batch_id=batch.pk,
        batch_no=batch.batch_no,
        product=batch.product.name,
        unit=batch.product.unit,
        produced=batch.produced.isoformat(),
        stopped=batch.stop_sale,
        reason=batch.stop_reason,
        stopped_at=batch.stopped_at,
        carriers=[],
    )


def _carrier(courier: Courier) -> board_io.CarrierOut:
    return board_io.CarrierOut(
        courier_id=courier.pk,
        courier=courier.name,
        phone=phones.masked(courier.phone) if courier.phone else "",
        station=courier.station.name,
        loaded=0,
        delivered=0,
        returned=0,
        left=0,
        last_at=None,
    )


def _count(one: board_io.CarrierOut, row: BatchOnRoad) -> None:
    if row.move == BatchMove.LOADED:
        one.loaded, one.last_at = one.loaded + row.qty, row.at
    elif row.move == BatchMove.RETURNED:
        one.returned += row.qty
    else:
        one.delivered += row.qty
    one.left = one.loaded - one.returned - one.delivered
