"""All writes of the voucher ledger. Each is one transaction, done once for its request's key.

They raise VoucherRefused (T01–T12) and NotPossible, and then have written nothing.
"""

from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from springline.business.catalog.models import Product
from springline.business.customers.selectors import family
from springline.business.vouchers import refunds
from springline.business.vouchers.ledger import Held, Receipt, Request, Writer, hold, hold_one, run
from springline.business.vouchers.models import (
    ClearingEntry,
    VoucherEntry,
    VoucherLot,
    VoucherPackage,
)
from springline.business.vouchers.refunds import LotFacts, Refund
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.selection import Need, choose
from springline.business.vouchers.states import EntryKind, Scope, Source

REVERSE_WITHIN = timedelta(hours=24)
RESERVED_FOR = timedelta(hours=48)


def purchase(
    request: Request, customer_id: int, package: VoucherPackage, *, paid_fen: int | None = None
) -> Receipt:
    """A package for a customer, at its price or what was really paid (分)."""
    paid = package.price_fen if paid_fen is None else paid_fen
    if paid < 0 or not package.active:
        raise NotPossible("package_not_sold", "该水票套餐已停售", "This voucher package is not sold")

    def work(writer: Writer) -> None:
        at = writer.operation.at
        lot = new_lot(
            customer_id,
            package.product,
            at,
            package=package,
            name=package.name_zh,
            scope=package.scope,
            paid_qty=package.paid_qty,
            gift_qty=package.gift_qty,
            paid_fen=paid,
            expires_at=at + timedelta(days=package.valid_days) if package.valid_days else None,
            min_per_delivery=package.min_per_delivery,
            regions=package.regions,
            station_id=request.station_id,
            terms_version=package.terms_version,
        )
        held = writer.open_lot(lot)
        writer.append(held, EntryKind.PURCHASE, package.paid_qty, amount_fen=paid)
        if package.gift_qty:
            writer.append(held, EntryKind.GIFT, package.gift_qty)

    return run(request, "purchase", {"customer": customer_id, "package": package.pk, "paid": paid}, work)


def give(
    request: Request, customer_id: int, product: Product, qty: int, *, source: Source = Source.GIFT
) -> Receipt:
    """Vouchers for nothing: a present, or paper ones exchanged. A refund of them pays nothing."""
    at_least_one(qty)

    def work(writer: Writer) -> None:
        lot = new_lot(
            customer_id,
            product,
            writer.operation.at,
            name=product.name_zh,
            scope=Scope.DEDICATED,
            source=source,
            paid_qty=0,
            gift_qty=qty,
            paid_fen=0,
            station_id=request.station_id,
        )
        writer.append(writer.open_lot(lot), EntryKind.GIFT, qty)

    what = {"customer": customer_id, "product": product.pk, "qty": qty, "source": source}
    return run(request, "give", what, work)


def compensate(request: Request, lot_id: int, qty: int) -> Receipt:
    """More of what a lot holds, for nothing."""
    at_least_one(qty)

    def work(writer: Writer) -> None:
        writer.append(hold_one(lot_id), EntryKind.COMPENSATE, qty)

    return run(request, "compensate", {"lot": lot_id, "qty": qty}, work)


def reserve(
    request: Request, customer_id: int, product: Product, qty: int, *, adcode: str | None = None
) -> Receipt:
    """Set vouchers aside for the request's order. Raises VoucherRefused."""
    at_least_one(qty)

    def work(writer: Writer) -> None:
        need = _need(request, writer, product, qty, adcode)
        for held, take in choose(hold(customers=family(customer_id)), need):
            writer.append(held, EntryKind.RESERVE, take, sku=product.sku)

    what = {"customer": customer_id, "product": product.pk, "qty": qty, "adcode": adcode}
    return run(request, "reserve", what, work)


