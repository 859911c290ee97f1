"""What is on the vehicles by batch: for the courier's phone, and for who answers for a stopped batch."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, F, Max, Prefetch, Q, QuerySet, Sum, When
from django.utils import timezone

from springline.business import phones
from springline.business.catalog.models import Batch, Product
from springline.business.catalog.states import ProductState
from springline.business.days import bounds
from springline.business.delivery import board_schemas as board_io
from springline.business.delivery import schemas as io
from springline.business.delivery.models import BatchOnRoad, Courier
from springline.business.delivery.states import BatchMove

# Carriers of each batch that a screen names.
MOST_CARRIERS = 50
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


def carried(
    now: datetime, batches: Iterable[Batch] | None = None, most: int | None = None
) -> list[board_io.CarriedOut]:
    """Batches that are still on vehicles as far as couriers noted it: stopped ones first, then the newest.

    `batches`: only these. `most`: carriers of each, those with the most left.
    """
    lately = Q(at__gte=now - LOOK_BACK)
    # Mostly there is none, and a week is read by its index.
    if stopped := list(Batch.objects.filter(stop_sale=True).values_list("pk", flat=True)):
        lately |= Q(batch__in=stopped, at__gte=now - STOPPED_LOOK_BACK)
    rows = BatchOnRoad.objects.standing().filter(lately)
    if batches is not None:
        rows = rows.filter(batch__in=batches)
    left = _left(rows)
    shown = {key: _most_left(of, most) for key, of in left.items()}
    named = {one for found in shown.values() for one in found}
    loads = _loads(rows if most is None else rows.filter(courier__in=named))
    couriers = Courier.objects.select_related("station").in_bulk(named)
    found = [
        _carried(
            batch, left[batch.pk], [_carrier(couriers[one], loads[batch.pk, one]) for one in shown[batch.pk]]
        )
        for batch in Batch.objects.select_related("product").filter(pk__in=left)
    ]
    found.sort(key=lambda of: of.produced, reverse=True)
    return sorted(found, key=lambda of: not of.stopped)


@dataclass
class _Load:
    """One batch on one vehicle: buckets by move."""

    moved: dict[str, int] = field(default_factory=dict)
    last_at: datetime | None = None

    @property
    def left(self) -> int:
        return self.moved.get(BatchMove.LOADED, 0) - sum(
            qty for move, qty in self.moved.items() if move != BatchMove.LOADED
        )


def _left(rows: QuerySet[BatchOnRoad]) -> dict[int, dict[int, int]]:
    """Buckets on vehicles by batch and courier, where there are any."""
    left = Sum(Case(When(move=BatchMove.LOADED, then=F("qty")), default=-F("qty")))
    sums = rows.order_by().values("batch_id", "courier_id").annotate(left=left).filter(left__gt=0)
    found: dict[int, dict[int, int]] = {}
    for batch_id, courier_id, qty in sums.values_list("batch_id", "courier_id", "left"):
        found.setdefault(batch_id, {})[courier_id] = qty
    return found


def _loads(rows: QuerySet[BatchOnRoad]) -> defaultdict[tuple[int, int], _Load]:
    """By batch and courier; empty for a load that was taken back in this moment."""
    found: defaultdict[tuple[int, int], _Load] = defaultdict(_Load)
    sums = rows.order_by().values_list("batch_id", "courier_id", "move").annotate(Sum("qty"), Max("at"))
    for batch_id, courier_id, move, qty, at in sums:
        of = found[batch_id, courier_id]
        of.moved[move] = qty
        if move == BatchMove.LOADED:
            of.last_at = at
    return found


def _most_left(of: dict[int, int], most: int | None) -> list[int]:
    return sorted(of, key=lambda one: (-of[one], one))[:most]


def _carried(batch: Batch, left: dict[int, int], carriers: list[board_io.CarrierOut]) -> board_io.CarriedOut:
    return board_io.CarriedOut(
        batch_id=batch.pk,
        batch_no=batch.batch_no,
        product=batch.product.name,
        unit=batch.product.unit,
        produced=batch.produced.isoformat(),
        stopped=batch.stop_sale,
        reason=batch.stop_reason,
        stopped_at=batch.stopped_at,
        vehicles=len(left),
        left=sum(left.values()),
        carriers=carriers,
    )


def _carrier(courier: Courier, load: _Load) -> board_io.CarrierOut:
    loaded, returned = load.moved.get(BatchMove.LOADED, 0), load.moved.get(BatchMove.RETURNED, 0)
    return board_io.CarrierOut(
        courier_id=courier.pk,
        courier=courier.name,
        phone=phones.masked(courier.phone) if courier.phone else "",
        station=courier.station.name,
        loaded=loaded,
        delivered=loaded - returned - load.left,
        returned=returned,
        left=load.left,
        last_at=load.last_at,
    )
