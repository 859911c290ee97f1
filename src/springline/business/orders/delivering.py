"""Water was left at the door: the ledgers, the money and the rest of a partial delivery in one transaction.

Water first, ticket later (§4.5): whatever the voucher ledger says, the delivery stands.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from springline.business.orders import hooks, lifecycle, numbers
from springline.business.orders.booking import Booking
from springline.business.orders.changing import set_aside_again
from springline.business.orders.inputs import DeliveredIn
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Begun, Order, OrderLine
from springline.business.orders.states import OrderEvent, OrderState, PayBy


@transaction.atomic
def deliver(
    order_id: int,
    told: DeliveredIn,
    *,
    key: str,
    by: Actor,
    delivery_id: int | None = None,
    station_id: int | None = None,
    at: datetime | None = None,
) -> Order:
    """Book a delivery, once for each key; what was not left becomes a child order (补送).

    Raises Order.DoesNotExist; OrderRefused `not_possible`, `nothing_delivered`, `bad_quantity`.
    """
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.DELIVERED):
        return order
    lifecycle.check(order, OrderEvent.DELIVERED)
    booking = Booking(order, told, key, by, delivery_id, station_id or order.station_id, at)
    booking.count()
    booking.book_vouchers()
    booking.book_buckets()
    booking.book_money()
    child = _child(order, booking.lines)
    order.delivered_at, order.station_id, order.cancel_reason = at or timezone.now(), booking.station_id, ""
    facts = {"delivery_id": delivery_id, "child_id": child.pk if child else None, **booking.facts()}
    lifecycle.advance(order, OrderEvent.DELIVERED, key=key, by=by, at=at, facts=facts)
    if child is not None and child.begun:
        lines = child.begun.lines
        set_aside_again(child, lines, by)
        lifecycle.begin(child, lines, by, child.placed_at)
    return order


def book_missing() -> int:
    """Try again what a ledger could not take when the water was delivered; how many orders are right now."""
    done = 0
    for order_id in Order.objects.exclude(voucher_trouble="").values_list("pk", flat=True)[:200]:
        with transaction.atomic():
            order = lifecycle.locked(order_id)
            step = order.steps.filter(event=OrderEvent.DELIVERED).last()
            if step is None or not order.voucher_trouble:
                continue
            told = DeliveredIn(**step.facts["told"])
            booking = Booking(
                order, told, step.key, None, step.facts["delivery_id"], order.station_id, step.at
            )
            order.voucher_trouble = ""
            booking.count()
            booking.book_vouchers()
            booking.book_buckets()
            booking.book_sums()
            order.save()
            for tell in hooks.recounted:
                tell(order)
            lifecycle.announce(order)
            done += not order.voucher_trouble
    return done


def _child(parent: Order, lines_of_parent: Sequence[OrderLine]) -> Order | None:
    """The order for what is still to come: same place and prices, no second fee."""
    rest = [line for line in lines_of_parent if line.qty > (line.delivered or 0)]
    if not rest or parent.state == OrderState.CANCELLED:
        return None
    child = Order.objects.get(pk=parent.pk)
    child.pk, child._state.adding = numbers.draw(), True
    child.request_key, child.version, child.state = None, 0, OrderState.DRAFT
    child.parent_id, child.courier_id, child.delivered_at = parent.pk, None, None
    child.voucher_trouble = child.cancel_reason = child.fail_code = ""
    child.placed_at, child.urges, child.urged_at = timezone.now(), 0, None
    child.no = numbers.number(child.pk, child.placed_at)
    child.delivery_fee_fen, child.floor_fee_fen, child.paid_fen, child.vouchers_owed_fen = 0, 0, 0, 0
    lines, goods, covered, deposits = [], 0, 0, 0
    for line in rest:
        qty = line.qty - (line.delivered or 0)
        planned = min(qty, max(0, line.vouchers - line.redeemed - line.vouchers_owed))
        deposit = max(0, line.deposits - (line.delivered or 0))
        kind = line.product.bucket_type
        goods, covered = goods + qty * line.unit_fen, covered + planned * line.unit_fen
        deposits += deposit * kind.deposit_fen if kind else 0
        lines.append(
            OrderLine(
                order=child,
                product=line.product,
                name=line.name,
                unit=line.unit,
                qty=qty,
                unit_fen=line.unit_fen,
                price_why=line.price_why,
                pay_by=PayBy(line.pay_by),
                vouchers=planned,
                deposits=deposit,
            )
        )
    child.goods_fen, child.vouchers_fen, child.deposit_fen = goods, covered, deposits
    child.total_fen = goods + deposits
    child.begun = Begun(lines)
    return child
