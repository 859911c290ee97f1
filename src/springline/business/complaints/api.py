"""Complaints over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.http import HttpRequest
from ninja import Query, Router

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action
from springline.business.catalog.models import Product
from springline.business.catalog.states import ProductState
from springline.business.complaints import schemas as io
from springline.business.complaints import selectors, services, shapes
from springline.business.complaints.models import Complaint
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.filing import Filed
from springline.business.complaints.states import Decision, Kind, Level, Step
from springline.business.customers.selectors import family
from springline.business.http import (
    BOTH,
    SESSION_ONLY,
    ApiError,
    answers,
    english,
    forbidden,
    not_found,
    require,
)
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.refusals import NotPossible, VoucherRefused

router = Router(tags=["complaints"], auth=BOTH)
_MOST = 200
_UNPROCESSABLE = {
    "answers",
    "nobody",
    "note_missing",
    "reason_missing",
    "bad_quantity",
    "unknown_kind",
    "unknown_step",
}
# What only supervisors do; the rest of the steps is for everybody who works on complaints.
_MANAGED = {Step.WITHDRAW}


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except ComplaintRefused as error:
        if error.code.startswith("unknown_") and error.code not in _UNPROCESSABLE:
            raise not_found(error.code) from error
        status = 422 if error.code in _UNPROCESSABLE else 409
        text = error.message_en if english() else error.message_zh
        raise ApiError(status, error.code, text, error.detail) from error
    except (NotPossible, VoucherRefused) as refusal:
        text = refusal.message_en if english() else refusal.message_zh
        code = refusal.code if isinstance(refusal, NotPossible) else refusal.code.value
        raise ApiError(409, code, text) from refusal


@router.get("/complaints/guide", response=answers(list[io.GuideOut]))
def guide(request: HttpRequest) -> list[io.GuideOut]:
    """What to ask and say for each kind, and how soon it is answered."""
    require(request, Action.READ_COMPLAINTS)
    return shapes.guides()


@router.get("/complaints", response=answers(io.ComplaintPage, 422))
def list_complaints(
    request: HttpRequest,
    running: bool = True,
    kind: str = "",
    customer_id: int | None = None,
    call_id: str = "",
    order_id: int | None = None,
    overdue: bool = False,
    mine: bool = False,
    limit: int = Query(50, ge=1, le=_MOST),
) -> io.ComplaintPage:
    """Running ones, the most urgent first; with `running=false` all, the newest first."""
    actor = require(request, Action.READ_COMPLAINTS)
    person = actor if isinstance(actor, User) else None
    found = selectors.listing(
        running=running,
        kind=kind,
        ids=family(customer_id) if customer_id is not None else (),
        call_id=call_id,
        order_id=order_id,
        overdue=overdue,
        handler=person if mine else None,
    )
    return io.ComplaintPage(
        items=shapes.rows(found[:limit]), counts=io.CountsOut(**asdict(selectors.counts(person)))
    )


@router.post("/complaints", response=answers(io.ComplaintDetail, 409, 422))
def file_complaint(request: HttpRequest, body: io.ComplaintIn) -> io.ComplaintDetail:
    """422 `answers` names in `detail` the questions that must still be asked."""
    actor = require(request, Action.WORK_ON_COMPLAINTS)
    with refusals():
        told = Filed(
            key=body.request_key,
            kind=_kind(body.kind),
            **body.dict(exclude={"request_key", "kind"}),
        )
        row = services.file_complaint(told, actor)
    return shapes.detail(row, actor)


@router.get("/complaints/decisions", response=answers(io.DecisionsOut))
def decisions(request: HttpRequest) -> io.DecisionsOut:
    """Batches to stop or not, compensations above somebody's limit."""
    actor = require(request, Action.READ_COMPLAINTS)
    return shapes.decisions(actor if isinstance(actor, User) else None)


@router.get("/complaints/{complaint_id}", response=answers(io.ComplaintDetail, 404))
def read_complaint(request: HttpRequest, complaint_id: int) -> io.ComplaintDetail:
    return _detail(complaint_id, require(request, Action.READ_COMPLAINTS))


