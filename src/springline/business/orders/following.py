"""A delivered order says what stands in the voucher ledger, also after a correction there."""

from springline.business.orders import hooks, lifecycle
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.states import OrderEvent, OrderState, possible
from springline.business.vouchers.hooks import PaidOrder
from springline.business.vouchers.models import VoucherEntry
from springline.business.vouchers.states import EntryKind


def lock(order_id: int) -> None:
    """In the transaction of the caller."""
    Order.objects.select_for_update(of=("self",)).filter(pk=order_id).values_list("pk").first()


def follow(entry: VoucherEntry, by: Actor) -> None:
    """Take a redemption, or the reversal of one, over to the order it paid for."""
    reverses = entry.kind == EntryKind.REVERSE
    order_id = entry.of.order_id if reverses and entry.of else entry.order_id
    event = OrderEvent.VOUCHERS_REVERSED if reverses else OrderEvent.VOUCHERS_REDEEMED
    order = Order.objects.filter(pk=order_id).first()
    line = _followed(order, entry.sku, event) if order else None
    if order is None or line is None:
        return
    moved = _reverse(order, line, entry.qty) if reverses else _redeem(order, line, entry.qty)
    if not moved:
        return
    line.save(update_fields=["redeemed", "vouchers_owed"])
    if reverses:
        order.settled_at = None
    facts = {"line": line.pk, "vouchers": moved, "entry": entry.pk, "owed_fen": order.owed_fen}
    lifecycle.advance(order, event, key=f"ledger:{entry.pk}", by=by, facts=facts, call_id=entry.call_id)
    for told in hooks.recounted:
        told(order)


def foresee(entry: VoucherEntry, qty: int) -> PaidOrder | None:
    """What reversing `qty` of a redemption makes of the order it pays for."""
    order = Order.objects.filter(pk=entry.order_id).first()
    if order is None:
        return None
    line = _followed(order, entry.sku, OrderEvent.VOUCHERS_REVERSED)
    if line is None:
        return PaidOrder(order.no or "", None)
    moved = min(qty, line.redeemed + line.vouchers_owed)
    return PaidOrder(order.no or "", order.owed_fen + moved * line.unit_fen)


def _followed(order: Order, sku: str, event: OrderEvent) -> OrderLine | None:
    """The line that `event` changes. None before the delivery, which counts by itself, and while its booking
    is still tried again.
    """
    if order.delivered_at is None or order.voucher_trouble or event not in possible(OrderState(order.state)):
        return None
    return order.lines.filter(product__sku=sku).first()


def _reverse(order: Order, line: OrderLine, qty: int) -> int:
    """What was owed and redeemed later may still stand as owed; that is undone last."""
    redeemed = min(qty, line.redeemed)
    owed = min(qty - redeemed, line.vouchers_owed)
    line.redeemed, line.vouchers_owed = line.redeemed - redeemed, line.vouchers_owed - owed
    order.vouchers_fen -= redeemed * line.unit_fen
    order.vouchers_owed_fen -= owed * line.unit_fen
    return redeemed + owed


def _redeem(order: Order, line: OrderLine, qty: int) -> int:
    """What is redeemed for an IOU is counted as owed already, until the order is settled."""
    more = min(qty, max(0, (line.delivered or 0) - line.redeemed - line.vouchers_owed))
    line.redeemed += more
    order.vouchers_fen += more * line.unit_fen
    return more