def release(request: Request) -> Receipt:
    """Give back all that is still set aside for the request's order; nothing set aside is no error."""
    if request.order_id is None:
        raise NotPossible("order_missing", "缺少订单", "The order is missing")

    def work(writer: Writer) -> None:
        for held, entry, left in _reserved(Q(order_id=request.order_id)):
            writer.append(held, EntryKind.RELEASE, left, of=entry, sku=entry.sku)

    return run(request, "release", {}, work)


def redeem(
    request: Request,
    customer_id: int,
    product: Product,
    qty: int,
    *,
    adcode: str | None = None,
    clearing: bool = False,
) -> Receipt:
    """Redeem for water that was delivered: first what the order had set aside, then what is available.

    A delivery that was redeemed already is refused as T06 with the first entry. `clearing` lets a voucher of
    another station pay, and writes what that station owes.
    """
    at_least_one(qty)

    def work(writer: Writer) -> None:
        lots = hold(customers=family(customer_id))
        refuse_second(request, product, lots)
        redeem_held(writer, lots, product, qty, adcode=adcode, clearing=clearing)

    what = {
        "customer": customer_id,
        "product": product.pk,
        "qty": qty,
        "adcode": adcode,
        "clearing": clearing,
    }
    return run(request, "redeem", what, work)


def reverse(request: Request, entry_id: int, qty: int | None = None) -> Receipt:
    """Undo a redemption of the last 24 hours, all of it or `qty`. The caller has checked who may."""

    def work(writer: Writer) -> None:
        entry = VoucherEntry.objects.filter(pk=entry_id, kind=EntryKind.REDEEM).first()
        if entry is None:
            raise NotPossible("not_redeemed", "没有这笔核销", "There is no such redemption")
        if writer.operation.at - entry.at > REVERSE_WITHIN:
            raise NotPossible("too_late", "核销超过 24 小时，不能撤销", "Redeemed more than 24 hours ago")
        held = hold_one(entry.lot_id)
        left = entry.qty - _settled(entry)
        take = left if qty is None else qty
        if not 0 < take <= left:
            raise NotPossible("reversed_already", "该笔核销已撤销", "This redemption was reversed already")
        writer.append(held, EntryKind.REVERSE, take, of=entry, sku=entry.sku)

    return run(request, "reverse", {"entry": entry_id, "qty": qty}, work)


def freeze(request: Request, lot_id: int, qty: int | None = None) -> Receipt:
    """Freeze what is available of a lot (lost, disputed), all or `qty`. The request's reason is shown."""
    if not request.reason.strip():
        raise NotPossible("reason_missing", "请填写原因", "Give a reason")

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        writer.append(held, EntryKind.FREEZE, _some(held, qty))

    return run(request, "freeze", {"lot": lot_id, "qty": qty}, work)


def unfreeze(request: Request, lot_id: int) -> Receipt:
    """Make what was frozen by hand available again; what ended needs `extend`."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        frozen = list(_open(Q(lot=lot_id), EntryKind.FREEZE))
        if not frozen:
            raise NotPossible("not_frozen", "没有冻结的水票", "Nothing is frozen")
        for entry, left in frozen:
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)

    return run(request, "unfreeze", {"lot": lot_id}, work)


def expire(request: Request, lot_id: int) -> Receipt:
    """Set aside what is left of a lot whose validity ended. Nothing is forfeited: extend or refund it."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        ended = held.expires_at is not None and held.expires_at <= writer.operation.at
        if not ended:
            raise NotPossible("not_ended", "水票仍在有效期内", "The vouchers are still valid")
        writer.append(held, EntryKind.EXPIRE, _some(held, None))

    return run(request, "expire", {"lot": lot_id}, work)


