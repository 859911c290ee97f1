"""All reads of the catalogue."""

from datetime import datetime

from django.db.models import QuerySet

from springline.business.catalog.models import Product
from springline.business.catalog.pricing import CustomerFacts, Delivery, PriceQuote
from springline.business.catalog.shop import shop
from springline.business.catalog.states import ProductState


def products(*, all_states: bool = False) -> QuerySet[Product]:
    found = Product.objects.select_related("bucket_type")
    return found if all_states else found.filter(state=ProductState.ACTIVE)


def quote(product: Product, qty: int, customer: CustomerFacts, at: datetime | None = None) -> PriceQuote:
    """The price of `qty` of `product` now, or at `at`. Raises ValueError when `qty` < 1."""
    return shop().quote(product, qty, customer, at)


def delivery(adcode: str | None, buckets: int, floor: int | None, lift: bool | None) -> Delivery:
    return shop().delivery(adcode, buckets, floor, lift)
