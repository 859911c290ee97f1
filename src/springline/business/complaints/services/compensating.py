"""Water given for a complaint, as vouchers. What is above one's own limit is asked for; another one decides.

Limits hold for all that one complaint got, so that three times one bucket is three.
"""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import compensation_limit
from springline.business.accounts.services import audit
from springline.business.catalog.models import Product
from springline.business.complaints.models import Compensation, Complaint
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.shared import Actor, held, log
from springline.business.complaints.states import CompensationState, Decision, EventKind, decided
from springline.business.customers.selectors import family
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers import services as ledger
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.selection import fits
from springline.platform.states import IllegalTransition


def limit_of(by: Actor) -> int:
    """How many buckets `by` may give for one complaint alone."""
    return compensation_limit(by.role) if isinstance(by, User) and by.is_active else 0


@transaction.atomic
def compensate(
    complaint_id: int, qty: int, product: Product, why: str, by: User, *, key: str
) -> Compensation:
    """Given at once within the limit of `by`, asked for above it. The same key gives once.

    Raises ComplaintRefused: `reason_missing`, `bad_quantity`, `no_customer`, `key_reused`.
    """
    row = held(complaint_id)
    known = Compensation.objects.filter(request_key=key).first()
    if known is not None:
        if (known.complaint_id, known.qty) != (row.pk, qty):
            raise ComplaintRefused("key_reused", "该请求已用于另一笔赔付", "This key belongs to another one")
        return known
    if qty < 1:
        raise ComplaintRefused("bad_quantity", "数量至少为 1", "A quantity is at least 1")
    if not why.strip():
        raise ComplaintRefused("reason_missing", "请填写赔付原因", "Give a reason")
    if row.customer_id is None:
        raise ComplaintRefused("no_customer", "这张投诉单还没有客户", "This complaint has no customer yet")
    made = Compensation.objects.create(
        complaint=row, qty=qty, product=product, why=why.strip()[:200], asked_by=by, request_key=key
    )
    if given_to(row) + qty <= limit_of(by):
        _grant(row, made, by)
    else:
        log(row, EventKind.ASKED, by, why, qty=qty, limit=limit_of(by))
    return made


@transaction.atomic
def decide_compensation(compensation_id: int, decision: Decision, by: User, note: str = "") -> Compensation:
    """Raises ComplaintRefused: `unknown_compensation`, `decided`, `own_approval`, `above_limit`."""
    complaint_id = Compensation.objects.filter(pk=compensation_id).values_list("complaint", flat=True).first()
    if complaint_id is None:
        raise ComplaintRefused("unknown_compensation", "没有这笔赔付", "There is no such compensation")
    row = held(complaint_id)
    made = Compensation.objects.select_related("product").get(pk=compensation_id)
    try:
        state = decided(made.state, decision)
    except IllegalTransition as error:
        raise ComplaintRefused("decided", "已有人处理", "This was decided already") from error
    if decision is Decision.ACCEPT:
        if made.asked_by_id == by.pk:
            raise ComplaintRefused("own_approval", "需由另一人审批", "A second person must approve")
        if given_to(row) + made.qty > limit_of(by):
            raise ComplaintRefused("above_limit", "超出您的赔付权限", "Above your limit")
        _grant(row, made, by)
    else:
        made.state, made.decided_by, made.decided_at = state, by, timezone.now()
        made.save(update_fields=["state", "decided_by", "decided_at"])
        log(row, EventKind.REFUSED, by, note, qty=made.qty)
    return made


def given_to(row: Complaint) -> int:
    """Buckets given for this complaint so far."""
    given = row.compensations.filter(state=CompensationState.GRANTED)
    return given.aggregate(n=Sum("qty", default=0))["n"]


def _grant(row: Complaint, made: Compensation, by: User) -> None:
    made.lot_id = _into_vouchers(row, made, by)
    made.state, made.decided_by, made.decided_at = CompensationState.GRANTED, by, timezone.now()
    made.save(update_fields=["state", "decided_by", "decided_at", "lot_id"])
    log(row, EventKind.GRANTED, by, made.why, qty=made.qty, lot=made.lot_id)
    audit(by, "complaint.compensated", row, why=made.why, no=row.no, qty=made.qty)


def _into_vouchers(row: Complaint, made: Compensation, by: User) -> int:
    """More of a lot of this product that is still usable, else a lot of its own."""
    assert row.customer_id is not None
    request = Request(
        key=f"compensation:{made.pk}",
        by=by,
        reason=f"{row.no} {made.why}",
        order_id=row.order_id,
        delivery_id=row.delivery_id,
        call_id=row.call_id,
    )
    now = timezone.now()
    usable = next(
        (
            lot
            for lot in vouchers.heads(family(row.customer_id))
            if lot.available
            and lot.lot.product_id == made.product_id
            and fits(lot, made.product)
            and (lot.expires_at is None or lot.expires_at > now)
        ),
        None,
    )
    if usable is not None:
        return ledger.compensate(request, usable.lot.pk, made.qty).lot.pk
    return ledger.give(request, row.customer_id, made.product, made.qty).lot.pk
