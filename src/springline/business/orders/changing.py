"""An order is changed, urged, put off or called off, and told of by those who deliver it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, may
from springline.business.orders import hooks, lifecycle
from springline.business.orders.errors import OrderRefused
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.placing import set_aside
from springline.business.orders.plan import PlannedLine
from springline.business.orders.states import (
    OPEN,
    CancelReason,
    FailCode,
    OrderEvent,
    OrderState,
    PayBy,
)
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Request

# What delivery tells of an order. Everything else has a function of its own.
_TOLD = {
    OrderEvent.ASSIGNED,
    OrderEvent.UNASSIGNED,
    OrderEvent.ACCEPTED,
    OrderEvent.PICKED_UP,
    OrderEvent.FAILED,
}


@transaction.atomic
def record(
    order_id: int,
    event: OrderEvent,
    *,
    key: str,
    by: Actor,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Order:
    """What delivery tells: assigned (facts: courier_id, station_id), unassigned, accepted, picked_up, failed
    (facts: code F1–F7).

    Once for each key. Raises Order.DoesNotExist, OrderRefused `not_possible`, ValueError on other facts.
    """
    order = lifecycle.locked(order_id)
    if not lifecycle.done_before(key, order_id, event):
        record_locked(order, event, key=key, by=by, at=at, facts=facts)
    return order


def record_locked(
    order: Order,
    event: OrderEvent,
    *,
    key: str,
    by: Actor,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """`record` for an order that is locked already, with a key that is new; the object follows."""
    event, told = OrderEvent(event), dict(facts or {})
    if event not in _TOLD:
        raise ValueError(f"{event} is not recorded here")
    lifecycle.check(order, event)
    if event is OrderEvent.ASSIGNED:
        order.courier_id, order.station_id = told["courier_id"], told.get("station_id", order.station_id)
    elif event is OrderEvent.UNASSIGNED:
        order.courier_id = None
    elif event is OrderEvent.FAILED:
        order.fail_code = FailCode(told["code"])
        release(order, by)
    lifecycle.advance(order, event, key=key, by=by, at=at, facts=told)


@transaction.atomic
def cancel(
    order_id: int,
    reason: CancelReason | str,
    *,
    key: str,
    by: Actor,
    version: int | None = None,
    note: str = "",
) -> Order:
    """Call it off and give its vouchers back. While it is on its way only an agent may (cancel_delivering).

    Raises Order.DoesNotExist; OrderRefused `stale`, `not_possible`, `on_its_way`.
    """
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.CANCELLED):
        return order
    order = lifecycle.locked(order_id, version)
    lifecycle.check(order, OrderEvent.CANCELLED)
    if order.state == OrderState.DELIVERING and by is not None and not may(by, Action.CANCEL_DELIVERING):
        raise OrderRefused(
            "on_its_way",
            "水已在路上，请联系客服取消。",
            "The water is on its way: an agent must cancel.",
            status=403,
        )
    order.cancel_reason = CancelReason(reason)
    release(order, by)
    facts = {"reason": str(order.cancel_reason), "note": note.strip()[:200]}
    lifecycle.advance(order, OrderEvent.CANCELLED, key=key, by=by, facts=facts)
    hooks.tell(hooks.cancelled, order)
    return order


@transaction.atomic
def urge(order_id: int, *, key: str, by: Actor, call_id: str = "") -> Order:
    """催单: the order comes first, and each urging is counted."""
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.URGED):
        return order
    lifecycle.check(order, OrderEvent.URGED)
    order.urges, order.urged_at = order.urges + 1, timezone.now()
    lifecycle.advance(order, OrderEvent.URGED, key=key, by=by, facts={"count": order.urges}, call_id=call_id)
    hooks.tell(hooks.changed, order)
    return order


@transaction.atomic
def reschedule(
    order_id: int,
    *,
    key: str,
    by: Actor,
    window_from: datetime | None = None,
    window_to: datetime | None = None,
    promise_at: datetime | None = None,
) -> Order:
    """After a failed delivery: another time (改约), or with none given another courier (改派)."""
    event = OrderEvent.RESCHEDULED if window_to else OrderEvent.REASSIGNED
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, event):
        return order
    lifecycle.check(order, event)
    order.courier_id, order.fail_code, order.overdue_at = None, "", None
    if window_to:
        order.window_from, order.window_to, order.promise_at = window_from, window_to, window_to
    elif promise_at:
        order.promise_at = promise_at
    set_aside_again(order, order.lines.select_related("product"), by)
    lifecycle.advance(order, event, key=key, by=by, facts={"window_to": str(window_to or "")})
    hooks.tell(hooks.confirmed, order)
    return order


@transaction.atomic
def bring_back(order_id: int, *, key: str, by: Actor, note: str = "") -> Order:
    """After a failed delivery: back to the station and cancelled (退回取消)."""
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(key, order_id, OrderEvent.RETURNED):
        return order
    lifecycle.check(order, OrderEvent.RETURNED)
    order.cancel_reason = CancelReason.RETURNED
    release(order, by)
    lifecycle.advance(order, OrderEvent.RETURNED, key=key, by=by, facts={"note": note.strip()[:200]})
    hooks.tell(hooks.cancelled, order)
    return order


def mark_overdue(now: datetime | None = None) -> int:
    """Flag open orders whose promised time has passed; how many were new. For the worker."""
    moment, count = now or timezone.now(), 0
    late = Order.objects.filter(state__in=OPEN, promise_at__lt=moment, overdue_at=None)
    for order_id in late.values_list("pk", flat=True):
        with transaction.atomic():
            order = lifecycle.locked(order_id)
            if not order.is_open or order.overdue_at or not order.promise_at or order.promise_at >= moment:
                continue
            order.overdue_at = order.promise_at
            key = f"overdue:{order.pk}:{order.promise_at:%s}"
            lifecycle.advance(order, OrderEvent.OVERDUE, key=key, by=None, at=moment)
            hooks.tell(hooks.changed, order)
            count += 1
    return count


def release(order: Order, by: User | ApiToken | None) -> None:
    """Give back the vouchers set aside for the order, if there are any."""
    if any(line.vouchers for line in order.lines.all()):
        key = f"order:{order.pk}:{order.version}:release"
        vouchers.release(Request(key=key, by=by, order_id=order.pk, call_id=order.call_id))


def set_aside_again(order: Order, lines: Iterable[OrderLine], by: Actor) -> None:
    """For an order that goes out again; what is missing by now is settled at the door."""
    planned = [_planned(line) for line in lines if line.vouchers]
    try:
        with transaction.atomic():
            set_aside(order, planned, by)
    except OrderRefused:
        return


def _planned(line: OrderLine) -> PlannedLine:
    return PlannedLine(
        product=line.product,
        qty=line.qty,
        unit_fen=line.unit_fen,
        list_fen=line.unit_fen,
        why_zh="",
        why_en="",
        vouchers=line.vouchers,
        pay_by=PayBy(line.pay_by),
    )
