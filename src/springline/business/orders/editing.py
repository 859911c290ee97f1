"""An order is changed: quantity, address, window, recipient, note."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.selectors import canonical
from springline.business.customers.services import addresses
from springline.business.orders import hooks, lifecycle, planning
from springline.business.orders.changing import release
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import ChangeIn, LineIn, OrderDraft
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order
from springline.business.orders.placing import (
    address_of,
    contact_phone,
    copy_place,
    copy_sums,
    learnt,
    line_of,
    refuse,
    set_aside,
)
from springline.business.orders.plan import Plan, Where
from springline.business.orders.states import OrderEvent, OrderState

# What changes the price or the promise, and so needs a new plan.
_PRICED = {"lines", "empties", "address_id", "address", "floor", "lift", "window_from", "window_to"}


@transaction.atomic
def change(order_id: int, data: ChangeIn, *, by: Actor, now: datetime | None = None) -> Order:
    """Change what is given, once for its key. Lines that stay keep their ids.

    Raises Order.DoesNotExist; OrderRefused: stale, not_possible, price_changed, on_its_way (quantity),
    outside_territory, and what placing refuses of the new state.
    """
    order = lifecycle.locked(order_id)
    if lifecycle.done_before(data.key, order_id, OrderEvent.CHANGED):
        return order
    order = lifecycle.locked(order_id, data.version)
    lifecycle.check(order, OrderEvent.CHANGED)
    given = data.model_fields_set
    facts = _plain(order, data)
    if given & _PRICED:
        facts |= _planned(order, data, by, now or timezone.now())
    lifecycle.advance(order, OrderEvent.CHANGED, key=data.key, by=by, facts=facts)
    hooks.tell(hooks.changed, order)
    return order


def preview_change(order_id: int, data: ChangeIn) -> Plan:
    """What `change` would make of it. Writes nothing: what it must undo to look is rolled back."""
    with transaction.atomic():
        order = lifecycle.locked(order_id, data.version)
        lifecycle.check(order, OrderEvent.CHANGED)
        release(order, None)
        made = _plan(order, data, canonical(order.customer_id), timezone.now())
        transaction.set_rollback(True)
    return made


def _plain(order: Order, data: ChangeIn) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if data.note is not None and data.note.strip() != order.note:
        order.note, facts["note"] = data.note.strip(), True
    if data.contact_name is not None and data.contact_name.strip() != order.contact_name:
        order.contact_name, facts["contact"] = data.contact_name.strip(), True
    if data.contact_phone is not None:
        order.contact_phone, facts["contact"] = contact_phone(data.contact_phone), True
    return facts


def _planned(order: Order, data: ChangeIn, by: Actor, now: datetime) -> dict[str, Any]:
    moved = _moved(order, data)
    if order.state == OrderState.DELIVERING and data.lines is not None:
        raise OrderRefused(
            "on_its_way",
            "水已在路上，数量不能再改，可另下一单。",
            "The water is on its way: place another order instead.",
        )
    release(order, by)
    customer = canonical(order.customer_id)
    made = _plan(order, data, customer, now)
    refuse(made, data.quote)
    if moved:
        _may_go_there(order, made)
    address = _address(order, customer, data, made, by)
    before = _telling(order)
    lines = _replace_lines(order, made)
    copy_place(order, made, address)
    copy_sums(order, made)
    set_aside(order, made.lines, by)
    if order.overdue_at is not None and order.promise_at is not None and order.promise_at > now:
        order.overdue_at = None
    after = _telling(order)
    facts: dict[str, Any] = {
        name: [before[name], after[name]] for name in before if before[name] != after[name]
    }
    if lines:
        facts["lines"] = lines
    if moved and address is not None:
        facts["address_id"] = address.pk
    return facts


def _moved(order: Order, data: ChangeIn) -> bool:
    return data.address is not None or data.address_id not in (None, order.address_id)


def _plan(order: Order, data: ChangeIn, customer: Customer, now: datetime) -> Plan:
    """The order with the change in it, as if it were being taken now.

    To the same place it goes as it was said then, whatever became of the saved address since.
    """
    lines = data.lines or [
        LineIn(sku=line.product.sku, qty=line.qty, pay_by=None if line.vouchers else line.pay_by)
        for line in order.lines.select_related("product")
    ]
    windowed = {"window_from", "window_to"} & data.model_fields_set
    draft = OrderDraft(
        customer_id=order.customer_id,
        address_id=data.address_id,
        address=data.address,
        floor=data.floor,
        lift=data.lift,
        lines=lines,
        empties=data.empties,
        window_from=data.window_from if windowed else order.window_from,
        window_to=data.window_to if windowed else order.window_to,
    )
    there = None if _moved(order, data) else _where(order, data)
    made = planning.plan(draft, customer, now=now, instead_of=order, there=there)
    _keep_promise(order, made)
    return made


def _where(order: Order, data: ChangeIn) -> Where:
    return Where(
        text=order.address_text,
        county=order.county,
        town=order.town,
        building=order.building,
        floor=order.floor if data.floor is None else data.floor,
        lift=data.lift or order.lift,
        notes=order.address_notes,
        row=order.address,
    )


def _keep_promise(order: Order, made: Plan) -> None:
    """To the same place the time that was promised first still holds, unless a window was agreed."""
    same = made.where is not None and made.where.county == order.county
    if same and made.window_to is None and order.promise_at is not None:
        made.promise_at = order.promise_at


def _may_go_there(order: Order, made: Plan) -> None:
    where = made.where
    assert where is not None
    if order.state != OrderState.DELIVERING:
        return
    if not all(may(order, where.county, where.town) for may in hooks.may_reroute):
        raise OrderRefused(
            "outside_territory",
            "水已在路上，新地址不在该配送员片区，请先改约或改派。",
            "The water is on its way, and the new address is outside the courier's territory.",
            {"county": where.county, "town": where.town},
        )


def _address(
    order: Order, customer: Customer, data: ChangeIn, made: Plan, by: Actor
) -> CustomerAddress | None:
    """None for an order to an address that is no longer there."""
    if not _moved(order, data):
        assert made.where is not None
        return learnt(order.address, data, made.where, by) if order.address else None
    row = address_of(customer, data, made, by)
    addresses.used(row)
    return row


def _replace_lines(order: Order, made: Plan) -> list[list[object]]:
    """[sku, before, after] of what changed."""
    former = {line.product_id: line for line in order.lines.select_related("product")}
    changes: list[list[object]] = []
    for planned in made.lines:
        fresh, old = line_of(order, planned), former.pop(planned.product.pk, None)
        before = old.qty if old else 0
        if old is not None:
            fresh.pk = old.pk
        fresh.save(force_update=old is not None, force_insert=old is None)
        if before != planned.qty:
            changes.append([planned.product.sku, before, planned.qty])
    for gone in former.values():
        changes.append([gone.product.sku, gone.qty, 0])
        gone.delete()
    return changes


def _telling(order: Order) -> dict[str, Any]:
    window = order.window_to.isoformat() if order.window_to else ""
    return {"due_fen": order.due_fen, "window_to": window, "county": order.county, "town": order.town}
