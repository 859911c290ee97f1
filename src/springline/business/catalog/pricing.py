"""Which price holds, and why; what delivery adds. Pure: no database, no clock.

Precedence: a rule for the customer, for the customer's level, for the region, for the quantity, then the list
price. Among rules of one kind the narrower wins (town before county, larger quantity before
smaller), then the one that began later, then the lower price: whatever rules exist, one wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from springline.business.catalog.states import RuleKind, ServiceState

_ORDER = [RuleKind.CUSTOMER, RuleKind.LEVEL, RuleKind.REGION, RuleKind.QUANTITY]


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """`price_fen`: list price of one."""

    sku: str
    price_fen: int


@dataclass(frozen=True, kw_only=True)
class CustomerFacts:
    """Unknown is None: an unknown region matches no region rule. `adcode`: county (6) or town (9 digits)."""

    customer_id: int | None = None
    level: str | None = None
    adcode: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The facts of a PriceRule; valid in [valid_from, valid_to)."""

    id: int
    kind: str
    price_fen: int
    valid_from: datetime
    valid_to: datetime | None = None
    customer_id: int | None = None
    level: str = ""
    adcode: str = ""
    min_qty: int = 1


@dataclass(frozen=True, kw_only=True)
class PriceQuote:
    """`rule` is None and `kind` "list" when no rule holds. All money in 分."""

    sku: str
    qty: int
    unit_fen: int
    total_fen: int
    list_fen: int
    kind: str
    rule: int | None
    why_zh: str
    why_en: str


def price(
    product: ProductFacts, qty: int, customer: CustomerFacts, at: datetime, rules: Iterable[Rule]
) -> PriceQuote:
    """The price of `qty` at the moment `at`. Raises ValueError when `qty` < 1."""
    if qty < 1:
        raise ValueError("a quantity is at least 1")
    fitting = [rule for rule in rules if holds(rule, qty, customer, at)]
    best = min(fitting, key=_rank) if fitting else None
    unit = best.price_fen if best else product.price_fen
    zh, en = _why(best)
    return PriceQuote(
        sku=product.sku,
        qty=qty,
        unit_fen=unit,
        total_fen=unit * qty,
        list_fen=product.price_fen,
        kind=best.kind if best else "list",
        rule=best.id if best else None,
        why_zh=zh,
        why_en=en,
    )


def holds(rule: Rule, qty: int, customer: CustomerFacts, at: datetime) -> bool:
    if qty < rule.min_qty or at < rule.valid_from or (rule.valid_to is not None and at >= rule.valid_to):
        return False
    if rule.kind == RuleKind.CUSTOMER:
        return customer.customer_id is not None and customer.customer_id == rule.customer_id
    if rule.kind == RuleKind.LEVEL:
        return bool(rule.level) and customer.level == rule.level
    if rule.kind == RuleKind.REGION:
        return bool(rule.adcode) and customer.adcode is not None and customer.adcode.startswith(rule.adcode)
    return rule.kind == RuleKind.QUANTITY


def _rank(rule: Rule) -> tuple[int, int, int, float, int, int]:
    began = rule.valid_from.timestamp()
    return (
        _ORDER.index(RuleKind(rule.kind)),
        -len(rule.adcode),
        -rule.min_qty,
        -began,
        rule.price_fen,
        rule.id,
    )


def _why(rule: Rule | None) -> tuple[str, str]:
    if rule is None:
        return "按标价", "List price"
    zh, en = {
        RuleKind.CUSTOMER: ("该客户的专属价", "This customer's own price"),
        RuleKind.LEVEL: (f"客户等级“{rule.level}”价", f"Price of customer level {rule.level}"),
        RuleKind.REGION: (f"地区（{rule.adcode}）价", f"Price of region {rule.adcode}"),
        RuleKind.QUANTITY: ("数量优惠价", "Quantity price"),
    }[RuleKind(rule.kind)]
    if rule.min_qty > 1:
        zh, en = f"{zh}，满 {rule.min_qty} 起", f"{en}, from {rule.min_qty}"
    return zh, en


@dataclass(frozen=True, kw_only=True)
class Area:
    """The facts of a ServiceArea. Fees in 分; `floor_fee_fen` for one bucket and one floor."""

    adcode: str
    name: str
    state: str
    promised_minutes: int | None = None
    min_qty: int = 1
    delivery_fee_fen: int = 0
    floor_fee_fen: int = 0
    free_floors: int = 1


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What delivery means here. `floor_fee_fen` is None when floor or lift must be asked first (`ask`)."""

    state: str
    area: str | None
    promised_minutes: int | None
    min_qty: int
    short_by: int
    delivery_fee_fen: int
    floor_fee_fen: int | None
    ask: tuple[str, ...]
    why_zh: str
    why_en: str


_STATES = {
    ServiceState.SERVED: ("正常配送", "Delivered"),
    ServiceState.NOT_SERVED: ("不在配送范围", "Outside delivery"),
    ServiceState.BY_APPOINTMENT: ("预约配送", "Delivered by appointment"),
    ServiceState.UNKNOWN: ("配送范围未知，请核实地址", "Not known whether we deliver; ask for the address"),
}


def delivery(area: Area | None, buckets: int, floor: int | None, lift: bool | None) -> Delivery:
    """Terms for `buckets` carried to `floor` (1 is the ground floor). `lift` None is unknown, not "none"."""
    if area is None:
        zh, en = _STATES[ServiceState.UNKNOWN]
        return Delivery(
            state=ServiceState.UNKNOWN,
            area=None,
            promised_minutes=None,
            min_qty=1,
            short_by=0,
            delivery_fee_fen=0,
            floor_fee_fen=None,
            ask=("address",),
            why_zh=zh,
            why_en=en,
        )
    fee, ask = _floor_fee(area, buckets, floor, lift)
    zh, en = _STATES[ServiceState(area.state)]
    short = max(0, area.min_qty - buckets)
    if short:
        zh, en = f"{zh}，{area.min_qty} 桶起送", f"{en}, from {area.min_qty}"
    return Delivery(
        state=area.state,
        area=area.adcode,
        promised_minutes=area.promised_minutes,
        min_qty=area.min_qty,
        short_by=short,
        delivery_fee_fen=area.delivery_fee_fen,
        floor_fee_fen=fee,
        ask=ask,
        why_zh=zh,
        why_en=en,
    )


def _floor_fee(
    area: Area, buckets: int, floor: int | None, lift: bool | None
) -> tuple[int | None, tuple[str, ...]]:
    if area.floor_fee_fen == 0 or lift is True:
        return 0, ()
    if floor is not None and floor <= area.free_floors:
        return 0, ()
    ask = tuple(name for name, value in (("floor", floor), ("lift", lift)) if value is None)
    if ask or floor is None:
        return None, ask
    return area.floor_fee_fen * (floor - area.free_floors) * buckets, ()
