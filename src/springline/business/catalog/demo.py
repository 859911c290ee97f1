"""The demo's catalogue. Brand, products and prices are fictional, counties and codes public."""

from datetime import timedelta

from django.utils import timezone

from springline.business.catalog.models import Batch, BucketType, PriceRule, Product, ServiceArea
from springline.business.catalog.states import ProductState, RuleKind, ServiceState, WaterType

_BRAND = "云岭泉"
_BUCKETS = [
    ("PC-18.9", "18.9 升 PC 桶", "18.9 L bucket", 5000),
    ("PC-11.3", "11.3 升 PC 桶", "11.3 L bucket", 3000),
]
# sku, Chinese, English, kind of water, ml, bucket, fen, unit
_PRODUCTS = [
    ("SPRING-18.9", "山泉水 18.9 升", "Spring 18.9 L", WaterType.SPRING, 18_900, "PC-18.9", 2000, "桶"),
    ("MINERAL-18.9", "矿泉水 18.9 升", "Mineral 18.9 L", WaterType.MINERAL, 18_900, "PC-18.9", 2600, "桶"),
    ("PURE-18.9", "纯净水 18.9 升", "Purified 18.9 L", WaterType.PURIFIED, 18_900, "PC-18.9", 1500, "桶"),
    ("SPRING-11.3", "山泉水 11.3 升", "Spring water 11.3 L", WaterType.SPRING, 11_300, "PC-11.3", 1400, "桶"),
    ("SPRING-5", "山泉水 5 升一次性桶", "Spring water 5 L", WaterType.SPRING, 5_000, None, 900, "桶"),
    ("SPRING-0.5X24", "山泉水 500 毫升×24", "24 × 500 ml", WaterType.SPRING, 12_000, None, 3600, "箱"),
    ("PUMP", "手压泵", "Hand pump", WaterType.NONE, 0, None, 2500, "个"),
]  # fmt: skip
_SERVED, _APPOINTMENT = ServiceState.SERVED, ServiceState.BY_APPOINTMENT
# adcode, name, service, promised minutes, smallest quantity, delivery fee, floor fee
_AREAS = [
    ("341502", "金安区", _SERVED, 120, 1, 0, 100),
    ("341503", "裕安区", _SERVED, 120, 1, 0, 100),
    ("341504", "叶集区", _SERVED, 240, 2, 200, 100),
    ("341522", "霍邱县", _APPOINTMENT, 1440, 5, 500, 100),
    ("341523", "舒城县", _SERVED, 180, 1, 0, 100),
    ("341524", "金寨县", _APPOINTMENT, 1440, 5, 500, 100),
    ("341525", "霍山县", _SERVED, 120, 1, 0, 100),
]


def write() -> bool:
    """Make what is missing; whether anything was new."""
    fresh = False
    for code, zh, en, deposit in _BUCKETS:
        _row, new = BucketType.objects.get_or_create(
            code=code, defaults={"name_zh": zh, "name_en": en, "deposit_fen": deposit}
        )
        fresh |= new
    buckets = {bucket.code: bucket for bucket in BucketType.objects.all()}
    for position, (sku, zh, en, water, volume, bucket, fen, unit) in enumerate(_PRODUCTS):
        product, new = Product.objects.get_or_create(
            sku=sku,
            defaults={
                "name_zh": zh,
                "name_en": en,
                "brand": _BRAND,
                "water_type": water,
                "volume_ml": volume,
                "bucket_type": buckets[bucket] if bucket else None,
                "returnable": bucket is not None,
                "price_fen": fen,
                "unit": unit,
                "state": ProductState.ACTIVE,
                "position": position,
            },
        )
        if new:
            _with_batch(product)
        fresh |= new
    for adcode, name, state, minutes, smallest, fee, floor in _AREAS:
        _row, new = ServiceArea.objects.get_or_create(
            adcode=adcode,
            defaults={
                "name": name,
                "state": state,
                "promised_minutes": minutes,
                "min_qty": smallest,
                "delivery_fee_fen": fee,
                "floor_fee_fen": floor,
            },
        )
        fresh |= new
    _quantity_price()
    return fresh


def _with_batch(product: Product) -> None:
    if product.volume_ml:
        today = timezone.localdate()
        Batch.objects.get_or_create(
            product=product,
            batch_no=f"{today:%Y%m%d}-A",
            defaults={"produced": today, "expires": today + timedelta(days=30)},
        )


def _quantity_price() -> None:
    spring = Product.objects.get(sku="SPRING-18.9")
    PriceRule.objects.get_or_create(
        product=spring, kind=RuleKind.QUANTITY, min_qty=10, defaults={"price_fen": 1800, "note": "10 桶起"}
    )
