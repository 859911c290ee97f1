"""The guided fixes of T01–T12, their cases and the second person's codes."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Router, UploadedFile

from springline.business import pictures
from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit as leave_audit
from springline.business.accounts.services import audit_reading
from springline.business.customers import hooks
from springline.business.customers.models import CustomerAddress
from springline.business.customers.selectors import family
from springline.business.http import SESSION_ONLY, ApiError, answers, english, forbidden, not_found
from springline.business.pictures import PictureRefused
from springline.business.vouchers import (
    approvals,
    binding,
    cases,
    onetime,
    paper_photos,
    remedies,
    selectors,
    services,
    shapes,
)
from springline.business.vouchers import schemas as io
from springline.business.vouchers.api.common import asked, customer_of, product_of, refusals, user
from springline.business.vouchers.ledger import name_of
from springline.business.vouchers.linking import with_delivery
from springline.business.vouchers.models import Iou, PaperPhoto, VoucherCase, VoucherLot
from springline.business.vouchers.refusals import Code, VoucherRefused
from springline.business.vouchers.states import FormEvent
from springline.platform.states import IllegalTransition

router = Router()
_DONE = answers(io.ReceiptOut, 404, 409, 422, 503)


@router.post("/lots/{lot_id}/fixes/extend", response=_DONE)
def extend(request: HttpRequest, lot_id: int, body: io.ExtendIn) -> io.ReceiptOut:
    """T04."""
    actor = user(request)
    with refusals(actor, lot_id=lot_id, body=body):
        return shapes.receipt(services.extend(asked(actor, body), lot_id, body.until))


@router.post("/lots/{lot_id}/fixes/unfreeze", response=_DONE)
def unfreeze(request: HttpRequest, lot_id: int, body: io.RequestIn) -> io.ReceiptOut:
    """T05; for supervisors, who know why it was frozen."""
    actor = user(request, Action.APPROVE_VOUCHERS)
    with refusals(actor, lot_id=lot_id, body=body):
        return shapes.receipt(services.unfreeze(asked(actor, body), lot_id))


@router.post("/lots/{lot_id}/fixes/convert", response=_DONE)
def convert(request: HttpRequest, lot_id: int, body: io.ConvertIn) -> io.ReceiptOut:
    """T02: the vouchers become another product's (折算)."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, lot_id=lot_id, body=body):
        found = remedies.convert(
            asked(actor, body), lot_id, body.qty, product, surcharge_fen=body.surcharge_fen
        )
        return shapes.receipt(found)


@router.post("/lots/{lot_id}/fixes/top-up", response=_DONE)
def top_up(request: HttpRequest, lot_id: int, body: io.RequestIn) -> io.ReceiptOut:
    """T02 after a bucket became smaller."""
    actor = user(request)
    with refusals(actor, lot_id=lot_id, body=body):
        return shapes.receipt(remedies.top_up(asked(actor, body), lot_id))


@router.post("/customers/{customer_id}/fixes/clearing", response=_DONE)
def clearing(request: HttpRequest, customer_id: int, body: io.WaterIn) -> io.ReceiptOut:
    """T03: another station's voucher pays; `station_id` is the one that serves."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        wanted = with_delivery(asked(actor, body), customer_id, product)
        found = services.redeem(wanted, customer_id, product, body.qty, adcode=body.adcode, clearing=True)
        return shapes.receipt(found)


@router.post("/customers/{customer_id}/fixes/emergency", response=_DONE)
def emergency(request: HttpRequest, customer_id: int, body: io.EmergencyIn) -> io.ReceiptOut:
    """T11: with a supervisor's code; what no voucher covers is owed. Leaves an item to reconcile."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        wanted = with_delivery(asked(actor, body), customer_id, product)
        found = remedies.emergency(wanted, customer_id, product, body.qty, body.code)
        return shapes.receipt(found)


@router.post("/customers/{customer_id}/fixes/iou", response=answers(io.IouOut, 404, 409, 422, 503))
def iou(request: HttpRequest, customer_id: int, body: io.OweIn) -> io.IouOut:
    """T12 and others: water first, ticket later."""
    actor, product, code = user(request), product_of(body.sku), _code(body.code)
    with refusals(actor, customer_id=customer_id, body=body):
        wanted = with_delivery(asked(actor, body), customer_id, product)
        return shapes.iou(remedies.owe(wanted, customer_id, product, body.qty, code))


@router.post("/customers/{customer_id}/fixes/code", response=answers(io.CodeSentOut, 404, 409))
def send_code(request: HttpRequest, customer_id: int, body: io.CodeSendIn) -> io.CodeSentOut:
    """T07: a one-time code to the customer's mobile. 409 `no_mobile`, `too_soon`, `too_many`, `not_sent`."""
    actor = user(request)
    with refusals(actor, body=io.RequestIn(key="send-code")):
        row = onetime.send(customer_of(customer_id), actor, call_id=body.call_id)
    return io.CodeSentOut(sent_to=row.sent_to, expires_at=row.expires_at)


