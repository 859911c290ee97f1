"""Orders over HTTP: preview, place, look, change, call off, and what came to no order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from springline.business.accounts.roles import Action
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer
from springline.business.customers.refusals import api_error
from springline.business.customers.selectors import canonical, family
from springline.business.http import BOTH, ApiError, answers, english, not_found, require
from springline.business.orders import demand, planning, reorder, selectors, services, shapes
from springline.business.orders import schemas as out
from springline.business.orders.converting import conversion_between
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import ChangeIn, DemandIn, OrderDraft, OrderIn
from springline.business.orders.models import Order
from springline.business.orders.plan import Plan
from springline.business.orders.states import OPEN

router = Router(tags=["orders"], auth=BOTH)
_LONGEST = timedelta(days=100)
_DONE = answers(out.OrderOut, 404, 409, 422)


@router.post("/orders/preview", response=answers(out.OrderPreviewOut, 404, 409, 422))
def preview(request: HttpRequest, body: OrderDraft) -> out.OrderPreviewOut:
    """What the order would be, what must be asked, and the sentence to read back. Writes nothing."""
    require(request, Action.PLACE_ORDERS)
    with refusals():
        customer = _customer(body.customer_id) if body.customer_id is not None else None
        return shapes.preview(planning.plan(body, customer))


@router.post("/orders", response=_DONE)
def place(request: HttpRequest, body: OrderIn) -> out.OrderOut:
    """Place it, once for `request_key`.

    409 price_changed: `detail` is the new preview. 409 duplicate_order: send again with `confirm_duplicate`.
    409 stale: `detail` says what others changed. 409 not_served: the demand has been noted.
    """
    actor = require(request, Action.PLACE_ORDERS)
    with refusals():
        return shapes.one(services.place(body, actor))


@router.get("/orders", response=answers(out.OrderPage, 404, 422))
def list_orders(
    request: HttpRequest,
    state: str = Query("", max_length=20),
    open: bool = False,
    overdue: bool = False,
    customer_id: int | None = None,
    call_id: str = Query("", max_length=64),
    station_id: int | None = None,
    courier_id: int | None = None,
    no: str = Query("", max_length=20),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = Query(50, ge=1, le=200),
    before: int | None = None,
) -> out.OrderPage:
    """The newest first. `open`: water still to come; `overdue`: of those, the late ones."""
    require(request, Action.READ_ORDERS)
    found = selectors.orders()
    if no:
        found = found.filter(pk__in=selectors.find_by_no(no).values("pk"))
    if open or overdue:
        found = found.filter(state__in=OPEN)
    if overdue:
        found = found.filter(overdue_at__isnull=False)
    if customer_id is not None:
        with refusals():
            found = found.filter(customer_id__in=family(_customer(customer_id).pk))
    exact = {"state": state, "call_id": call_id, "station_id": station_id, "courier_id": courier_id}
    found = found.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    bounds = {"placed_at__gte": since, "placed_at__lt": until, "pk__lt": before}
    found = found.filter(**{name: value for name, value in bounds.items() if value is not None})
    page = list(found.order_by("-id")[: limit + 1])
    more, page = len(page) > limit, page[:limit]
    return out.OrderPage(items=shapes.rows(page), next=page[-1].pk if more else None)


@router.get("/orders/{int:order_id}", response=answers(out.OrderOut, 404))
def read_order(request: HttpRequest, order_id: int) -> out.OrderOut:
    require(request, Action.READ_ORDERS)
    with refusals():
        return shapes.one(selectors.orders().get(pk=order_id))


@router.post("/orders/{int:order_id}/change/preview", response=answers(out.OrderPreviewOut, 404, 409, 422))
def preview_change(request: HttpRequest, order_id: int, body: ChangeIn) -> out.OrderPreviewOut:
    """What the order would be after this change. Writes nothing."""
    require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.preview(services.preview_change(order_id, body))


@router.post("/orders/{int:order_id}/change", response=_DONE)
def change(request: HttpRequest, order_id: int, body: ChangeIn) -> out.OrderOut:
    """409 stale with what happened since `version`; 409 outside_territory for an order on its way."""
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(services.change(order_id, body, by=actor))


@router.post("/orders/{int:order_id}/cancel", response=_DONE)
def cancel(request: HttpRequest, order_id: int, body: out.CancelIn) -> out.OrderOut:
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(
            services.cancel(
                order_id, body.reason, key=body.key, by=actor, version=body.version, note=body.note
            )
        )


@router.post("/orders/{int:order_id}/urge", response=_DONE)
def urge(request: HttpRequest, order_id: int, body: out.UrgeIn) -> out.OrderOut:
    """催单: counted, and first in the courier's list."""
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(services.urge(order_id, key=body.key, by=actor, call_id=body.call_id))


@router.post("/orders/{int:order_id}/reschedule", response=_DONE)
def reschedule(request: HttpRequest, order_id: int, body: out.RescheduleIn) -> out.OrderOut:
    """After a failed delivery: another time, or at once with another courier."""
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(
            services.reschedule(
                order_id, key=body.key, by=actor, window_from=body.window_from, window_to=body.window_to
            )
        )


@router.post("/orders/{int:order_id}/return", response=_DONE)
def bring_back(request: HttpRequest, order_id: int, body: out.KeyIn) -> out.OrderOut:
    """After a failed delivery: brought back and cancelled."""
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(services.bring_back(order_id, key=body.key, by=actor, note=body.note))


