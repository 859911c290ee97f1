"""Vouchers come into being: sold, given, or more of them for nothing."""

from datetime import timedelta

from springline.business.catalog.models import Product
from springline.business.vouchers.ledger import Receipt, Request, Writer, hold_one, run
from springline.business.vouchers.models import VoucherPackage
from springline.business.vouchers.refusals import NotPossible
from springline.business.vouchers.services.shared import at_least_one, new_lot
from springline.business.vouchers.states import EntryKind, Scope, Source


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