@router.post("/complaints/{complaint_id}/steps", response=answers(io.ComplaintDetail, 404, 409, 422))
def take_step(request: HttpRequest, complaint_id: int, body: io.StepIn) -> io.ComplaintDetail:
    """409 `stale`: somebody else has changed it since."""
    actor = require(request, Action.WORK_ON_COMPLAINTS)
    with refusals():
        if body.step == "note":
            services.add_note(complaint_id, actor, body.note)
        else:
            step = _step(body.step)
            if step in _MANAGED:
                require(request, Action.MANAGE_COMPLAINTS)
            services.step(complaint_id, step, actor, body.note, version=body.version)
    return _detail(complaint_id, actor)


@router.post("/complaints/{complaint_id}/level", response=answers(io.ComplaintDetail, 404, 422))
def set_level(request: HttpRequest, complaint_id: int, body: io.LevelIn) -> io.ComplaintDetail:
    actor = require(request, Action.MANAGE_COMPLAINTS)
    with refusals():
        services.set_level(complaint_id, Level(body.level), actor, body.note)
    return _detail(complaint_id, actor)


@router.post(
    "/complaints/{complaint_id}/compensations",
    response=answers(io.ComplaintDetail, 404, 409, 422),
    auth=SESSION_ONLY,
)
def compensate(request: HttpRequest, complaint_id: int, body: io.CompensateIn) -> io.ComplaintDetail:
    """Vouchers at once within one's limit; above it the answer has a compensation that is asked for."""
    actor = _user(request, Action.WORK_ON_COMPLAINTS)
    product = _product(complaint_id, body.sku)
    with refusals():
        services.compensate(complaint_id, body.qty, product, body.why, actor, key=body.request_key)
    return _detail(complaint_id, actor)


@router.post(
    "/complaints/compensations/{compensation_id}/decide",
    response=answers(io.CompensationOut, 404, 409, 422),
    auth=SESSION_ONLY,
)
def decide_compensation(
    request: HttpRequest, compensation_id: int, body: io.DecisionIn
) -> io.CompensationOut:
    actor = _user(request, Action.MANAGE_COMPLAINTS)
    with refusals():
        made = services.decide_compensation(compensation_id, _decision(body.accept), actor, body.why)
    return shapes.compensation(made, actor)


@router.post("/complaints/alerts/{alert_id}/decide", response=answers(io.DecisionsOut, 404, 409, 422))
def decide_alert(request: HttpRequest, alert_id: int, body: io.DecisionIn) -> io.DecisionsOut:
    """Stop the batch's sale at once, or say why not."""
    actor = require(request, Action.STOP_SALE)
    with refusals():
        services.decide_alert(alert_id, _decision(body.accept), body.why, actor)
    return shapes.decisions(actor if isinstance(actor, User) else None)


def _detail(complaint_id: int, actor: User | ApiToken) -> io.ComplaintDetail:
    row = Complaint.objects.select_related("batch__product", "handler").filter(pk=complaint_id).first()
    if row is None:
        raise not_found("unknown_complaint")
    return shapes.detail(row, actor)


def _user(request: HttpRequest, action: Action) -> User:
    actor = require(request, action)
    if not isinstance(actor, User):
        raise forbidden()
    return actor


def _product(complaint_id: int, sku: str) -> Product:
    """By its SKU, else that of the customer's newest vouchers, else the first bucket on sale."""
    if sku:
        product = Product.objects.filter(sku=sku).first()
        if product is None:
            raise not_found("unknown_product")
        return product
    customer = Complaint.objects.filter(pk=complaint_id).values_list("customer_id", flat=True).first()
    held = vouchers.heads(family(customer)) if customer else []
    on_sale = Product.objects.filter(state=ProductState.ACTIVE, volume_ml__gt=0).order_by("position", "sku")
    product = next((one.lot.product for one in held if one.available), None) or on_sale.first()
    if product is None:
        raise not_found("unknown_product")
    return product


def _decision(accept: bool) -> Decision:
    return Decision.ACCEPT if accept else Decision.REFUSE


def _kind(value: str) -> Kind:
    if value not in Kind.values:
        raise ComplaintRefused("unknown_kind", "没有这种投诉类型", "There is no such kind")
    return Kind(value)


def _step(value: str) -> Step:
    if value not in set(Step):
        raise ComplaintRefused("unknown_step", "没有这个操作", "There is no such step")
    return Step(value)
