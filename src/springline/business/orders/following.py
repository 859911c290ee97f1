"""A delivered order says what stands in the voucher ledger, also after a correction there."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q

from springline.business.orders import hooks, lifecycle
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.states import OrderEvent, OrderState, possible
from springline.business.vouchers.hooks import PaidOrder
from springline.business.vouchers.models import Iou, VoucherEntry
from springline.business.vouchers.services.shared import open_entries
from springline.business.vouchers.states import EntryKind, IouState


def lock(order_id: int) -> None:
    """In the transaction of the caller."""
    Order.objects.select_for_update(of=("self",)).filter(pk=order_id).values_list("pk").first()


def follow(entry: VoucherEntry, by: Actor) -> None:
    """Take a redemption, or the reversal of one, over to the order it paid for."""
    reverses = entry.kind == EntryKind.REVERSE
    order_id = entry.of.order_id if reverses and entry.of else entry.order_id
    event = OrderEvent.VOUCHERS_REVERSED if reverses else OrderEvent.VOUCHERS_REDEEMED
    order = _orders([order_id]).get(order_id) if order_id else None
    line = _followed(order, entry.sku, event) if order else None
    if order is None or line is None:
        return
    more = _more(line, _covered([order.pk])[order.pk, entry.sku])
    moved = _less(order, line, -more) if reverses else _redeemed(order, line, more)
    if moved <= 0:
        return
    line.save(update_fields=["redeemed", "vouchers_owed"])
    if reverses:
        order.settled_at = None
    what = {"line": line.pk, "vouchers": moved, "entry": entry.pk}
    _advance(order, event, what, key=f"ledger:{entry.pk}", by=by, call_id=entry.call_id)


def follow_owed(iou: Iou, by: Actor) -> None:
    """Take water whose voucher is to follow (先送后核) over to its order; or that it was paid otherwise."""
    waived = iou.state == IouState.WAIVED
    event = OrderEvent.VOUCHERS_WAIVED if waived else OrderEvent.VOUCHERS_OWED
    order = _orders([iou.order_id]).get(iou.order_id) if iou.order_id else None
    line = _followed(order, iou.product.sku, event) if order else None
    if order is None or line is None:
        return
    more = _more(line, _covered([order.pk])[order.pk, iou.product.sku])
    moved = min(-more, line.vouchers_owed) if waived else more
    if moved <= 0:
        return
    line.vouchers_owed += -moved if waived else moved
    line.save(update_fields=["vouchers_owed"])
    order.vouchers_owed_fen += (-moved if waived else moved) * line.unit_fen
    what = {"line": line.pk, "vouchers": moved, "iou": iou.pk}
    _advance(order, event, what, key=f"iou:{iou.pk}:{iou.state}", by=by, call_id=iou.call_id)


def _advance(
    order: Order, event: OrderEvent, what: dict[str, int], *, key: str, by: Actor, call_id: str
) -> None:
    lifecycle.advance(
        order, event, key=key, by=by, facts=what | {"owed_fen": order.owed_fen}, call_id=call_id
    )
    for told in hooks.recounted:
        told(order)


def foresee(redeemed: Sequence[tuple[VoucherEntry, int]]) -> dict[int, PaidOrder]:
    """What reversing so much of each redemption makes of the order it pays for, by the redemption's id."""
    orders = _orders([entry.order_id for entry, _qty in redeemed if entry.order_id])
    covered = _covered(list(orders))
    return {
        entry.pk: _foreseen(orders[entry.order_id], entry.sku, covered[entry.order_id, entry.sku] - qty)
        for entry, qty in redeemed
        if entry.order_id in orders
    }


def _foreseen(order: Order, sku: str, covered: int) -> PaidOrder:
    line = _followed(order, sku, OrderEvent.VOUCHERS_REVERSED)
    if line is None:
        return PaidOrder(order.no or "", None, monthly=order.monthly)
    moved = max(0, -_more(line, covered))
    return PaidOrder(order.no or "", order.owed_fen + moved * line.unit_fen, monthly=order.monthly)


def _orders(ids: Sequence[int]) -> dict[int, Order]:
    return Order.objects.prefetch_related("lines__product").in_bulk(set(ids))


def _followed(order: Order, sku: str, event: OrderEvent) -> OrderLine | None:
    """The line that `event` changes. None before the delivery, which counts by itself, and while its booking
    is still tried again.
    """
    if order.delivered_at is None or order.voucher_trouble or event not in possible(OrderState(order.state)):
        return None
    return next((line for line in order.lines.all() if line.product.sku == sku), None)


def _covered(order_ids: Sequence[int]) -> Counter[tuple[int, str]]:
    """Vouchers that stand for an order and SKU, redeemed or to follow: perhaps more than were delivered."""
    found: Counter[tuple[int, str]] = Counter()
    for entry, left in open_entries(Q(order_id__in=order_ids), EntryKind.REDEEM):
        found[entry.order_id or 0, entry.sku] += left
    open_ones = Iou.objects.filter(order_id__in=order_ids, state=IouState.OPEN)
    for order_id, sku, qty in open_ones.values_list("order_id", "product__sku", "qty"):
        found[order_id or 0, sku] += qty
    return found


def _more(line: OrderLine, covered: int) -> int:
    """How many more of the line vouchers pay for than it says; below nothing: fewer."""
    return min(line.delivered or 0, covered) - line.redeemed - line.vouchers_owed


def _less(order: Order, line: OrderLine, qty: int) -> int:
    """What was owed and redeemed later may still stand as owed; that is undone last."""
    redeemed = max(0, min(qty, line.redeemed))
    owed = max(0, min(qty - redeemed, line.vouchers_owed))
    line.redeemed, line.vouchers_owed = line.redeemed - redeemed, line.vouchers_owed - owed
    order.vouchers_fen -= redeemed * line.unit_fen
    order.vouchers_owed_fen -= owed * line.unit_fen
    return redeemed + owed


def _redeemed(order: Order, line: OrderLine, more: int) -> int:
    """What is redeemed for an IOU is counted as owed already, until the order is settled."""
    line.redeemed += max(0, more)
    order.vouchers_fen += max(0, more) * line.unit_fen
    return more
