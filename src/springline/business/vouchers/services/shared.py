"""What the services share: lots and their worth, and entries that something may still settle."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Sum

from springline.business.catalog.models import Product
from springline.business.vouchers import refunds
from springline.business.vouchers.ledger import Held, Writer
from springline.business.vouchers.models import VoucherEntry, VoucherLot
from springline.business.vouchers.refunds import LotFacts, Refund
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.states import EntryKind, Scope, Source

# The last entry of its lot, which says what the lot holds.
IS_LAST = ~Exists(VoucherEntry.objects.filter(lot=OuterRef("lot"), seq=OuterRef("seq") + 1))


def at_least_one(qty: int) -> None:
    if qty < 1:
        raise NotPossible("bad_quantity", "数量至少为 1", "A quantity is at least 1")


def new_lot(customer_id: int, product: Product, at: datetime, **terms: object) -> VoucherLot:
    """An unsaved lot with today's volume of the product as its own."""
    defaults: dict[str, object] = {
        "source": Source.ELECTRONIC,
        "volume_ml": product.volume_ml,
        "terms_version": "2026-1",
        "expires_at": None,
    }
    return VoucherLot(
        customer_id=customer_id, product=product, sku=product.sku, bought_at=at, **{**defaults, **terms}
    )


def open_entries(which: Q, *kinds: EntryKind) -> list[tuple[VoucherEntry, int]]:
    """Entries that something may still settle, oldest first, and how much of them is left."""
    rows = (
        VoucherEntry.objects.filter(which, kind__in=kinds or (EntryKind.RESERVE,))
        .annotate(settled=Sum("settled_by__qty", default=0))
        .filter(settled__lt=F("qty"))
        .order_by("id")
    )
    return [(row, row.qty - row.settled) for row in rows]


def settled(entry: VoucherEntry) -> int:
    return entry.settled_by.aggregate(total=Sum("qty"))["total"] or 0


def some(held: Held, qty: int | None) -> int:
    take = held.available if qty is None else qty
    if not 0 < take <= held.available:
        raise VoucherRefused(Code.SHORT, wanted=take, usable=held.available)
    return take


def facts_of(lot: VoucherLot) -> LotFacts:
    """What the refund formula must know of a lot, summed from its entries."""
    rows = lot.entries.values("kind").annotate(total=Sum("qty"), fen=Sum("amount_fen"))
    sums = {row["kind"]: row["total"] for row in rows}

    def total(*kinds: EntryKind) -> int:
        return sum(sums.get(kind, 0) for kind in kinds)

    return LotFacts(
        paid_fen=lot.paid_fen,
        paid_qty=lot.paid_qty,
        gifts=total(EntryKind.GIFT, EntryKind.COMPENSATE),
        gone=total(EntryKind.REDEEM, EntryKind.TRANSFER_OUT) - total(EntryKind.REVERSE),
        bought_at=lot.bought_at,
        refunded_fen=-sum(row["fen"] for row in rows if row["kind"] == EntryKind.REFUND),
    )


def refund_of(lot: VoucherLot, at: datetime) -> Refund:
    """What refunding the lot would pay at `at`, and the sum in words."""
    return refunds.refund(facts_of(lot), at)


def move(
    writer: Writer,
    held: Held,
    qty: int,
    to_customer: int,
    product: Product,
    surcharge_fen: int,
    *,
    volume_ml: int | None = None,
) -> Held:
    """`qty` of a lot to a new lot of `product`, with the value they carry and what was paid on top (分)."""
    if not 0 < qty <= held.available:
        raise VoucherRefused(Code.SHORT, wanted=qty, usable=held.available)
    facts = facts_of(held.lot)
    left = refunds.worth(facts.paid_fen, facts.paid_qty, facts.gifts, facts.gone + qty)
    carried = refunds.worth(facts.paid_fen, facts.paid_qty, facts.gifts, facts.gone) - left
    writer.append(held, EntryKind.TRANSFER_OUT, qty, amount_fen=-carried)
    same, lot = product.pk == held.lot.product_id, held.lot
    made = new_lot(
        to_customer,
        product,
        writer.operation.at,
        package=lot.package if same else None,
        name=lot.name if same else product.name_zh,
        volume_ml=volume_ml or (lot.volume_ml if same else product.volume_ml),
        scope=lot.scope if same else Scope.DEDICATED,
        source=Source.TRANSFER,
        paid_qty=qty,
        paid_fen=carried + surcharge_fen,
        expires_at=held.expires_at,
        regions=lot.regions,
        station_id=lot.station_id,
        terms_version=lot.terms_version,
    )
    opened = writer.open_lot(made)
    writer.append(opened, EntryKind.TRANSFER_IN, qty, amount_fen=carried + surcharge_fen)
    return opened
