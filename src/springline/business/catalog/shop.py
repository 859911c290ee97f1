"""What is sold, at which prices and where to: the part of the catalogue that every order asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from springline.business.catalog import pricing
from springline.business.catalog.models import Batch, PriceRule, Product, ServiceArea
from springline.business.catalog.pricing import Area, CustomerFacts, Delivery, PriceQuote, ProductFacts, Rule
from springline.business.catalog.revisions import CATALOG, Kept
from springline.business.prepared import Prepared

_OWN = Prepared(lambda customer_id: PriceRule.objects.filter(customer_id=customer_id).order_by())


@dataclass(frozen=True, kw_only=True)
class Shop:
    """`rules`: by product, without the prices of single customers; `own`: who has such. `batches`: product,
    last day, whether its sale is stopped.
    """

    products: Mapping[str, Product]
    rules: Mapping[int, Sequence[Rule]]
    own: frozenset[int]
    areas: Mapping[str, Area]
    batches: Sequence[tuple[int, date, bool]]

    def quote(
        self, product: Product, qty: int, customer: CustomerFacts, at: datetime | None = None
    ) -> PriceQuote:
        """The price of `qty` of `product` now, or at `at`. Raises ValueError when `qty` < 1."""
        facts = ProductFacts(sku=product.sku, price_fen=product.price_fen)
        return pricing.price(facts, qty, customer, at or timezone.now(), self._rules_for(product, customer))

    def area_of(self, adcode: str | None) -> Area | None:
        """The area with the longest matching code (town, then county); None when nothing is known of it."""
        codes = [adcode[:size] for size in (12, 9, 6) if len(adcode) >= size] if adcode else []
        return next((self.areas[code] for code in codes if code in self.areas), None)

    def delivery(self, adcode: str | None, buckets: int, floor: int | None, lift: bool | None) -> Delivery:
        return pricing.delivery(self.area_of(adcode), buckets, floor, lift)

    def stopped(self, product: Product, today: date) -> bool:
        """Whether every batch that could be delivered on `today` (Shanghai) is stopped."""
        stops = [
            stop for product_id, last, stop in self.batches if product_id == product.pk and last >= today
        ]
        return bool(stops) and all(stops)

    def _rules_for(self, product: Product, customer: CustomerFacts) -> list[Rule]:
        found = list(self.rules.get(product.pk, ()))
        if customer.customer_id in self.own:
            found += [_rule(row) for row in _OWN(customer.customer_id) if row.product_id == product.pk]
        return found


def _read() -> Shop:
    rules: dict[int, list[Rule]] = {}
    for row in PriceRule.objects.filter(customer_id=None).order_by():
        rules.setdefault(row.product_id, []).append(_rule(row))
    own = PriceRule.objects.exclude(customer_id=None).order_by().values_list("customer_id", flat=True)
    return Shop(
        products={row.sku: row for row in Product.objects.select_related("bucket_type")},
        rules=rules,
        own=frozenset(own),
        areas={row.adcode: _area(row) for row in ServiceArea.objects.order_by()},
        batches=list(Batch.objects.order_by().values_list("product_id", "expires", "stop_sale")),
    )


shop = Kept(CATALOG, _read)


def _rule(row: PriceRule) -> Rule:
    return Rule(
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
