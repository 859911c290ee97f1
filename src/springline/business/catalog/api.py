"""The catalogue over HTTP. Money is 分."""

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from springline.business.accounts.roles import Action
from springline.business.catalog import selectors, services
from springline.business.catalog.models import Batch, Product, ServiceArea
from springline.business.catalog.pricing import CustomerFacts
from springline.business.http import BOTH, ApiError, answers, not_found, require

router = Router(tags=["catalog"], auth=BOTH)


class BucketTypeOut(Schema):
    id: int
    code: str
    name: str
    deposit_fen: int


class ProductOut(Schema):
    id: int
    sku: str
    name: str
    brand: str
    water_type: str
    volume_ml: int
    unit: str
    price_fen: int
    bucket_type: BucketTypeOut | None
    returnable: bool
    state: str
    sellable: bool


class AreaOut(Schema):
    adcode: str
    name: str
    state: str
    promised_minutes: int | None
    min_qty: int
    delivery_fee_fen: int
    floor_fee_fen: int
    free_floors: int


class QuoteOut(Schema):
    """`kind`: customer, level, region, quantity or list; `why` in the request's language."""

    sku: str
    qty: int
    unit_fen: int
    total_fen: int
    list_fen: int
    kind: str
    rule: int | None
    why: str


class DeliveryOut(Schema):
    """`floor_fee_fen` is null while what `ask` names is unknown: an unknown lift is not "no lift"."""

    state: str
    area: str | None
    promised_minutes: int | None
    min_qty: int
    short_by: int
    delivery_fee_fen: int
    floor_fee_fen: int | None
    ask: list[str]
    why: str


class BatchOut(Schema):
    id: int
    sku: str
    batch_no: str
    produced: str
    expires: str
    stop_sale: bool
    stop_reason: str


class StopIn(Schema):
    reason: str


@router.get("/catalog/products", response=answers(list[ProductOut]))
def products(request: HttpRequest, all_states: bool = False) -> list[Product]:
    """What is on sale; `all_states` also shows what is not."""
    require(request, Action.READ_CATALOG)
    return list(selectors.products(all_states=all_states))


@router.get("/catalog/areas", response=answers(list[AreaOut]))
def areas(request: HttpRequest) -> list[ServiceArea]:
    require(request, Action.READ_CATALOG)
    return list(ServiceArea.objects.all())


@router.get("/catalog/quote", response=answers(QuoteOut, 404, 409, 422))
def quote(
    request: HttpRequest,
    sku: str,
    qty: int = Query(1, ge=1, le=10_000),
    customer_id: int | None = None,
    level: str | None = None,
    adcode: str | None = None,
    at: datetime | None = None,
) -> QuoteOut:
    """The price, the rule that won and why. 409 not_on_sale for a product that is paused or withdrawn."""
    require(request, Action.READ_CATALOG)
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise not_found("unknown_product")
    if not product.sellable:
        raise ApiError(409, "not_on_sale", _("This product is not on sale."))
    found = asdict(
        selectors.quote(product, qty, CustomerFacts(customer_id=customer_id, level=level, adcode=adcode), at)
    )
    return QuoteOut(**found, why=_spoken(found))


@router.get("/catalog/delivery", response=answers(DeliveryOut, 422))
def delivery(
    request: HttpRequest,
    adcode: str | None = None,
    qty: int = Query(1, ge=1, le=10_000),
    floor: int | None = None,
    lift: bool | None = None,
) -> DeliveryOut:
    """Whether, how soon and for what fee we deliver there."""
    require(request, Action.READ_CATALOG)
    found = asdict(selectors.delivery(adcode, qty, floor, lift))
    return DeliveryOut(**found, why=_spoken(found))


@router.get("/catalog/batches", response=answers(list[BatchOut]))
def batches(request: HttpRequest, sku: str = "") -> list[BatchOut]:
    """The 200 newest batches."""
    require(request, Action.READ_CATALOG)
    rows = Batch.objects.select_related("product")
    return [_batch(row) for row in (rows.filter(product__sku=sku) if sku else rows)[:200]]


@router.post("/catalog/batches/{batch_id}/stop", response=answers(BatchOut, 404, 422))
def stop(request: HttpRequest, batch_id: int, body: StopIn) -> BatchOut:
    """Stop-sale: the batch is not delivered from now on."""
    actor = require(request, Action.STOP_SALE)
    if not body.reason.strip():
        raise ApiError(422, "reason_missing", _("Give a reason."))
    if not Batch.objects.filter(pk=batch_id).exists():
        raise not_found("unknown_batch")
    return _batch(services.stop_sale(batch_id, body.reason, actor))


def _batch(row: Batch) -> BatchOut:
    return BatchOut(
        id=row.pk,
        sku=row.product.sku,
        batch_no=row.batch_no,
        produced=row.produced.isoformat(),
        expires=row.expires.isoformat(),
        stop_sale=row.stop_sale,
        stop_reason=row.stop_reason,
    )


def _spoken(found: dict[str, object]) -> object:
    return found["why_en" if (get_language() or "").startswith("en") else "why_zh"]
