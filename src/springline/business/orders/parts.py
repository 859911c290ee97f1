"""What customers' screens, searches, exports and erasures show of orders, and what the worker does."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from springline.business import jobs
from springline.business.calls import hooks as calls
from springline.business.calls.hooks import Clue
from springline.business.calls.states import Intent, WrapUpOutcome
from springline.business.customers import hooks as customers
from springline.business.orders import demand, following, hooks, selectors, services, words
from springline.business.orders.models import Order, OrderLine, OrderStep, UnconvertedDemand
from springline.business.orders.states import OPEN, OrderEvent, OrderState
from springline.business.prepared import Prepared
from springline.business.vouchers import hooks as vouchers

_OVERDUE_SECONDS, _MISSING_SECONDS, _SETTLE_SECONDS = 20.0, 60.0, 3600.0
_EXPORTED = (
    *("no", "state", "contact_name", "contact_phone", "address_text", "building", "floor", "lift"),
    *("address_notes", "county", "town", "source", "note", "cancel_reason", "fail_code", "urges"),
    *("goods_fen", "delivery_fee_fen", "floor_fee_fen", "deposit_fen", "total_fen"),
    *("vouchers_fen", "vouchers_owed_fen", "paid_fen"),
    *("placed_at", "promise_at", "window_from", "window_to", "delivered_at", "settled_at"),
)


_OPEN_IDS = Prepared(
    lambda ids: (
        Order.objects.filter(customer_id__in=ids, state__in=OPEN).order_by().values_list("pk", flat=True)[:1]
    )
)
_LINES = Prepared(lambda order_ids: OrderLine.objects.filter(order__in=order_ids).select_related("product"))


def pop_part(ids: list[int]) -> dict[str, Any]:
    """`last`: one line as F3 has it, in both languages, or null. `open`: water still to come."""
    last, waiting = selectors.last(ids), selectors.open_orders(ids)
    wanted = {order.pk for order in (*waiting, *([last] if last else []))}
    lines: dict[int, list[OrderLine]] = {}
    for line in _LINES(wanted) if wanted else ():
        lines.setdefault(line.order_id, []).append(line)
    names = hooks.names_of_couriers(sorted({order.courier_id for order in waiting if order.courier_id}))
    return {
        "last": _last(last, lines.get(last.pk, [])) if last else None,
        "open": [_open(order, lines.get(order.pk, []), names) for order in waiting],
    }


def _last(order: Order, lines: list[OrderLine]) -> dict[str, Any]:
    return {
        "id": order.pk,
        "no": order.no,
        "text": words.last_line(order, lines),
        "text_en": words.last_line_en(order, lines),
        "at": (order.delivered_at or order.placed_at).isoformat(),
        "state": order.state,
        "lines": [{"sku": line.product.sku, "name": line.name, "qty": line.qty} for line in lines],
        "address_id": order.address_id,
        "address": order.address_text,
    }


def _open(order: Order, lines: list[OrderLine], names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": order.pk,
        "no": order.no,
        "state": order.state,
        "what": "、".join(f"{words.short_name(line.product)} ×{line.qty}" for line in lines),
        "courier": names.get(order.courier_id or 0, ""),
        "promise_at": order.promise_at.isoformat() if order.promise_at else None,
        "window_from": order.window_from.isoformat() if order.window_from else None,
        "window_to": order.window_to.isoformat() if order.window_to else None,
        "overdue": order.overdue_at is not None,
        "urges": order.urges,
        "due_fen": order.due_fen,
    }


def has_open_order(ids: list[int]) -> bool:
    return bool(_OPEN_IDS(ids))


def last_order(ids: list[int]) -> tuple[str, date, str] | None:
    """Number, day and SKU of the last one: what a caller is asked to tell it by."""
    order = selectors.last(ids)
    if order is None or order.placed_at is None:
        return None
    line = order.lines.select_related("product").first()
    return order.no or "", timezone.localdate(order.placed_at), line.product.sku if line else ""


def search(text: str) -> list[int]:
    """Customers by the number of an order, or by its end."""
    return list(selectors.find_by_no(text).values_list("customer_id", flat=True)[:20])


def export_part(ids: list[int]) -> list[dict[str, Any]]:
    """One person's orders in full, times in ISO 8601."""
    found = []
    for order in Order.objects.filter(customer_id__in=ids).order_by("pk"):
        row = {name: getattr(order, name) for name in _EXPORTED}
        row["lines"] = list(order.lines.values("name", "qty", "unit_fen", "vouchers", "delivered"))
        row["payments"] = list(order.payments.order_by("pk").values("at", "channel", "fen"))
        row["steps"] = list(order.steps.values("at", "event", "who"))
        found.append(_plain(row))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def erase_blockers(ids: list[int]) -> list[tuple[str, str]]:
    reasons = []
    orders = Order.objects.filter(customer_id__in=ids)
    if orders.filter(state__in=OPEN).exists():
        reasons.append(("还有未送达的订单。", "There are orders still to be delivered."))
    left = orders.filter(state__in=(OrderState.DELIVERED, OrderState.AFTER_SALES))
    if any(row.owed_fen > 0 for row in left):
        reasons.append(("还有未结清的货款。", "Money is still owed for orders."))
    return reasons