def extend(request: Request, lot_id: int, until: datetime) -> Receipt:
    """Valid to `until` (later than now and than before); what had been set aside as ended is usable again."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if until <= writer.operation.at or (held.expires_at is not None and until <= held.expires_at):
            raise NotPossible("not_later", "新的有效期须晚于现在和原有效期", "The new end must be later")
        writer.append(held, EntryKind.EXTEND, 0, expires_at=until)
        for entry, left in _open(Q(lot=lot_id), EntryKind.EXPIRE):
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)

    return run(request, "extend", {"lot": lot_id, "until": until.isoformat()}, work)


def refund(request: Request, lot_id: int) -> Receipt:
    """Refund all that is left of a lot by the formula of refunds.py; what is frozen is refunded too.

    `amount_fen` of the entry is what is paid back (negative), its reason ends with the version.
    """

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if held.head is not None and held.head.reserved:
            raise NotPossible("reserved", "有水票已被订单占用", "Some vouchers are set aside for an order")
        for entry, left in _open(Q(lot=lot_id), EntryKind.FREEZE, EntryKind.EXPIRE):
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)
        if not held.available:
            raise VoucherRefused(Code.GONE, lot=lot_id)
        pays = refund_of(held.lot, writer.operation.at)
        writer.append(held, EntryKind.REFUND, held.available, amount_fen=-pays.fen)

    return run(request, "refund", {"lot": lot_id, "formula": refunds.VERSION}, work)


def transfer(request: Request, lot_id: int, qty: int, to_customer: int) -> Receipt:
    """Give some of a lot to another customer: a new lot with the same terms, worth what the old one loses."""
    at_least_one(qty)

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if to_customer == held.lot.customer_id:
            raise NotPossible("same_customer", "不能转让给本人", "That is the same customer")
        move(writer, held, qty, to_customer, held.lot.product, 0)

    return run(request, "transfer", {"lot": lot_id, "qty": qty, "to": to_customer}, work)


def rebind(request: Request, from_customer: int, to_customer: int) -> Receipt:
    """All lots of one customer become another's (merged customers); the other way round undoes it."""

    def work(writer: Writer) -> None:
        for held in hold(customers=[from_customer]):
            writer.append(held, EntryKind.REBIND, 0, customer_id=to_customer)
            VoucherLot.objects.filter(pk=held.lot.pk).update(customer_id=to_customer)

    return run(request, "rebind", {"from": from_customer, "to": to_customer}, work)


def release_stale(now: datetime | None = None) -> int:
    """Give back what was set aside more than 48 hours ago (§4.5); the number of reservations given back."""
    before = (now or timezone.now()) - RESERVED_FOR
    stale = [entry for entry, _left in _open(Q(at__lt=before))]
    for entry in stale:
        request = Request(key=f"stale:{entry.pk}", order_id=entry.order_id, reason="48 h")

        def work(writer: Writer, entry: VoucherEntry = entry) -> None:
            held = hold_one(entry.lot_id)
            left = entry.qty - _settled(entry)
            if left:
                writer.append(held, EntryKind.RELEASE, left, of=entry, sku=entry.sku)

        run(request, "release_stale", {"entry": entry.pk}, work)
    return len(stale)


# What remedies share.


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


def redeem_held(
    writer: Writer,
    lots: list[Held],
    product: Product,
    qty: int,
    *,
    adcode: str | None = None,
    clearing: bool = False,
) -> None:
    """Redeem from lots under lock: first what the order had set aside. Raises VoucherRefused."""
    request, missing = writer.request, qty
    if request.order_id is not None:
        mine = {held.lot.pk: held for held in lots}
        for entry, left in _open(Q(order_id=request.order_id, sku=product.sku, lot__in=list(mine))):
            take = min(left, missing)
            if take:
                _redeem(writer, mine[entry.lot_id], take, entry, product)
                missing -= take
    if missing:
        need = _need(request, writer, product, missing, adcode, anywhere=clearing)
        for held, take in choose(lots, need):
            take_and_redeem(writer, held, take, product)


