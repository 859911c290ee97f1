"""What the voucher tests share."""

from collections.abc import Iterator
from itertools import count

from django.db.models import Sum

from springline.business.catalog.models import Product
from springline.business.vouchers import chain
from springline.business.vouchers.ledger import Receipt, Request
from springline.business.vouchers.models import VoucherEntry, VoucherLot, VoucherPackage
from springline.business.vouchers.services import purchase

WANG, LI = 101, 202
_numbers: Iterator[int] = count(1)


def req(**more: object) -> Request:
    """A request with a key of its own."""
    return Request(**{"key": f"k{next(_numbers)}", "reason": "test", **more})  # type: ignore[arg-type]


def package_of(product: Product, **more: object) -> VoucherPackage:
    fields = {
        "sku": f"P{next(_numbers)}",
        "name_zh": "买十赠一",
        "product": product,
        "paid_qty": 10,
        "gift_qty": 1,
    }
    return VoucherPackage.objects.create(**{**fields, "price_fen": 20_000, **more})


def bought(package: VoucherPackage, customer: int = WANG, **more: object) -> VoucherLot:
    receipt: Receipt = purchase(req(**more), customer, package)
    return receipt.lot


def standing(lot: VoucherLot) -> tuple[int, int, int]:
    """(available, reserved, frozen) as the sum of the entries, checked against the last entry."""
    sums = lot.entries.aggregate(a=Sum("d_available"), r=Sum("d_reserved"), f=Sum("d_frozen"))
    head = lot.entries.order_by("seq").last()
    found = (sums["a"] or 0, sums["r"] or 0, sums["f"] or 0)
    assert head is None or found == (head.available, head.reserved, head.frozen)
    assert min(found) >= 0
    return found


def breaks() -> list[chain.Break]:
    lots = VoucherLot.objects.order_by("id")
    entries = VoucherEntry.objects.order_by("lot_id", "seq")
    return list(chain.audit(lots, entries))
