"""Vouchers are set aside and redeemed, and mistakes undone."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from springline.business.catalog.models import Product
from springline.business.customers.selectors import family
from springline.business.vouchers import hooks
from springline.business.vouchers.ledger import Held, Receipt, Request, Writer, hold, hold_one, run
from springline.business.vouchers.models import ClearingEntry, Operation, VoucherEntry
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.selection import Need, choose
from springline.business.vouchers.services.shared import IS_LAST, at_least_one, open_entries, settled
from springline.business.vouchers.states import EntryKind

REVERSE_WITHIN = timedelta(hours=24)
RESERVED_FOR = timedelta(hours=48)


def reserve(
    request: Request,
    customer_id: int,
    product: Product,
    qty: int,
    *,
    adcode: str | None = None,
    lots: list[Held] | None = None,
) -> Receipt:
    """Set vouchers aside for the request's order. `lots`: the customer's, when the caller holds them already.

    Raises VoucherRefused.
    """
    at_least_one(qty)

    def work(writer: Writer) -> None:
        need = need_of(request, writer, product, qty, adcode)
        mine = hold(customers=family(customer_id)) if lots is None else lots
        for held, take in choose(mine, need):
            writer.append(held, EntryKind.RESERVE, take, sku=product.sku)

    what = {"customer": customer_id, "product": product.pk, "qty": qty, "adcode": adcode}
    return run(request, "reserve", what, work)


def release(request: Request) -> Receipt:
    """Give back all that is still set aside for the request's order; nothing set aside is no error."""
    if request.order_id is None:
        raise NotPossible("order_missing", "缺少订单", "The order is missing")

    def work(writer: Writer) -> None:
        for held, entry, left in reserved_entries(Q(order_id=request.order_id)):
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
        lock_order(request.order_id)
        lots = hold(customers=family(customer_id))
        refuse_second(request, product, lots)
        redeem_held(writer, lots, product, qty, adcode=adcode, clearing=clearing)
        tell_order(writer)

    what = {
        "customer": customer_id,
        "product": product.pk,
        "qty": qty,
        "adcode": adcode,
        "clearing": clearing,
    }
    return run(request, "redeem", what, work)


def reverse(request: Request, entry_id: int, qty: int | None = None) -> Receipt:
    """Undo a redemption of the last 24 hours, all of it or `qty`. The caller has checked who may.

    The order that it paid for follows: what no voucher pays any more is due in money.
    """
    undone = VoucherEntry.objects.filter(pk=entry_id).first()
    if undone is not None and request.order_id is None:
        request = replace(request, order_id=undone.order_id, delivery_id=undone.delivery_id)

    def work(writer: Writer) -> None:
        entry = VoucherEntry.objects.filter(pk=entry_id, kind=EntryKind.REDEEM).first()
        if entry is None:
            raise NotPossible("not_redeemed", "没有这笔核销", "There is no such redemption")
        if writer.operation.at - entry.at > REVERSE_WITHIN:
            raise NotPossible("too_late", "核销超过 24 小时，不能撤销", "Redeemed more than 24 hours ago")
        lock_order(entry.order_id)
        held = hold_one(entry.lot_id)
        left = entry.qty - settled(entry)
        take = left if qty is None else qty
        if not 0 < take <= left:
            raise NotPossible("reversed_already", "该笔核销已撤销", "This redemption was reversed already")
        writer.append(held, EntryKind.REVERSE, take, of=entry, sku=entry.sku)
        tell_order(writer)

    return run(request, "reverse", {"entry": entry_id, "qty": qty}, work)


def release_stale(now: datetime | None = None) -> int:
    """Give back what was set aside more than 48 hours ago (§4.5); the number of reservations given back."""
    before = (now or timezone.now()) - RESERVED_FOR
    # Of lots that hold some: of nearly all there ever were nothing is left.
    lots = VoucherEntry.objects.order_by().filter(IS_LAST, reserved__gt=0).values("lot")
    stale = [entry for entry, _left in open_entries(Q(at__lt=before, lot__in=lots))]
    for entry in stale:
        request = Request(key=f"stale:{entry.pk}", order_id=entry.order_id, reason="48 h")

        def work(writer: Writer, entry: VoucherEntry = entry) -> None:
            held = hold_one(entry.lot_id)
            left = entry.qty - settled(entry)
            if left:
                writer.append(held, EntryKind.RELEASE, left, of=entry, sku=entry.sku)

        run(request, "release_stale", {"entry": entry.pk}, work)
    return len(stale)


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
        for entry, left in open_entries(Q(order_id=request.order_id, sku=product.sku, lot__in=list(mine))):
            take = min(left, missing)
            if take:
                redeem_reserved(writer, mine[entry.lot_id], take, entry, product)
                missing -= take
    if missing:
        need = need_of(request, writer, product, missing, adcode, anywhere=clearing)
        for held, take in choose(lots, need):
            take_and_redeem(writer, held, take, product)


def set_aside(order_id: int) -> int:
    """How many vouchers an order still holds."""
    return sum(left for _entry, left in open_entries(Q(order_id=order_id)))


def standing(order_id: int, delivery_id: int | None, sku: str) -> int:
    """How many vouchers are redeemed for an order, or its delivery, and not reversed."""
    which = Q(order_id=order_id) if delivery_id is None else Q(order_id=order_id) | Q(delivery_id=delivery_id)
    return sum(left for _entry, left in open_entries(which & Q(sku=sku), EntryKind.REDEEM))


def written(key: str) -> bool:
    """Whether the ledgers did what was asked under this key."""
    return Operation.objects.filter(pk=key).exists()


def lock_order(order_id: int | None) -> None:
    if order_id is not None:
        for lock in hooks.order_locks.values():
            lock(order_id)


def tell_order(writer: Writer) -> None:
    """The orders of what was redeemed or reversed say what stands in the ledger."""
    for entry in writer.entries:
        if entry.kind in (EntryKind.REDEEM, EntryKind.REVERSE):
            for follow in hooks.order_follows.values():
                follow(entry, writer.request.by)


def take_and_redeem(writer: Writer, held: Held, qty: int, product: Product) -> None:
    reserved = writer.append(held, EntryKind.RESERVE, qty, sku=product.sku)
    redeem_reserved(writer, held, qty, reserved, product)


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
        if settled(entry) < entry.qty:
            raise VoucherRefused(
                Code.REPEATED, entry=entry.pk, qty=entry.qty, at=entry.at.isoformat(), lot=entry.lot_id
            )


def redeem_reserved(writer: Writer, held: Held, qty: int, reserved: VoucherEntry, product: Product) -> None:
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


def reserved_entries(which: Q) -> list[tuple[Held, VoucherEntry, int]]:
    lots = VoucherEntry.objects.filter(which, kind=EntryKind.RESERVE).values_list("lot_id", flat=True)
    held = {one.lot.pk: one for one in hold(lots=sorted(set(lots)))} if lots else {}
    return [(held[entry.lot_id], entry, left) for entry, left in open_entries(which)]


def need_of(
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
