"""Plans and orders as the API's shapes, in the request's language."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from springline.business import phones
from springline.business.customers.places import pack
from springline.business.customers.regions.sentences import county_en, county_zh
from springline.business.http import english
from springline.business.orders import hooks, states, words
from springline.business.orders import schemas as out
from springline.business.orders.models import Order, OrderLine, OrderStep, UnconvertedDemand
from springline.business.orders.plan import Plan, Remark, Where
from springline.business.orders.states import Ask, OrderEvent, OrderState
from springline.business.prepared import Prepared

_LINES = Prepared(lambda order_id: OrderLine.objects.filter(order=order_id).select_related("product"))
_STEPS = Prepared(lambda order_id: OrderStep.objects.filter(order=order_id))


def preview(plan: Plan, now: datetime | None = None) -> out.OrderPreviewOut:
    now = now or timezone.now()
    lasting = set(plan.asks) - {Ask.FLOOR, Ask.LIFT}
    return out.OrderPreviewOut(
        lines=[
            out.PlanLineOut(
                product_id=line.product.pk,
                sku=line.product.sku,
                name=line.product.name,
                unit=line.product.unit,
                qty=line.qty,
                unit_fen=line.unit_fen,
                list_fen=line.list_fen,
                why=line.why_en if english() else line.why_zh,
                amount_fen=line.amount_fen,
                vouchers=line.vouchers,
                pay_by=line.pay_by,
                deposits=line.deposits,
                deposit_fen=line.deposit_fen,
            )
            for line in plan.lines
        ],
        address=_spot(plan.where) if plan.where else None,
        area=out.OrderAreaOut(
            state=plan.delivery.state,
            why=plan.delivery.why_en if english() else plan.delivery.why_zh,
            promised_minutes=plan.delivery.promised_minutes,
            min_qty=plan.delivery.min_qty,
            short_by=plan.delivery.short_by,
        )
        if plan.where and plan.delivery
        else None,
        goods_fen=plan.goods_fen,
        delivery_fee_fen=plan.delivery_fee_fen,
        floor_fee_fen=plan.floor_fee_fen,
        deposit_fen=plan.deposit_fen,
        total_fen=plan.total_fen,
        vouchers=plan.vouchers,
        vouchers_fen=plan.vouchers_fen,
        vouchers_left=plan.vouchers_left,
        due_fen=plan.due_fen,
        monthly=plan.monthly,
        promise_at=plan.promise_at,
        window_from=plan.window_from,
        window_to=plan.window_to,
        asks=list(plan.asks),
        candidates=candidates(plan.candidates),
        refusals=[_remark(remark) for remark in plan.refusals],
        warnings=[_remark(remark) for remark in plan.warnings],
        duplicates=plan.duplicates,
        placeable=not plan.refusals and not lasting,
        read_back=out.ReadBackOut(zh=words.read_back_zh(plan, now), en=words.read_back_en(plan, now)),
        quote=plan.quote,
    )


def candidates(places: Sequence[tuple[str, str]]) -> list[out.CandidateOut]:
    return [
        out.CandidateOut(county=county, county_name=_county(county), town=town, town_name=_town(town))
        for county, town in places
    ]


def rows(orders: Sequence[Order]) -> list[out.OrderRow]:
    """Two queries, however many orders."""
    ids = [order.pk for order in orders]
    lines: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order__in=ids).select_related("product"):
        lines.setdefault(line.order_id, []).append(line)
    couriers = hooks.names_of_couriers(sorted({order.courier_id for order in orders if order.courier_id}))
    return [out.OrderRow(**_row(order, lines.get(order.pk, []), couriers)) for order in orders]


def one(order: Order) -> out.OrderOut:
    lines = order.begun.lines if order.begun else _LINES(order.pk)
    # Before that there is neither money nor a rest to be brought.
    was_delivered = order.delivered_at is not None
    couriers = _courier(order)
    return out.OrderOut(
        **_row(order, lines, couriers),
        lines=[_line(line) for line in lines],
        goods_fen=order.goods_fen,
        delivery_fee_fen=order.delivery_fee_fen,
        floor_fee_fen=order.floor_fee_fen,
        deposit_fen=order.deposit_fen,
        vouchers_owed_fen=order.vouchers_owed_fen,
        contact_name=order.contact_name,
        phone=phones.masked(order.contact_phone) if order.contact_phone else "",
        urged_at=order.urged_at,
        overdue_at=order.overdue_at,
        settled_at=order.settled_at,
        cancel_reason=order.cancel_reason,
        fail_code=order.fail_code,
        voucher_trouble=order.voucher_trouble,
        parent_id=order.parent_id,
        children=list(order.children.values_list("pk", flat=True)) if was_delivered else [],
        steps=[
            out.OrderStepOut(
                at=step.at,
                who=step.who,
                event=step.event,
                event_name=str(OrderEvent(step.event).label),
                state=step.state,
                facts=step.facts,
            )
            for step in (order.begun.steps if order.begun else _STEPS(order.pk))
        ],
        payments=[
            out.PaymentOut(at=row.at, channel=row.channel, fen=row.fen, who=row.who, note=row.note)
            for row in (order.payments.all() if was_delivered else ())
        ],
        can=[event.value for event in states.possible(OrderState(order.state))],
    )


def demand(row: UnconvertedDemand) -> out.DemandOut:
    return out.DemandOut(
        id=row.pk,
        at=row.at,
        reason=row.reason,
        reason_name=row.get_reason_display(),
        county=row.county,
        county_name=_county(row.county),
        town=row.town,
        town_name=_town(row.town),
        place=row.place,
        product=row.product.name if row.product else "",
        qty=row.qty,
        customer_id=row.customer_id,
        call_id=row.call_id,
        note=row.note,
        who=row.who,
    )


def county_and_town(county: str, town: str) -> dict[str, str]:
    return {"county": county, "county_name": _county(county), "town": town, "town_name": _town(town)}


def _row(order: Order, lines: Sequence[OrderLine], couriers: dict[int, str]) -> dict[str, object]:
    return {
        "id": order.pk,
        "no": order.no or "",
        "version": order.version,
        "state": order.state,
        "state_name": str(OrderState(order.state).label),
        "customer_id": order.customer_id,
        "customer_name": order.customer.name,
        "what": "、".join(f"{words.short_name(line.product)} ×{line.qty}" for line in lines),
        "address": out.SpotOut(
            id=order.address_id,
            text=order.address_text,
            building=order.building,
            floor=order.floor,
            lift=order.lift,
            notes=order.address_notes,
            **county_and_town(order.county, order.town),
        ),
        "call_id": order.call_id,
        "source": order.source,
        "station_id": order.station_id,
        "courier_id": order.courier_id,
        "courier": couriers.get(order.courier_id or 0, ""),
        "window_from": order.window_from,
        "window_to": order.window_to,
        "promise_at": order.promise_at,
        "overdue": order.overdue_at is not None and order.is_open,
        "urges": order.urges,
        "total_fen": order.total_fen,
        "vouchers_fen": order.vouchers_fen,
        "due_fen": order.due_fen,
        "paid_fen": order.paid_fen,
        "owed_fen": order.owed_fen,
        "monthly": order.monthly,
        "note": order.note,
        "placed_at": order.placed_at,
        "placed_by": order.placed_by,
        "delivered_at": order.delivered_at,
    }


def _courier(order: Order) -> dict[int, str]:
    if order.courier_id is None:
        return {}
    if order.begun and order.begun.courier:
        return {order.courier_id: order.begun.courier}
    return hooks.names_of_couriers([order.courier_id])


def _line(line: OrderLine) -> out.OrderLineOut:
    return out.OrderLineOut(
        id=line.pk,
        product_id=line.product_id,
        sku=line.product.sku,
        name=line.product.name,
        unit=line.unit,
        qty=line.qty,
        unit_fen=line.unit_fen,
        why=line.price_why,
        vouchers=line.vouchers,
        pay_by=line.pay_by,
        deposits=line.deposits,
        delivered=line.delivered,
        redeemed=line.redeemed,
        vouchers_owed=line.vouchers_owed,
    )


def _spot(where: Where) -> out.SpotOut:
    return out.SpotOut(
        id=where.row.pk if where.row else None,
        text=where.text,
        building=where.building,
        floor=where.floor,
        lift=where.lift,
        notes=where.notes,
        **county_and_town(where.county, where.town),
    )


def _remark(remark: Remark) -> out.RemarkOut:
    message = remark.en if english() else remark.zh
    return out.RemarkOut(code=remark.code, message=message, detail=remark.detail)


def _county(adcode: str) -> str:
    return (county_en if english() else county_zh)(pack(), adcode) if adcode else ""


def _town(code: str) -> str:
    town = pack().town(code) if code else None
    return town.name if town else ""