@router.post("/customers/{customer_id}/fixes/code/redeem", response=_DONE)
def redeem_by_code(request: HttpRequest, customer_id: int, body: io.CodeRedeemIn) -> io.ReceiptOut:
    """T07: redeem with the code that the customer read out; 409 `bad_code`, `code_locked`."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        return shapes.receipt(onetime.redeem(asked(actor, body), customer_id, product, body.qty, body.code))


@router.post("/ious/{iou_id}/settle", response=answers(io.IouOut, 404, 409, 422, 503))
def settle(request: HttpRequest, iou_id: int, body: io.IouSettleIn) -> io.IouOut:
    """Redeem what is owed; with `clearing` another station's voucher may pay."""
    actor, row = user(request), _iou(iou_id)
    with refusals(actor, customer_id=row.customer_id, body=body):
        person = actor if isinstance(actor, User) else None
        return shapes.iou(remedies.settle(iou_id, person, clearing=body.clearing))


@router.post("/ious/{iou_id}/waive", response=answers(io.IouOut, 404, 409, 422))
def waive(request: HttpRequest, iou_id: int, body: io.RequestIn) -> io.IouOut:
    """Paid otherwise: no voucher is taken for it any more. Leaves an item to reconcile."""
    actor, row = user(request), _iou(iou_id)
    with refusals(actor, customer_id=row.customer_id, body=body):
        return shapes.iou(remedies.waive(iou_id, actor, body.reason))


@router.post("/customers/{customer_id}/fixes/binding", response=answers(io.BindingOut, 404))
def verify_binding(request: HttpRequest, customer_id: int, body: io.BindingIn) -> io.BindingOut:
    """T08: two of three must fit. The answer says which did, never what was expected."""
    actor, ids = user(request), family(customer_of(customer_id))
    lots = VoucherLot.objects.filter(customer_id__in=ids)
    facts = binding.Facts(
        addresses=tuple(
            CustomerAddress.objects.filter(customer_id__in=ids, removed_at=None).values_list(
                "text", flat=True
            )
        ),
        last_order=next((order for one in hooks.last_order.values() if (order := one(ids))), None),
        purchases=tuple(timezone.localdate(lot.bought_at) for lot in lots),
        lots=tuple(lot.pk for lot in lots),
    )
    verdict = binding.verify(facts, binding.Answers(**body.dict()))
    leave_audit(
        actor, "voucher.binding_checked", None, customer_id=customer_id, matched=verdict.matched,
        passed=verdict.passed,
    )  # fmt: skip
    return io.BindingOut(**asdict(verdict))


@router.post("/customers/{customer_id}/fixes/paper", response=answers(io.PaperOut, 404, 409, 422, 503))
def submit_paper(request: HttpRequest, customer_id: int, body: io.PaperIn) -> io.PaperOut:
    """T09: the form for a paper voucher."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        found = remedies.submit_paper(
            asked(actor, body),
            customer_id,
            product,
            body.qty,
            body.serial,
            photo=body.photo,
            photo_id=body.photo_id,
        )
        return shapes.paper(found)


@router.post(
    "/customers/{customer_id}/fixes/paper/photo",
    response=answers(io.PaperPhotoOut, 404, 409, 413, 422, 507),
)
def upload_paper_photo(
    request: HttpRequest, customer_id: int, key: Form[UUID], file: File[UploadedFile]
) -> io.PaperPhotoOut:
    """A picture of a paper voucher; the same key again answers the first one's id."""
    actor = user(request)
    try:
        with refusals(actor, customer_id=customer_id, body=io.RequestIn(key=str(key))):
            row = paper_photos.store(customer_id, name_of(actor), key, file, file.size)
    except PictureRefused as refused:
        raise ApiError(refused.status, refused.code, refused.en if english() else refused.zh) from refused
    return io.PaperPhotoOut(id=str(row.pk))


@router.get("/papers/photos/{uuid:photo_id}", response={200: None, **answers(None, 404)})
def paper_photo(request: HttpRequest, photo_id: UUID) -> HttpResponseBase:
    """The picture, for who decides about papers, and for who sent it."""
    actor = user(request, Action.READ_VOUCHERS)
    row = PaperPhoto.objects.filter(pk=photo_id).first()
    if row is None:
        raise not_found("unknown_photo")
    if row.uploaded_by != name_of(actor):
        user(request, Action.APPROVE_VOUCHERS)
    answer = pictures.shown(row.path)
    if answer is None:
        raise not_found("unknown_photo")
    audit_reading(actor, "photo.seen", row)
    return answer