@router.post("/orders/{int:order_id}/after-sales", response=_DONE)
def open_after_sales(request: HttpRequest, order_id: int, body: out.KeyIn) -> out.OrderOut:
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(services.open_after_sales(order_id, key=body.key, by=actor, note=body.note))


@router.post("/orders/{int:order_id}/after-sales/close", response=_DONE)
def close_after_sales(request: HttpRequest, order_id: int, body: out.KeyIn) -> out.OrderOut:
    actor = require(request, Action.CHANGE_ORDERS)
    with refusals():
        return shapes.one(services.close_after_sales(order_id, key=body.key, by=actor, note=body.note))


@router.post("/orders/{int:order_id}/payments", response=_DONE)
def pay(request: HttpRequest, order_id: int, body: out.PayIn) -> out.OrderOut:
    """Money that came in after the delivery, or went back (below nothing)."""
    actor = require(request, Action.SETTLE_ORDERS)
    with refusals():
        return shapes.one(
            services.pay(order_id, body.fen, body.channel, key=body.key, by=actor, note=body.note)
        )


@router.post("/orders/{int:order_id}/settle", response=_DONE)
def settle(request: HttpRequest, order_id: int, body: out.KeyIn) -> out.OrderOut:
    """已结清. 409 still_owed with what is missing."""
    actor = require(request, Action.SETTLE_ORDERS)
    with refusals():
        return shapes.one(services.settle(order_id, key=body.key, by=actor))


@router.post("/orders/{int:order_id}/refund", response=_DONE)
def refund(request: HttpRequest, order_id: int, body: out.KeyIn) -> out.OrderOut:
    """Close an after-sales case by giving back what was paid; vouchers are given back in their own panel."""
    actor = require(request, Action.SETTLE_ORDERS)
    with refusals():
        return shapes.one(services.refund(order_id, key=body.key, by=actor, note=body.note))


@router.get("/customers/{int:customer_id}/reorder", response=answers(out.ReorderOut, 404, 409))
def read_reorder(request: HttpRequest, customer_id: int) -> out.ReorderOut:
    """再来一单: the last order as a draft, with its preview as of now."""
    require(request, Action.PLACE_ORDERS)
    with refusals():
        customer = _customer(customer_id)
        last = selectors.last(family(customer.pk))
        draft = reorder.draft_of(last, customer) if last else None
        shown = shapes.preview(planning.plan(draft, customer)) if draft else None
        return out.ReorderOut(last_order_id=last.pk if last and draft else None, draft=draft, preview=shown)


@router.post("/demand", response=answers(out.DemandOut, 404, 422))
def note_demand(request: HttpRequest, body: DemandIn) -> out.DemandOut:
    """Somebody wanted water and did not order; once for `key`, and once for a call and reason."""
    actor = require(request, Action.PLACE_ORDERS)
    with refusals():
        if body.customer_id is not None:
            _customer(body.customer_id)
        return shapes.demand(demand.note(body, actor))


@router.get("/demand", response=answers(out.DemandPage, 422))
def list_demand(
    request: HttpRequest,
    reason: str = Query("", max_length=20),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = Query(50, ge=1, le=200),
    before: int | None = None,
) -> out.DemandPage:
    require(request, Action.READ_ORDERS)
    rows = selectors.demand(since, until, reason)
    page = list((rows.filter(pk__lt=before) if before is not None else rows)[: limit + 1])
    more, page = len(page) > limit, page[:limit]
    return out.DemandPage(items=[shapes.demand(row) for row in page], next=page[-1].pk if more else None)


@router.get("/demand/towns", response=answers(list[out.DemandTownOut], 422))
def demand_by_town(
    request: HttpRequest, since: datetime | None = None, until: datetime | None = None
) -> list[out.DemandTownOut]:
    """Where demand was not met, most first."""
    require(request, Action.READ_ORDERS)
    return [
        out.DemandTownOut(
            **shapes.county_and_town(town.county, town.town),
            place=town.place,
            total=town.total,
            reasons=town.reasons,
        )
        for town in selectors.demand_by_town(since, until)
    ]


@router.get("/demand/conversion", response=answers(out.ConversionOut, 422))
def read_conversion(request: HttpRequest, since: datetime, until: datetime) -> out.ConversionOut:
    """How many calls for water became orders (N1), of those that arrived in [since, until)."""
    require(request, Action.READ_ORDERS)
    if not since < until or until - since > _LONGEST:
        raise ApiError(422, "bad_period", _("Choose a period of at most 100 days."))
    found = conversion_between(since, until)
    return out.ConversionOut(
        since=since,
        until=until,
        intents=found.intents,
        converted=found.converted,
        outside=found.outside,
        rate=found.rate,
        rate_inside=found.rate_inside,
    )


@contextmanager
def refusals() -> Iterator[None]:
    """What services refuse, as the API's one shape of errors."""
    try:
        yield
    except CustomerRefusal as error:
        raise api_error(error) from None
    except Order.DoesNotExist:
        raise not_found("unknown_order") from None
    except Customer.DoesNotExist:
        raise not_found("unknown_customer") from None
    except OrderRefused as error:
        detail = error.detail
        if isinstance(detail, Plan):
            detail = shapes.preview(detail).model_dump(mode="json")
        message = error.en if english() else error.zh
        raise ApiError(error.status, error.code, message, detail) from None


def _customer(customer_id: int) -> Customer:
    return canonical(customer_id)