def take_and_redeem(writer: Writer, held: Held, qty: int, product: Product) -> None:
    reserved = writer.append(held, EntryKind.RESERVE, qty, sku=product.sku)
    _redeem(writer, held, qty, reserved, product)


def facts_of(lot: VoucherLot) -> LotFacts:
    """What the refund formula must know of a lot, summed from its entries."""
    rows = lot.entries.values("kind").annotate(total=Sum("qty"))
    sums = {row["kind"]: row["total"] for row in rows}

    def total(*kinds: EntryKind) -> int:
        return sum(sums.get(kind, 0) for kind in kinds)

    return LotFacts(
        paid_fen=lot.paid_fen,
        paid_qty=lot.paid_qty,
        gifts=total(EntryKind.GIFT, EntryKind.COMPENSATE),
        gone=total(EntryKind.REDEEM, EntryKind.TRANSFER_OUT) - total(EntryKind.REVERSE),
        bought_at=lot.bought_at,
    )


def refund_of(lot: VoucherLot, at: datetime) -> Refund:
    """What refunding the lot would pay at `at`, and the sum in words."""
    return refunds.refund(facts_of(lot), at)


def _redeem(writer: Writer, held: Held, qty: int, reserved: VoucherEntry, product: Product) -> None:
    entry = writer.append(held, EntryKind.REDEEM, qty, of=reserved, sku=product.sku)
    served, sold = writer.request.station_id, held.lot.station_id
    if served is not None and sold is not None and served != sold:
        ClearingEntry.objects.create(
            entry=entry,
            from_station_id=sold,
            to_station_id=served,
            qty=qty,
            value_fen=held.lot.unit_price_fen * qty,
            at=entry.at,
        )


def refuse_second(request: Request, product: Product, lots: list[Held]) -> None:
    if request.delivery_id is None:
        return
    done = VoucherEntry.objects.filter(
        delivery_id=request.delivery_id,
        sku=product.sku,
        kind=EntryKind.REDEEM,
        lot__in=[held.lot.pk for held in lots],
    )
    for entry in done:
        if _settled(entry) < entry.qty:
            raise VoucherRefused(
                Code.REPEATED, entry=entry.pk, qty=entry.qty, at=entry.at.isoformat(), lot=entry.lot_id
            )


def _open(which: Q, *kinds: EntryKind) -> list[tuple[VoucherEntry, int]]:
    """Entries that something may still settle, oldest first, and how much of them is left."""
    rows = (
        VoucherEntry.objects.filter(which, kind__in=kinds or (EntryKind.RESERVE,))
        .annotate(settled=Sum("settled_by__qty"))
        .order_by("id")
    )
    return [(row, row.qty - (row.settled or 0)) for row in rows if row.qty > (row.settled or 0)]


def _reserved(which: Q) -> list[tuple[Held, VoucherEntry, int]]:
    lots = VoucherEntry.objects.filter(which, kind=EntryKind.RESERVE).values_list("lot_id", flat=True)
    held = {one.lot.pk: one for one in hold(lots=sorted(set(lots)))} if lots else {}
    return [(held[entry.lot_id], entry, left) for entry, left in _open(which)]


def _settled(entry: VoucherEntry) -> int:
    return entry.settled_by.aggregate(total=Sum("qty"))["total"] or 0


def _some(held: Held, qty: int | None) -> int:
    take = held.available if qty is None else qty
    if not 0 < take <= held.available:
        raise VoucherRefused(Code.SHORT, wanted=take, usable=held.available)
    return take


def _need(
    request: Request, writer: Writer, product: Product, qty: int, adcode: str | None, anywhere: bool = False
) -> Need:
    return Need(
        product=product,
        qty=qty,
        at=writer.operation.at,
        station_id=request.station_id,
        adcode=adcode,
        anywhere=anywhere,
    )


def at_least_one(qty: int) -> None:
    if qty < 1:
        raise NotPossible("bad_quantity", "数量至少为 1", "A quantity is at least 1")
