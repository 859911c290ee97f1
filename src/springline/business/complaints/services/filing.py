"""A complaint comes in: numbered, with its due time, its calls' recordings held, its batch watched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from springline.business.accounts.services import audit
from springline.business.calls import services as calls
from springline.business.catalog.models import Batch
from springline.business.complaints import guide, terms
from springline.business.complaints.models import Complaint, DayCount
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.batches import watch
from springline.business.complaints.services.shared import Actor, log, person
from springline.business.complaints.states import EventKind, Kind, Level
from springline.business.customers.selectors import family
from springline.business.delivery import selectors as delivery
from springline.business.orders.models import OrderLine

# Water that was brought longer ago is not what they drink now.
DELIVERED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What the agent says of it. `key` makes it one complaint, however often it is sent."""

    key: str
    kind: Kind
    answers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    customer_id: int | None = None
    order_id: int | None = None
    delivery_id: int | None = None
    call_id: str = ""


def file_complaint(told: Filed, by: Actor) -> Complaint:
    """Raises ComplaintRefused `answers` (detail: missing, wrong), `nobody` or `key_reused`."""
    if told.customer_id is None and not told.call_id:
        raise ComplaintRefused("nobody", "请先选择客户或通话", "Choose a customer or a call first")
    try:
        answers = guide.check(told.kind, told.answers)
    except guide.BadAnswers as bad:
        raise ComplaintRefused(
            "answers",
            "还有必问项没有回答",
            "Questions that must be asked are open",
            {"missing": bad.missing, "wrong": bad.wrong},
        ) from bad
    if known := _known(told):
        return known
    try:
        with transaction.atomic():
            return _write(told, answers, by)
    except IntegrityError:
        # The same request came twice at once.
        if known := _known(told):
            return known
        raise


def _write(told: Filed, answers: dict[str, str], by: Actor) -> Complaint:
    now = timezone.now()
    batch_no = "".join(answers.get("batch", "").split()).upper()
    batch_no = "" if batch_no == guide.UNKNOWN.upper() else batch_no[:40]
    batch, told_by = _batch(batch_no, answers.get("produced", ""), told.order_id), "caller"
    if not batch_no and told.kind is Kind.QUALITY and (batch := _delivered(told, now)) is not None:
        batch_no, told_by = "".join(batch.batch_no.split()).upper()[:40], "courier"
    level, term = guide.level_of(told.kind, answers), terms.of(told.kind, told.call_id)
    row = Complaint.objects.create(
        no=number_for(timezone.localdate(now)),
        kind=told.kind,
        level=level,
        customer_id=told.customer_id,
        order_id=told.order_id,
        delivery_id=told.delivery_id,
        call_id=told.call_id,
        batch=batch,
        batch_no=batch_no,
        text=told.text.strip()[:1000],
        answers=answers,
        filed_at=now,
        due_at=term.due(now, grave=level is Level.GRAVE),
        due_minutes=term.minutes,
        filed_by=person(by),
        request_key=told.key,
    )
    log(row, EventKind.FILED, by, level=row.level, batch_told_by=told_by if batch_no else "")
    if row.call_id:
        calls.hold(row.call_id, f"complaint:{row.pk}", by)
    audit(by, "complaint.filed", row, kind=row.kind, no=row.no)
    if row.batch_no:
        watch(row, by)
    return row


def number_for(day: date) -> str:
    """The next number of `day`: TS20261126-001. In the caller's transaction: a refused one leaves no gap."""
    DayCount.objects.get_or_create(day=day)
    DayCount.objects.filter(day=day).update(last=F("last") + 1)
    return f"TS{day:%Y%m%d}-{DayCount.objects.get(day=day).last:03d}"


def _known(told: Filed) -> Complaint | None:
    row = Complaint.objects.filter(request_key=told.key).first()
    if row is not None and (row.kind, row.customer_id) != (told.kind, told.customer_id):
        raise ComplaintRefused("key_reused", "该请求已用于另一张投诉单", "This key belongs to another one")
    return row


def _delivered(told: Filed, now: datetime) -> Batch | None:
    """What the courier noted at the door, where that is one batch; the caller could not read the label."""
    if told.order_id is None and told.customer_id is None:
        return None
    ids = family(told.customer_id) if told.customer_id is not None else []
    found = delivery.batches_left(ids, told.order_id, now - DELIVERED_WITHIN)
    return found[0] if len(found) == 1 else None


def _batch(batch_no: str, produced: str, order_id: int | None) -> Batch | None:
    """Of the catalogue, when it names one alone; what several products share, the order or the day tells."""
    found = list(Batch.objects.filter(batch_no__iexact=batch_no)) if batch_no else []
    if len(found) > 1 and order_id is not None:
        ordered = set(OrderLine.objects.filter(order=order_id).values_list("product", flat=True))
        found = [batch for batch in found if batch.product_id in ordered] or found
    if len(found) > 1 and produced and produced != guide.UNKNOWN:
        found = [batch for batch in found if batch.produced.isoformat() == produced]
    return found[0] if len(found) == 1 else None
