"""How an order gets from one state to the next: once for each key, under the order's lock, with a row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import ApiToken, User
from springline.business.customers.services.shared import who
from springline.business.inserting import insert
from springline.business.orders import hooks, states
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Begun, Order, OrderLine, OrderStep
from springline.business.orders.states import OrderEvent, OrderState
from springline.platform.states import IllegalTransition

Actor = User | ApiToken | None


def done_before(key: str, order_id: int, event: OrderEvent) -> bool:
    """Whether this very request was carried out already. Raises OrderRefused `key_reused`."""
    step = OrderStep.objects.filter(key=key).only("order_id", "event").first()
    if step is None:
        return False
    if (step.order_id, step.event) != (order_id, event):
        raise OrderRefused("key_reused", "该幂等键已用于另一项操作。", "This key belongs to another request.")
    return True


def locked(order_id: int, version: int | None = None) -> Order:
    """For a change. Raises Order.DoesNotExist, or OrderRefused `stale` with what happened since `version`."""
    assert transaction.get_connection().in_atomic_block
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if version is not None and version != order.version:
        raise OrderRefused(
            "stale",
            "订单刚被别人改过，请核对。",
            "Somebody else has just changed this.",
            since(order, version),
        )
    return order


def since(order: Order, version: int) -> list[dict[str, Any]]:
    """What happened to the order after `version`, oldest first."""
    return [
        {"at": step.at, "who": step.who, "event": step.event, "facts": step.facts}
        for step in order.steps.filter(version__gt=version)
    ]


def check(order: Order, event: OrderEvent) -> OrderState:
    """The state that `event` leads to. Raises OrderRefused `not_possible` with the present state."""
    try:
        return states.after(order.state, event)
    except IllegalTransition:
        now = OrderState(order.state)
        raise OrderRefused(
            "not_possible",
            f"订单现在是“{_zh(now)}”，不能这样做。",
            f"Not possible: the order is {now.value.replace('_', ' ')}.",
            {"state": now.value, "event": event.value, "version": order.version},
        ) from None


def begin(order: Order, lines: list[OrderLine], by: Actor, at: datetime) -> None:
    """A draft becomes an order that waits for a courier, or is offered to one at once.

    It has its id, and nothing of it is written yet: when all are told it is written once, with the steps it
    has taken by then.
    """
    order.begun = begun = Begun(lines)
    for event in (OrderEvent.PLACED, OrderEvent.QUEUED):
        advance(order, event, key=f"order:{order.pk}:{event.value}", by=by, at=at, call_id=order.call_id)
    hooks.tell(hooks.confirmed, order)
    for rows in ([order], begun.lines, begun.steps):
        insert(rows)
    announce(order)


def advance(
    order: Order,
    event: OrderEvent,
    *,
    key: str,
    by: Actor,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    call_id: str = "",
) -> OrderStep:
    """Take the step, save the order as it is, and leave the row. The order must be `locked`, or beginning."""
    order.state = check(order, event)
    order.version += 1
    step = _step(order, event, key, by, at or timezone.now(), call_id, facts)
    if order._state.adding and order.begun:
        order.begun.steps.append(step)
        return step
    order.begun = None
    order.save()
    insert([step])
    announce(order)
    return step


def _step(
    order: Order,
    event: OrderEvent,
    key: str,
    by: Actor,
    at: datetime,
    call_id: str,
    facts: Mapping[str, Any] | None = None,
) -> OrderStep:
    return OrderStep(
        order=order,
        event=event,
        state=order.state,
        version=order.version,
        key=key,
        call_id=call_id,
        user=by if isinstance(by, User) else None,
        who=who(by),
        at=at,
        facts=dict(facts or {}),
    )


def announce(order: Order) -> None:
    notices.announce(
        "order",
        order.pk,
        no=order.no or "",
        state=str(order.state),
        customer_id=order.customer_id,
        call_id=order.call_id,
    )


_NAMES_ZH = {
    OrderState.DRAFT: "草稿",
    OrderState.CONFIRMED: "已确认",
    OrderState.UNASSIGNED: "待派单",
    OrderState.ASSIGNED: "已派单",
    OrderState.ACCEPTED: "已接单",
    OrderState.DELIVERING: "配送中",
    OrderState.DELIVERED: "已送达",
    OrderState.SETTLED: "已结清",
    OrderState.CANCELLED: "已取消",
    OrderState.FAILED: "送达失败",
    OrderState.AFTER_SALES: "售后中",
    OrderState.REFUNDED: "退款关闭",
}


def _zh(state: OrderState) -> str:
    return _NAMES_ZH[state]
