"""An order is placed: customer, address, lines, vouchers set aside, history and call in one transaction."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business.again import again
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.customers.places import pack
from springline.business.customers.selectors import family
from springline.business.customers.services import addresses, profiles
from springline.business.customers.services.shared import fresh, locked, who
from springline.business.orders import demand, keys, lifecycle, numbers, planning
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import ChangeIn, OrderDraft, OrderIn
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.plan import Plan, PlannedLine, Where
from springline.business.orders.states import Ask
from springline.business.prepared import plan_once
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Held, Request
from springline.business.vouchers.refusals import VoucherRefused


@again
def place(data: OrderIn, by: Actor = None, *, now: datetime | None = None) -> Order:
    """Place an order; the same `request_key` again returns the first one's order.

    Raises OrderRefused: price_changed (detail: the new Plan), duplicate_order, not_served (the demand is then
    noted), not_on_sale, stop_sale, below_minimum, bad_window, address_unclear, window_needed,
    vouchers_changed; CustomerRefusal: stale, phone_taken and what else customers/services refuses.
    """
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            return _place(data, by, moment)
    except (IntegrityError, OrderRefused, CustomerRefusal) as refusal:
        # What was placed already is refused: as a second order in a row, or for its key alone.
        former = _former(data)
        if former is not None:
            return former
        if isinstance(refusal, OrderRefused) and refusal.code == "not_served":
            demand.refused(data, refusal, by, moment)
        raise


def _place(data: OrderIn, by: Actor, now: datetime) -> Order:
    plan_once()
    customer = None
    if data.customer_id is not None:
        # The lock makes the guard against a second order hold when two agents press at once.
        customer = locked(data.customer_id)
    if customer is not None and data.customer_version is not None:
        fresh(customer, data.customer_version)
    if customer is None and data.customer is None:
        raise OrderRefused("customer_missing", "请先选择或登记客户。", "Whose order is it?", status=422)
    made = planning.plan(data, customer, now=now, hold=True)
    refuse(made, data.quote)
    if made.duplicates and not data.confirm_duplicate:
        raise next(remark for remark in made.warnings if remark.code == "duplicate_order").refusal()
    customer, address = _whose(data, customer, made, by)
    order = _written(data, customer, address, made, by, now)
    addresses.used(address, now)
    return order


def _former(data: OrderIn) -> Order | None:
    """The order that this very request placed before. Raises OrderRefused `key_reused`."""
    former = Order.objects.filter(request_key=data.request_key).first()
    if former and data.customer_id is not None and former.customer_id not in family(data.customer_id):
        raise OrderRefused("key_reused", "该幂等键已用于另一位客户。", "This key is another customer's.")
    return former


def refuse(made: Plan, quote: str) -> None:
    """Raises OrderRefused when the plan cannot be carried out as it was read to the customer."""
    for remark in made.refusals:
        raise remark.refusal()
    if Ask.ADDRESS in made.asks or Ask.COUNTY in made.asks:
        raise OrderRefused(
            "address_unclear",
            "地址不清楚，请问是哪个区县、哪个乡镇？",
            "The address is not clear: ask for county and town.",
            {"candidates": made.candidates},
            status=422,
        )
    if Ask.WINDOW in made.asks:
        raise OrderRefused(
            "window_needed",
            "该地区为预约配送，请约定送水时间。",
            "Delivery there is by appointment: agree on a time.",
            status=422,
        )
    if quote and quote != made.quote:
        raise OrderRefused(
            "price_changed",
            "价格、费用或水票刚有变化，请重新核对后再下单。",
            "A price, fee or voucher has just changed: read the order back again.",
            made,
        )


def _whose(
    data: OrderIn, customer: Customer | None, made: Plan, by: Actor
) -> tuple[Customer, CustomerAddress]:
    where = made.where
    assert where is not None
    if customer is None:
        assert data.customer is not None
        wanted = data.customer.model_copy(
            update={
                "call_id": data.customer.call_id or data.call_id,
                "request_key": keys.fit(f"order:{data.request_key}", 80),
                "addresses": data.customer.addresses or ([data.address] if data.address else []),
            }
        )
        customer = profiles.create(wanted, by)
        row = customer.addresses.filter(is_default=True).get()
        return customer, learnt(row, data, where, by)
    return customer, address_of(customer, data, made, by)


def address_of(customer: Customer, said: OrderDraft | ChangeIn, made: Plan, by: Actor) -> CustomerAddress:
    """The saved address of the plan, or the one that was said, now saved."""
    where = made.where
    assert where is not None
    if where.row is not None:
        return learnt(where.row, said, where, by)
    assert said.address is not None
    at = {"county": where.county, "town": where.town}
    row = addresses.add(customer.pk, said.address.model_copy(update=at), by)
    return learnt(row, said, where, by)


def learnt(row: CustomerAddress, said: OrderDraft | ChangeIn, where: Where, by: Actor) -> CustomerAddress:
    """What was answered on the phone is known the next time."""
    answers: dict[str, object] = {}
    if said.floor is not None:
        answers["floor"] = said.floor
    if said.lift is not None:
        answers["lift"] = said.lift
    if not row.county and where.county:
        answers |= {"county": where.county, "town": where.town}
    return addresses.complete(row.pk, answers, by) if answers else row


def _written(
    data: OrderIn, customer: Customer, address: CustomerAddress, made: Plan, by: Actor, now: datetime
) -> Order:
    key = numbers.draw()
    order = Order(
        pk=key,
        no=numbers.number(key, now),
        customer=customer,
        source=data.source,
        call_id=data.call_id,
        note=data.note.strip(),
        request_key=data.request_key,
        placed_by=who(by),
        placed_at=now,
        contact_name=data.contact_name.strip() or (made.where.contact if made.where else ""),
        contact_phone=contact_phone(data.contact_phone),
    )
    copy_place(order, made, address)
    copy_sums(order, made)
    set_aside(order, made.lines, by, made.lots)
    lifecycle.begin(order, [line_of(order, line) for line in made.lines], by, now)
    return order


def contact_phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return to_e164(text, pack().city.area_code)
    except NoNumber:
        raise OrderRefused(
            "bad_number", "收货电话不是有效号码。", "The recipient's number is not valid.", status=422
        ) from None


def copy_place(order: Order, made: Plan, address: CustomerAddress | None) -> None:
    where = made.where
    assert where is not None
    order.address = address
    order.address_text, order.building, order.address_notes = where.text, where.building, where.notes
    order.county, order.town, order.floor, order.lift = where.county, where.town, where.floor, where.lift
    order.window_from, order.window_to = made.window_from, made.window_to
    order.promise_at = made.promise_at


def copy_sums(order: Order, made: Plan) -> None:
    order.goods_fen, order.delivery_fee_fen = made.goods_fen, made.delivery_fee_fen
    order.floor_fee_fen, order.deposit_fen = made.floor_fee_fen, made.deposit_fen
    order.total_fen, order.vouchers_fen = made.total_fen, made.vouchers_fen
    order.monthly = made.monthly


def line_of(order: Order, line: PlannedLine) -> OrderLine:
    return OrderLine(
        order=order,
        product=line.product,
        name=line.product.name_zh,
        unit=line.product.unit,
        qty=line.qty,
        unit_fen=line.unit_fen,
        price_why=line.why_zh,
        pay_by=line.pay_by,
        vouchers=line.vouchers,
        deposits=line.deposits,
    )


def set_aside(order: Order, lines: list[PlannedLine], by: Actor, lots: list[Held] | None = None) -> None:
    """Reserve the vouchers of the plan, from `lots` when they are held. The order is locked, or new.

    Raises OrderRefused when they went elsewhere in this moment; nothing of it may then stand.
    """
    for line in lines:
        if not line.vouchers:
            continue
        request = Request(
            key=f"order:{order.pk}:{order.version}:reserve:{line.product.pk}",
            first=True,
            by=by,
            order_id=order.pk,
            call_id=order.call_id,
        )
        try:
            vouchers.reserve(
                request,
                order.customer_id,
                line.product,
                line.vouchers,
                adcode=order.town or order.county,
                lots=lots,
            )
        except VoucherRefused as refusal:
            raise OrderRefused(
                "vouchers_changed",
                f"水票刚有变化（{refusal.message_zh}），请重新核对。",
                f"The vouchers have just changed ({refusal.message_en}): read the order back again.",
                {"code": refusal.code.value},
            ) from refusal