def erase(ids: list[int]) -> None:
    """Names, numbers and addresses go; sums, county and town stay."""
    Order.objects.filter(customer_id__in=ids).update(
        contact_name="", contact_phone="", address_text="", building="", floor=None, address_notes="", note=""
    )
    UnconvertedDemand.objects.filter(customer_id__in=ids).update(note="", customer=None)
    # What was written by hand may name people; the step itself stays.
    steps = QuerySet(OrderStep).filter(order__customer_id__in=ids, facts__has_key="note")
    for step in steps.only("facts"):
        QuerySet(OrderStep).filter(pk=step.pk).update(facts={**step.facts, "note": ""})


def orders_of_call(call_id: str) -> list[tuple[int, str]]:
    """Orders that stand; a cancelled one is no reason to call the call converted."""
    rows = selectors.of_call(call_id).exclude(state=OrderState.CANCELLED).order_by("id")
    return [(order.pk, order.no or "") for order in rows]


def clue_of_order(call_id: str) -> Clue | None:
    placed = orders_of_call(call_id)
    if not placed:
        return None
    numbers = "、".join(no for _id, no in placed)
    return Clue(
        intent=Intent.ORDER,
        outcome=WrapUpOutcome.ORDER_PLACED,
        weight=100,
        why_zh=f"本次通话已下单 {numbers}",
        why_en=f"Order {numbers} was placed in this call",
    )


def clue_of_urging(call_id: str) -> Clue | None:
    urged = OrderStep.objects.filter(event=OrderEvent.URGED, call_id=call_id)
    if not call_id or not urged.exists():
        return None
    return Clue(
        intent=Intent.URGE,
        outcome=WrapUpOutcome.SOLVED,
        weight=40,
        why_zh="本次通话催了单",
        why_en="An order was urged in this call",
    )


def customer_of(order_id: int) -> int | None:
    return Order.objects.filter(pk=order_id).values_list("customer_id", flat=True).first()


def register() -> None:
    calls.orders["orders"] = orders_of_call
    calls.clues["orders"] = clue_of_order
    calls.clues["urging"] = clue_of_urging
    calls.wrapped_up["orders"] = demand.wrapped_up
    vouchers.customer_of_order["orders"] = customer_of
    vouchers.order_locks["orders"] = following.lock
    vouchers.order_follows["orders"] = following.follow
    vouchers.iou_follows["orders"] = following.follow_owed
    vouchers.paid_orders["orders"] = following.foresee
    vouchers.order_numbers["orders"] = selectors.numbers
    customers.open_order["orders"] = has_open_order
    customers.pop_parts["orders"] = pop_part
    customers.searches["orders"] = search
    customers.export_parts["orders"] = export_part
    customers.erasers["orders"] = erase
    customers.erase_blockers["orders"] = erase_blockers
    customers.last_order["orders"] = last_order
    customers.last_delivery["orders"] = selectors.last_delivery
    jobs.every(_OVERDUE_SECONDS, "orders.overdue", services.mark_overdue)
    jobs.every(_MISSING_SECONDS, "orders.book_missing", services.book_missing)
    jobs.every(_SETTLE_SECONDS, "orders.settle", services.settle_ready)
