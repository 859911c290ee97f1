"""All reads of orders. `ids`: a customer and the duplicates merged into it (customers.selectors.family)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from springline.business.orders.models import Order, UnconvertedDemand
from springline.business.orders.states import OPEN, OrderState
from springline.business.prepared import Prepared


def orders() -> QuerySet[Order]:
    return Order.objects.select_related("customer").exclude(state=OrderState.DRAFT)


def of_customer(ids: Sequence[int]) -> QuerySet[Order]:
    """The newest first."""
    return orders().filter(customer_id__in=ids).order_by("-id")


_LAST = Prepared(
    lambda ids: (
        of_customer(ids)
        .exclude(state__in=(OrderState.CANCELLED, OrderState.REFUNDED))
        .filter(parent=None)[:1]
    )
)
_OPEN = Prepared(lambda ids: of_customer(ids).filter(state__in=OPEN).order_by("promise_at", "id"))
_LAST_DELIVERY = Prepared(
    lambda ids: (
        of_customer(ids)
        .filter(delivered_at__isnull=False)
        .exclude(county="")
        .order_by("-delivered_at")
        .values_list("county", "delivered_at")[:1]
    )
)


def last(ids: Sequence[int]) -> Order | None:
    """The last one that stands: not cancelled, and not the rest of another."""
    return next(iter(_LAST(ids)), None)


def open_orders(ids: Sequence[int]) -> list[Order]:
    """Water still to come, what was promised first first."""
    return _OPEN(ids)


def of_call(call_id: str) -> QuerySet[Order]:
    return orders().filter(call_id=call_id) if call_id else orders().none()


def last_delivery(ids: Sequence[int]) -> tuple[str, datetime] | None:
    """The county of the last delivered order, and when."""
    return next(((county, at) for county, at in _LAST_DELIVERY(ids)), None)


def numbers(ids: set[int]) -> dict[int, str]:
    """What people know these orders by."""
    return dict(Order.objects.filter(pk__in=ids).values_list("pk", "no"))


def find_by_no(text: str) -> QuerySet[Order]:
    """By the whole number, or by its end of five digits or more as it is read out."""
    digits = text.strip()
    if not digits.isdigit() or not 5 <= len(digits) <= 20:
        return Order.objects.none()
    whole = Order.objects.filter(no=digits)
    # A number ends in the order's id: no search through all of them.
    tails = {int(digits[-size:]) for size in range(5, min(len(digits), 9) + 1)}
    return (whole | Order.objects.filter(pk__in=tails, no__endswith=digits)).order_by("-id")


@dataclass(frozen=True, kw_only=True)
class TownDemand:
    """Unconverted demand of one town (or of a place elsewhere), by reason."""

    county: str
    town: str
    place: str
    reasons: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.reasons.values())


def demand(
    since: datetime | None = None, until: datetime | None = None, reason: str = ""
) -> QuerySet[UnconvertedDemand]:
    rows = UnconvertedDemand.objects.select_related("product")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return rows.filter(reason=reason) if reason else rows


def demand_by_town(since: datetime | None = None, until: datetime | None = None) -> list[TownDemand]:
    """Where demand was not met in [since, until), most first (N2: “与儿街镇 7 次区域外”)."""
    rows = demand(since, until).order_by().values("county", "town", "place", "reason").annotate(n=Count("id"))
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in rows:
        found.setdefault((row["county"], row["town"], row["place"]), {})[row["reason"]] = row["n"]
    towns = [
        TownDemand(county=county, town=town, place=place, reasons=reasons)
        for (county, town, place), reasons in found.items()
    ]
    return sorted(towns, key=lambda town: (-town.total, town.county, town.town, town.place))
