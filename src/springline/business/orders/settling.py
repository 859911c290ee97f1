"""What comes after the water: money, settling, after-sales."""

from datetime import datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from springline.business.orders import lifecycle
from springline.business.orders.errors import OrderRefused
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, Payment
from springline.business.orders.money import spread
from springline.business.orders.states import OrderEvent, OrderState
from springline.business.vouchers.models import Iou
from springline.business.vouchers.states import IouState

# A redemption can be undone that long (§4.5); until then an order is not closed by itself.
SETTLE_AFTER = timedelta(hours=24)


@transaction.atomic
def pay(
    order_id: int, fen: int, channel: str, *, key: str, by: Actor, note: str = "", at: datetime | None = None
) -> Order:
    """Money for a delivered order, or back (below nothing). Raises OrderRefused."""
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.PAID):
        return order
    lifecycle.check(order, OrderEvent.PAID)
    if fen == 0 or order.paid_fen + fen < 0:
        raise OrderRefused("bad_amount", "金额有误。", "The amount is wrong.", status=422)
    _book(order, fen, channel, key, by, note, at)
    lifecycle.advance(order, OrderEvent.PAID, key=key, by=by, at=at, facts={"fen": fen, "channel": channel})
    return order


@transaction.atomic
def settle(order_id: int, *, key: str, by: Actor) -> Order:
    """已结清. Raises OrderRefused `still_owed` with the money and vouchers that are missing."""
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.SETTLED):
        return order
    lifecycle.check(order, OrderEvent.SETTLED)
    owed = _vouchers_owed(order)
    if order.owed_fen > 0 or owed or order.voucher_trouble:
        raise OrderRefused(
            "still_owed",
            f"还欠 {order.owed_fen / 100:.2f} 元、水票 {owed} 张，不能结清。",
            f"Still owed: {order.owed_fen / 100:.2f} and {owed} vouchers.",
            {"fen": order.owed_fen, "vouchers": owed},
        )
    # What was owed has been redeemed since.
    order.vouchers_fen, order.vouchers_owed_fen = order.vouchers_fen + order.vouchers_owed_fen, 0
    order.lines.update(redeemed=F("redeemed") + F("vouchers_owed"), vouchers_owed=0)
    order.settled_at = timezone.now()
    lifecycle.advance(order, OrderEvent.SETTLED, key=key, by=by)
    return order


def settle_ready(now: datetime | None = None) -> int:
    """Settle what was delivered a day ago and owes nothing; how many. For the worker."""
    before, count = (now or timezone.now()) - SETTLE_AFTER, 0
    rows = Order.objects.filter(state=OrderState.DELIVERED, delivered_at__lt=before, voucher_trouble="")
    for order in rows.order_by("id").iterator(500):
        if order.owed_fen > 0:
            continue
        try:
            settle(order.pk, key=f"settle:{order.pk}:{order.version}", by=None)
            count += 1
        except OrderRefused:
            continue
    return count


@transaction.atomic
def open_after_sales(order_id: int, *, key: str, by: Actor, note: str = "") -> Order:
    return _simple(order_id, OrderEvent.AFTER_SALES_OPENED, key, by, note)


@transaction.atomic
def close_after_sales(order_id: int, *, key: str, by: Actor, note: str = "") -> Order:
    return _simple(order_id, OrderEvent.AFTER_SALES_CLOSED, key, by, note)


@transaction.atomic
def refund(order_id: int, *, key: str, by: Actor, note: str = "") -> Order:
    """退款关闭: what was paid goes back the way it came. Deposits have a refund of their own (buckets)."""
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.REFUNDED):
        return order
    lifecycle.check(order, OrderEvent.REFUNDED)
    back: dict[str, int] = {}
    for row in order.payments.all():
        back[row.channel] = back.get(row.channel, 0) + row.fen
    shares = spread(max(0, order.paid_fen - order.deposit_fen), list(back.values()))
    for channel, fen in zip(back, shares, strict=True):
        if fen:
            _book(order, -fen, channel, f"{key[:60]}:{channel}", by, note, None)
    lifecycle.advance(order, OrderEvent.REFUNDED, key=key, by=by, facts={"fen": sum(shares)})
    return order


def _simple(order_id: int, event: OrderEvent, key: str, by: Actor, note: str) -> Order:
    order = lifecycle.locked(order_id)
    if not lifecycle.done_before(key, order_id, event):
        lifecycle.advance(order, event, key=key, by=by, facts={"note": note.strip()[:200]})
    return order


def _book(order: Order, fen: int, channel: str, key: str, by: Actor, note: str, at: datetime | None) -> None:
    Payment.objects.create(
        order=order,
        channel=channel,
        fen=fen,
        key=key,
        courier_id=None,
        station_id=order.station_id,
        who=lifecycle.who(by),
        at=at or timezone.now(),
        note=note.strip()[:200],
    )
    order.paid_fen += fen


def _vouchers_owed(order: Order) -> int:
    rows = Iou.objects.filter(order_id=order.pk, state=IouState.OPEN).values_list("qty")
    return sum(chain.from_iterable(rows))
