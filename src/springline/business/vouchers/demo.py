"""The demo's voucher packages; fictional."""

from springline.business.catalog.models import Product
from springline.business.vouchers.models import VoucherPackage
from springline.business.vouchers.states import Scope

_ONE, _ANY = Scope.DEDICATED, Scope.GENERAL
# sku, Chinese, English, scope, product, paid, given, fen, valid days
_PACKAGES = [
    ("V-SPRING-10", "山泉买十赠一", "Spring: buy 10, get 1", _ONE, "SPRING-18.9", 10, 1, 20_000, None),
    ("V-SPRING-30", "山泉买三十赠五", "Spring: buy 30, get 5", _ONE, "SPRING-18.9", 30, 5, 57_000, None),
    ("V-ANY-20", "18.9 升通用票 20 张", "20, any 18.9 L water", _ANY, "MINERAL-18.9", 20, 1, 48_000, 730),
]  # fmt: skip


def write() -> bool:
    """Make what is missing; whether anything was new. The catalogue's demo comes first."""
    fresh = False
    for sku, zh, en, scope, product, paid, given, fen, days in _PACKAGES:
        _row, new = VoucherPackage.objects.get_or_create(
            sku=sku,
            defaults={
                "name_zh": zh,
                "name_en": en,
                "scope": scope,
                "product": Product.objects.get(sku=product),
                "paid_qty": paid,
                "gift_qty": given,
                "price_fen": fen,
                "valid_days": days,
            },
        )
        fresh |= new
    return fresh
