"""All reads of the catalogue."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from springline.business.catalog import pricing
from springline.business.catalog.models import Batch, PriceRule, Product, ServiceArea
from springline.business.catalog.pricing import Area, CustomerFacts, Delivery, PriceQuote, ProductFacts, Rule
from springline.business.catalog.states import ProductState
from springline.business.prepared import Prepared

_RULES = Prepared(
    lambda product_id, at, customer_id: PriceRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=at),
        Q(customer_id__isnull=True) | Q(customer_id=customer_id),
        product=product_id,
        valid_from__lte=at,
    ).order_by()
)
_AREAS = Prepared(lambda adcodes: ServiceArea.objects.filter(adcode__in=adcodes).order_by())


def products(*, all_states: bool = False) -> QuerySet[Product]:
    found = Product.objects.select_related("bucket_type")
    return found if all_states else found.filter(state=ProductState.ACTIVE)


def rules_for(product: Product, customer: CustomerFacts, at: datetime) -> list[Rule]:
    """The rules that could hold for this customer at `at`; pricing decides which does."""
    return [
        Rule(
            id=row.pk,
            kind=row.kind,
            price_fen=row.price_fen,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            customer_id=row.customer_id,
            level=row.level,
            adcode=row.adcode,
            min_qty=row.min_qty,
        )
        for row in _RULES(product.pk, at, customer.customer_id)
    ]


def quote(product: Product, qty: int, customer: CustomerFacts, at: datetime | None = None) -> PriceQuote:
    """The price of `qty` of `product` now, or at `at`. Raises ValueError when `qty` < 1."""
    moment = at or timezone.now()
    facts = ProductFacts(sku=product.sku, price_fen=product.price_fen)
    return pricing.price(facts, qty, customer, moment, rules_for(product, customer, moment))


def area_of(adcode: str | None) -> Area | None:
    """The area with the longest matching code (town, then county); None when nothing is known of it."""
    if not adcode:
        return None
    codes = [adcode[:size] for size in (12, 9, 6) if len(adcode) >= size]
    row = max(_AREAS(codes), key=lambda found: len(found.adcode), default=None)
    return _area(row) if row else None


def delivery(adcode: str | None, buckets: int, floor: int | None, lift: bool | None) -> Delivery:
    return pricing.delivery(area_of(adcode), buckets, floor, lift)


def deliverable_batches(product: Product, today: date) -> QuerySet[Batch]:
    """Batches that may be loaded on `today` (Shanghai), the oldest first."""
    return product.batches.filter(stop_sale=False, expires__gte=today, produced__lte=today).order_by(
        "expires", "produced"
    )


def _area(row: ServiceArea) -> Area:
    return Area(
        adcode=row.adcode,
        name=row.name,
        state=row.state,
        promised_minutes=row.promised_minutes,
        min_qty=row.min_qty,
        delivery_fee_fen=row.delivery_fee_fen,
        floor_fee_fen=row.floor_fee_fen,
        free_floors=row.free_floors,
    )
