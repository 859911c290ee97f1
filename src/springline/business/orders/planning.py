"""Reads what an order as it is being taken would be. Writes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum
from django.utils import timezone

from springline.business.catalog.pricing import CustomerFacts
from springline.business.catalog.shop import Shop, shop
from springline.business.catalog.states import ServiceState
from springline.business.customers.models import Customer, CustomerLevel, DepositWaiver, Settlement
from springline.business.customers.selectors import family, waiver_of
from springline.business.orders import places, promising, remarks
from springline.business.orders.inputs import EmptiesIn, LineIn, OrderDraft
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.money import Buckets
from springline.business.orders.plan import Plan, PlannedLine, Remark, Where
from springline.business.orders.states import OPEN, Ask, OrderState, PayBy
from springline.business.orders.vouching import Purse
from springline.business.prepared import Prepared
from springline.business.vouchers import ledger
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.selectors import BucketStanding

# Buckets that a customer may owe before delivery is told (欠桶, by level, §4.6): a warning, never a refusal.
_MAY_OWE = {CustomerLevel.NORMAL: 2, CustomerLevel.SILVER: 4, CustomerLevel.GOLD: 10}
DUPLICATE_WITHIN = timedelta(minutes=30)
# In two steps: PostgreSQL, asked for both at once, read all lines of a product for each order that is placed.
_RECENT = Prepared(
    lambda customers, since: (
        Order.objects.filter(customer_id__in=customers, placed_at__gt=since, parent=None)
        .exclude(state=OrderState.CANCELLED)
        .order_by()
        .values_list("pk", "no")
    )
)


def plan(
    draft: OrderDraft,
    customer: Customer | None,
    *,
    now: datetime | None = None,
    instead_of: Order | None = None,
    there: Where | None = None,
    hold: bool = False,
) -> Plan:
    """What `draft` would be now. `customer` None: a new one. `instead_of`: the order that it changes.
    `there`: where to, when that is decided already. `hold`: lock the vouchers, for it is to be carried out.

    Raises OrderRefused for what makes no sense at all: an unknown product or address.
    """
    now = now or timezone.now()
    ids = family(customer.pk) if customer else []
    where, candidates, outside = (there, [], "") if there else places.where(draft, customer, ids)
    here = shop()
    lots = (ledger.hold(customers=ids) if hold else vouchers.heads(ids)) if ids else []
    purse = Purse(lots, now, where.adcode if where else None)
    standings = vouchers.bucket_standings(ids) if ids else []
    waiver = waiver_of(customer, ids, timezone.localdate(now)) if customer else None
    asked = _with_deposits(_lines(here, draft, customer, where, purse, now), draft.empties, standings)
    lines = _waived(asked, waiver, standings)
    made = _with_delivery(here, draft, customer, where, lines, now)
    made.lots, made.vouchers_left = lots, purse.left
    made.candidates = candidates
    if outside:
        made.refusals.append(remarks.outside(outside))
    elif candidates:
        made.asks.append(Ask.COUNTY)
    _check_products(here, made, now)
    made.warnings += _voucher_warnings(draft, made)
    if waiver and (count := sum(line.deposits for line in asked) - sum(line.deposits for line in lines)):
        made.warnings.append(remarks.deposit_waived(count, waiver))
    if owed := sum(found.owed for found in standings):
        limit = _MAY_OWE.get(customer.level if customer else "", 0)
        if waiver is None:
            made.warnings.append(remarks.buckets_owed(owed, limit))
        elif waiver.most_buckets is not None and owed > waiver.most_buckets:
            made.warnings.append(remarks.buckets_owed(owed, waiver.most_buckets))
    if ids:
        made.duplicates = _duplicates(ids, made.lines, now, instead_of)
        if made.duplicates:
            made.warnings.append(remarks.duplicate(made.duplicates))
    if made.monthly and customer is not None:
        _check_credit(made, customer, ids)
    return made


def _lines(
    here: Shop,
    draft: OrderDraft,
    customer: Customer | None,
    where: Where | None,
    purse: Purse,
    now: datetime,
) -> list[PlannedLine]:
    wanted = _merged(draft.lines)
    for sku in wanted:
        if sku not in here.products:
            raise remarks.unknown_product(sku)
    facts = CustomerFacts(
        customer_id=customer.pk if customer else None,
        level=customer.level if customer else draft.customer.level if draft.customer else None,
        adcode=where.adcode if where else None,
    )
    usual = PayBy.MONTHLY if _settlement(draft, customer) == Settlement.MONTHLY else PayBy.CASH
    lines = []
    for sku, line in wanted.items():
        product = here.products[sku]
        price = here.quote(product, line.qty, facts, now)
        asked = PayBy(line.pay_by) if line.pay_by else None
        used = purse.take(product, line.qty) if asked in (None, PayBy.VOUCHER) else 0
        lines.append(
            PlannedLine(
                product=product,
                qty=line.qty,
                unit_fen=price.unit_fen,
                list_fen=price.list_fen,
                why_zh=price.why_zh,
                why_en=price.why_en,
                vouchers=used,
                pay_by=usual if asked in (None, PayBy.VOUCHER) else asked,
            )
        )
    return lines


def _merged(lines: Sequence[LineIn]) -> dict[str, LineIn]:
    """One line for each product: twice the same water is more of it."""
    found: dict[str, LineIn] = {}
    for line in lines:
        former = found.get(line.sku)
        if former is None:
            found[line.sku] = line
        else:
            qty = min(10_000, former.qty + line.qty)
            found[line.sku] = LineIn(sku=line.sku, qty=qty, pay_by=former.pay_by or line.pay_by)
    return found


def _settlement(draft: OrderDraft, customer: Customer | None) -> str:
    if customer is not None:
        return customer.settlement
    return draft.customer.settlement if draft.customer else Settlement.CASH


def _with_deposits(
    lines: list[PlannedLine], empties: Sequence[EmptiesIn] | None, known: Sequence[BucketStanding]
) -> list[PlannedLine]:
    returnable = [line for line in lines if line.product.returnable]
    standings = {found.bucket_type.pk: found for found in known}
    given = {row.bucket_type_id: row.qty for row in empties} if empties is not None else None
    buying: dict[int, int] = {}
    for line in returnable:
        kind = line.product.bucket_type_id
        buying[kind] = buying.get(kind, 0) + line.qty
    open_ = {}
    for kind, qty in buying.items():
        now = standings.get(kind)
        out, held = (now.out, now.deposited) if now else (0, 0)
        back = min(qty, out) if given is None else given.get(kind, 0)
        open_[kind] = Buckets(buying=qty, empties=back, out=out, deposited=held).to_deposit
    found = []
    for line in lines:
        share = min(open_.get(line.product.bucket_type_id, 0), line.qty) if line in returnable else 0
        if share:
            open_[line.product.bucket_type_id] -= share
        found.append(replace(line, deposits=share))
    return found


def _waived(
    lines: list[PlannedLine], waiver: DepositWaiver | None, known: Sequence[BucketStanding]
) -> list[PlannedLine]:
    """Without the deposits that an agreement covers: as many buckets as it still has room for."""
    if waiver is None:
        return lines
    wanted = sum(line.deposits for line in lines)
    room = wanted
    if waiver.most_buckets is not None:
        room = max(0, waiver.most_buckets - sum(found.owed for found in known))
    found = []
    for line in lines:
        free = min(line.deposits, room)
        room -= free
        found.append(replace(line, deposits=line.deposits - free))
    return found


def _with_delivery(
    here: Shop,
    draft: OrderDraft,
    customer: Customer | None,
    where: Where | None,
    lines: list[PlannedLine],
    now: datetime,
) -> Plan:
    water = sum(line.qty for line in lines if line.product.volume_ml)
    count = water or sum(line.qty for line in lines)
    lift = {"yes": True, "no": False}.get(where.lift) if where else None
    terms = here.delivery(where.adcode if where else None, count, where.floor if where else None, lift)
    promise = draft.window_to or promising.promise(now, terms.promised_minutes)
    made = Plan(
        customer=customer,
        where=where,
        lines=lines,
        delivery=terms,
        delivery_fee_fen=terms.delivery_fee_fen,
        floor_fee_fen=terms.floor_fee_fen if water else 0,
        promise_at=promise,
        window_from=draft.window_from,
        window_to=draft.window_to,
    )
    made.refusals += _window_refusals(draft, now)
    if where is None:
        made.asks.append(Ask.ADDRESS)
        return made
    if terms.state == ServiceState.NOT_SERVED:
        made.refusals.append(remarks.not_served(terms, where))
    elif terms.state == ServiceState.BY_APPOINTMENT and draft.window_to is None:
        made.asks.append(Ask.WINDOW)
    elif terms.state == ServiceState.UNKNOWN and where.county:
        made.warnings.append(remarks.service_unknown())
    if terms.short_by:
        made.refusals.append(remarks.below_minimum(terms))
    made.asks += [Ask(name) for name in terms.ask if name in ("floor", "lift") and water]
    return made


def _window_refusals(draft: OrderDraft, now: datetime) -> list[Remark]:
    begin, end = draft.window_from, draft.window_to
    backwards = begin is not None and end is not None and end <= begin
    if backwards or (end is not None and end <= now) or (begin is not None and end is None):
        return [remarks.bad_window()]
    return []


def _check_products(here: Shop, made: Plan, now: datetime) -> None:
    today = timezone.localdate(now)
    for line in made.lines:
        if not line.product.sellable:
            made.refusals.append(remarks.not_on_sale(line.product))
        elif here.stopped(line.product, today):
            made.refusals.append(remarks.stop_sale(line.product))


def _voucher_warnings(draft: OrderDraft, made: Plan) -> list[Remark]:
    wanted = {line.sku for line in draft.lines if line.pay_by == PayBy.VOUCHER}
    short = [line for line in made.lines if line.product.sku in wanted and line.vouchers < line.qty]
    return [remarks.vouchers_short(line.qty, line.vouchers) for line in short]


def _duplicates(
    ids: list[int], lines: Sequence[PlannedLine], now: datetime, instead_of: Order | None
) -> list[str]:
    recent = {pk: no or "" for pk, no in _RECENT(ids, now - DUPLICATE_WITHIN)}
    if instead_of is not None:
        recent.pop(instead_of.pk, None)
    if not recent:
        return []
    same = OrderLine.objects.filter(order__in=recent, product__in=[line.product.pk for line in lines])
    return sorted({recent[pk] for pk in same.order_by().values_list("order_id", flat=True)})


def _check_credit(made: Plan, customer: Customer, ids: list[int]) -> None:
    if not customer.credit_limit:
        return
    rows = Order.objects.filter(customer_id__in=ids, monthly=True).filter(
        Q(state__in=OPEN) | Q(state__in=(OrderState.DELIVERED, OrderState.AFTER_SALES))
    )
    left = F("total_fen") - F("vouchers_fen") - F("vouchers_owed_fen") - F("paid_fen")
    running = rows.aggregate(fen=Sum(left, default=0))["fen"]
    if running + made.due_fen > customer.credit_limit:
        made.warnings.append(remarks.over_credit(running, customer.credit_limit))