@router.get("/papers", response=answers(list[io.PaperWaitingOut]))
def papers(request: HttpRequest) -> list[io.PaperWaitingOut]:
    """Paper vouchers handed in and not decided, the oldest first."""
    return shapes.papers(name_of(user(request, Action.APPROVE_VOUCHERS)))


@router.post("/papers/{paper_id}/decide", response=answers(io.PaperOut, 404, 409, 422, 503))
def decide_paper(request: HttpRequest, paper_id: int, body: io.DecideIn) -> io.PaperOut:
    actor = user(request, Action.APPROVE_VOUCHERS)
    with refusals(actor, body=body):
        return shapes.paper(remedies.decide_paper(asked(actor, body), paper_id, accept=body.accept))


@router.post("/approvals", response=answers(io.ApprovalOut, 404, 409), auth=SESSION_ONLY)
def issue_approval(request: HttpRequest, body: io.ApprovalIn) -> io.ApprovalOut:
    """A code to read out: good once, for ten minutes, for one customer and purpose."""
    actor = user(request, Action.APPROVE_VOUCHERS)
    if not isinstance(actor, User):
        raise forbidden()
    with refusals(actor, body=io.RequestIn(key="approvals")):
        code = approvals.issue(actor, body.purpose, customer_of(body.customer_id), limit_fen=body.limit_fen)
    return io.ApprovalOut(code=code)


@router.get("/failures", response=answers(list[io.FailureOut]))
def failures(request: HttpRequest) -> list[io.FailureOut]:
    """T01–T12 as the desk offers them."""
    user(request, Action.READ_VOUCHERS)
    return shapes.failures()


@router.post("/customers/{customer_id}/cases", response=answers(io.CaseOut, 404, 422))
def tell_case(request: HttpRequest, customer_id: int, body: io.CaseIn) -> io.CaseOut:
    """A failure the caller tells of, such as a courier's phone without network: its clock is the call's."""
    actor, facts = user(request), {"sku": body.sku, "wanted": body.qty, "told": True}
    row = cases.open_case(
        VoucherRefused(_code(body.code), **facts, **({"iou": body.iou} if body.iou else {})),
        customer_of(customer_id),
        actor,
        call_id=body.call_id,
        order_id=body.order_id,
        answered_at=body.answered_at,
    )
    return shapes.case(row, timezone.now())


@router.get("/cases/kpi", response=answers(io.CaseKpiOut, 422))
def case_kpi(request: HttpRequest, since: datetime, until: datetime) -> io.CaseKpiOut:
    """M4 for a report. Times need a zone."""
    user(request, Action.READ_VOUCHERS)
    if since.tzinfo is None or until.tzinfo is None:
        raise ApiError(422, "zone_missing", "since, until")
    return io.CaseKpiOut(since=since, until=until, **asdict(cases.kpi(since, until)))


@router.get("/cases", response=answers(list[io.CaseOut]))
def open_cases(request: HttpRequest) -> list[io.CaseOut]:
    """Cases whose clock runs, the oldest first."""
    user(request, Action.READ_VOUCHERS)
    now = timezone.now()
    return [
        shapes.case(row, now) for row in VoucherCase.objects.filter(done_at=None).order_by("started_at")[:200]
    ]


@router.post("/cases/{case_id}/close", response=answers(io.CaseOut, 404, 409, 422))
def close_case(request: HttpRequest, case_id: int, body: io.CloseIn) -> io.CaseOut:
    """Resolved, an action agreed with the customer, or withdrawn as chosen by mistake: the clock stops."""
    actor = user(request)
    if not VoucherCase.objects.filter(pk=case_id).exists():
        raise not_found("unknown_case")
    with refusals(actor, body=io.RequestIn(key="close-case")):
        try:
            row = cases.close_case(case_id, FormEvent(body.event), body.remedy, body.note)
        except (ValueError, IllegalTransition) as error:
            raise ApiError(422, "bad_event", str(error)) from error
    if body.event == FormEvent.WITHDRAW:
        # What counts nowhere any more must not vanish without a trace of who said so.
        leave_audit(actor, "voucher.case_withdrawn", row, code=row.code, late=row.escalated_at is not None)
    return shapes.case(row, timezone.now())


@router.get("/audit", response=answers(io.AuditOut))
def audit(request: HttpRequest) -> io.AuditOut:
    """Check every chain; names the first bad entry of each broken lot. For supervisors: it reads it all."""
    user(request, Action.APPROVE_VOUCHERS)
    return io.AuditOut(**asdict(selectors.audit()))


def _code(text: str) -> Code:
    try:
        return Code(text)
    except ValueError as error:
        raise ApiError(422, "unknown_code", text) from error


def _iou(iou_id: int) -> Iou:
    row = Iou.objects.filter(pk=iou_id).first()
    if row is None:
        raise not_found("unknown_iou")
    return row
