"""What the voucher endpoints share: who asks, and refusals as errors with their remedies."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action
from springline.business.catalog.models import BucketType, Product
from springline.business.customers.selectors import family, is_known
from springline.business.http import ApiError, english, not_found, require
from springline.business.vouchers import cases, hooks, shapes
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import VoucherLot
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.schemas import RequestIn, WaterIn


def asked(actor: User | ApiToken, body: RequestIn) -> Request:
    return Request(
        key=body.key,
        by=actor,
        reason=body.reason.strip(),
        order_id=body.order_id,
        delivery_id=body.delivery_id,
        call_id=body.call_id,
        station_id=body.station_id,
    )


def user(request: HttpRequest, action: Action = Action.USE_VOUCHERS) -> User | ApiToken:
    return require(request, action)


def product_of(sku: str) -> Product:
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise not_found("unknown_product")
    return product


def bucket_type_of(code: str) -> BucketType:
    found = BucketType.objects.filter(code=code).first()
    if found is None:
        raise not_found("unknown_bucket_type")
    return found


def customer_of(customer_id: int) -> int:
    """The id, which the ledgers take as it is. Raises ApiError 404: nothing is booked for nobody."""
    if not is_known(customer_id):
        raise not_found("unknown_customer")
    return customer_id


def _check_order(order_id: int, customer_id: int | None) -> None:
    """Raises ApiError 404 for no order, 422 for another customer's: who redeems on it pays for a stranger."""
    owners = [found for ask in hooks.customer_of_order.values() if (found := ask(order_id)) is not None]
    if not owners:
        raise not_found("unknown_order")
    if customer_id is not None and not set(owners) & set(family(customer_id)):
        raise ApiError(
            422,
            "order_of_another",
            "That order is another customer's." if english() else "这是别的客户的订单。",
        )


@contextmanager
def refusals(
    actor: User | ApiToken, *, customer_id: int | None = None, lot_id: int | None = None, body: RequestIn
) -> Iterator[None]:
    """Turn refusals into answers; a T-code leaves a case with its clock, unless the database is away.

    Raises ApiError 404 when there is no such customer or order, 422 when the order is another customer's.
    """
    if customer_id is not None:
        customer_of(customer_id)
    if body.order_id is not None:
        _check_order(body.order_id, customer_id)
    try:
        yield
    except NotPossible as error:
        status = 422 if error.code in {"bad_quantity", "reason_missing", "bad_amount"} else 409
        raise ApiError(status, error.code, error.message_en if english() else error.message_zh) from error
    except VoucherRefused as refusal:
        raise _answer(refusal, actor, customer_id, lot_id, body) from refusal


def _answer(
    refusal: VoucherRefused,
    actor: User | ApiToken,
    customer_id: int | None,
    lot_id: int | None,
    body: RequestIn,
) -> ApiError:
    detail: dict[str, object] = {
        "facts": refusal.facts,
        "say": refusal.failure.say_zh,
        "remedies": [remedy.value for remedy in refusal.remedies],
        "case": None,
    }
    message = refusal.message_en if english() else refusal.message_zh
    if refusal.code is Code.AWAY:
        return ApiError(503, refusal.code.value, message, detail)
    if customer_id is None and lot_id is not None:
        customer_id = VoucherLot.objects.filter(pk=lot_id).values_list("customer_id", flat=True).first()
    if customer_id is not None and refusal.code is not Code.REPEATED:
        case = cases.open_case(
            refusal,
            customer_id,
            actor,
            call_id=body.call_id,
            order_id=body.order_id,
            answered_at=body.answered_at if isinstance(body, WaterIn) else None,
        )
        detail["case"] = shapes.case(case, timezone.now()).dict()
    return ApiError(409, refusal.code.value, message, detail)
