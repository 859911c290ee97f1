"""Reads calls and orders for the conversion rate."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from springline.business import phones
from springline.business.calls.models import Call, WrapUp
from springline.business.calls.states import Intent
from springline.business.calls.wrapping import intent_of_menu
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.orders.conversion import ORDER_WITHIN, Conversion, IntentCall, Placed, conversion
from springline.business.orders.models import Order, OrderStep, UnconvertedDemand
from springline.business.orders.states import LostReason, OrderEvent, OrderState
from springline.contracts.events import CallerQuality

_CHUNK = 500
# Wrap-up and lost reason are noted after the call.
_NOTED_LATER = timedelta(days=1)


def conversion_between(since: datetime, until: datetime) -> Conversion:
    """Of the calls that arrived in [since, until), by key 1 or wrap-up 订水; without tests and calls out."""
    calls = list(
        Call.objects.filter(direction="in", arrived_at__gte=since, arrived_at__lt=until, is_test=False)
        .order_by()
        .values_list("id", "arrived_at", "caller", "caller_quality", "intent")
    )
    noted = _noted([call[0] for call in calls])
    wanted = [call for call in calls if noted.get(call[0]) or intent_of_menu(call[4]) is Intent.ORDER]
    owners = _owners([call[2] for call in wanted if call[2]])
    outside = set(
        UnconvertedDemand.objects.filter(
            reason=LostReason.OUTSIDE, at__gte=since, at__lt=until + _NOTED_LATER
        ).values_list("call_id", flat=True)
    )
    asked = [
        IntentCall(call_id=key, at=at, who=_who(key, caller, quality, owners), outside=key in outside)
        for key, at, caller, quality, _intent in wanted
    ]
    return conversion(asked, _orders(since, until, asked))


def _who(call_id: str, caller: str | None, quality: str, owners: dict[str, int]) -> str:
    if caller is None or quality != CallerQuality.REAL:
        return f"call:{call_id}"
    return f"customer:{owners[caller]}" if caller in owners else f"number:{caller}"


def _noted(call_ids: list[str]) -> dict[str, bool]:
    """Calls whose wrap-up says 订水."""
    found: dict[str, bool] = {}
    for start in range(0, len(call_ids), _CHUNK):
        # The intent is asked for here: SQLite would read all that ever had it, for each chunk.
        rows = WrapUp.objects.filter(pk__in=call_ids[start : start + _CHUNK]).values_list("pk", "intent")
        found |= {key: True for key, intent in rows if intent == Intent.ORDER}
    return found


def _owners(numbers: list[str]) -> dict[str, int]:
    """Number → the customer it is bound to; of merged ones the one that was kept."""
    wanted, found = sorted(set(numbers)), {}
    for start in range(0, len(wanted), _CHUNK):
        rows = CustomerPhone.objects.filter(e164__in=wanted[start : start + _CHUNK], unbound_at=None)
        found |= dict(rows.values_list("e164", "customer_id"))
    if any(phones.whole(number) is None for number in wanted):
        # Calls of years ago, whose numbers are masked by now.
        bound = CustomerPhone.objects.filter(unbound_at=None).values_list("e164", "customer_id")
        signs = {phones.pseudonym(number): owner for number, owner in bound.iterator()}
        found |= {number: signs[number] for number in wanted if number in signs}
    kept = _kept()
    return {number: kept.get(owner, owner) for number, owner in found.items()}


def _kept() -> dict[int, int]:
    """Duplicate → the customer at the end of its merges."""
    into = dict(
        Customer.objects.filter(merged_into__isnull=False).order_by().values_list("pk", "merged_into_id")
    )
    for gone, kept in into.items():
        while kept in into:
            kept = into[kept]
        into[gone] = kept
    return into


def _orders(since: datetime, until: datetime, asked: Sequence[IntentCall]) -> list[Placed]:
    """Of those calls and callers; a chain has many others."""
    calls, people, kept = {call.call_id for call in asked}, {call.who for call in asked}, _kept()
    rows = (
        Order.objects.filter(placed_at__gte=since, placed_at__lt=until + ORDER_WITHIN, parent=None)
        .exclude(state=OrderState.DRAFT)
        .order_by()
        .values_list("pk", "call_id", "customer_id", "placed_at", "state")
    )
    orders = [
        (key, call_id, who, at, state)
        for key, call_id, owner, at, state in rows
        for who in [f"customer:{kept.get(owner, owner)}"]
        if call_id in calls or who in people
    ]
    gone = [row[0] for row in orders if row[4] == OrderState.CANCELLED]
    cancelled: dict[int, datetime] = {}
    for start in range(0, len(gone), _CHUNK):
        steps = OrderStep.objects.filter(order__in=gone[start : start + _CHUNK], event=OrderEvent.CANCELLED)
        cancelled |= dict(steps.values_list("order_id", "noted_at"))
    return [
        Placed(call_id=call_id, who=who, at=at, cancelled_at=cancelled.get(key))
        for key, call_id, who, at, _state in orders
    ]
