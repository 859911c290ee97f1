"""Rows as the API's shapes, in the request's language."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.complaints import schemas as out
from springline.business.complaints import selectors, terms
from springline.business.complaints.guide import GUIDES, UNKNOWN, Question
from springline.business.complaints.models import BatchAlert, Compensation, Complaint
from springline.business.complaints.services import batches
from springline.business.complaints.services.compensating import given_to, limit_of
from springline.business.complaints.states import TRANSITIONS, CompensationState, Kind, Step
from springline.business.customers.models import Customer
from springline.business.delivery import selectors as delivery
from springline.business.http import english
from springline.business.orders.words import moment_zh


def guides() -> list[out.GuideOut]:
    now, known = timezone.now(), terms.all_terms()
    return [
        out.GuideOut(
            kind=kind.value,
            name=str(kind.label),
            due_minutes=known[kind].minutes,
            due_at=known[kind].due(now),
            say_closed=_closed(guide.say_closed_zh, known[kind], now),
            say=guide.say_zh,
            never=guide.never_zh,
            questions=[_question(question) for question in guide.questions],
        )
        for kind, guide in GUIDES.items()
    ]


def _closed(say: str, term: terms.Term, now: datetime) -> str:
    if not term.waits(now):
        return ""
    return say.format(at=moment_zh(term.due(now), now))


def rows(complaints: Iterable[Complaint]) -> list[out.ComplaintOut]:
    found = list(complaints)
    ids = {row.customer_id for row in found if row.customer_id}
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [out.ComplaintOut(**_fields(row, names)) for row in found]


def detail(row: Complaint, viewer: object) -> out.ComplaintDetail:
    names = dict(Customer.objects.filter(pk=row.customer_id).values_list("pk", "name"))
    user = viewer if isinstance(viewer, User) else None
    given = given_to(row)
    asked = row.compensations.select_related("product", "asked_by", "complaint")
    return out.ComplaintDetail(
        **_fields(row, names),
        answers=answers(row),
        events=[
            out.ComplaintEventOut(
                at=event.at,
                kind=event.kind,
                kind_name=str(event.get_kind_display()),
                who=event.who,
                note=event.note,
            )
            for event in row.events.all()
        ],
        compensations=[compensation(one, user) for one in asked],
        batch=_batch(row),
        steps=[step.value for step in Step if (row.state, step) in TRANSITIONS],
        limit=max(0, limit_of(user) - given),
        given=given,
    )


def answers(row: Complaint) -> list[out.AnswerOut]:
    known = {question.id: question for question in GUIDES[Kind(row.kind)].questions}
    return [
        out.AnswerOut(
            id=name, question=_text(known[name].zh, known[name].en), answer=_said(known[name], value)
        )
        for name, value in row.answers.items()
        if name in known
    ]


def compensation(one: Compensation, viewer: User | None) -> out.CompensationOut:
    return out.CompensationOut(
        id=one.pk,
        complaint_id=one.complaint_id,
        complaint_no=one.complaint.no,
        qty=one.qty,
        product=one.product.name,
        state=one.state,
        why=one.why,
        asked_by=str(one.asked_by or ""),
        asked_at=one.asked_at,
        mine=viewer is not None and one.asked_by_id == viewer.pk,
    )


def decisions(viewer: User | None) -> out.DecisionsOut:
    asked = Compensation.objects.filter(state=CompensationState.ASKED)
    asked = asked.select_related("product", "asked_by", "complaint").order_by("pk")
    return out.DecisionsOut(
        alerts=[alert(one) for one in selectors.open_alerts()],
        compensations=[compensation(one, viewer) for one in asked],
    )


def alert(one: BatchAlert) -> out.AlertOut:
    found = batches.about(one.batch_no)
    known = batches.batches_of(one.batch_no, found)
    return out.AlertOut(
        id=one.pk,
        batch_no=one.batch_no,
        product="、".join(batch.product.name for batch in known),
        produced="、".join(sorted({batch.produced.isoformat() for batch in known})),
        known=bool(known),
        opened_at=one.opened_at,
        complaints=rows(found),
    )


def _fields(row: Complaint, names: dict[int, str]) -> dict[str, object]:
    return {
        "id": row.pk,
        "no": row.no,
        "kind": row.kind,
        "kind_name": str(row.get_kind_display()),
        "level": row.level,
        "level_name": str(row.get_level_display()),
        "state": row.state,
        "state_name": str(row.get_state_display()),
        "customer_id": row.customer_id,
        "customer_name": names.get(row.customer_id or 0, ""),
        "order_id": row.order_id,
        "delivery_id": row.delivery_id,
        "call_id": row.call_id,
        "batch_no": row.batch_no,
        "text": row.text,
        "filed_at": row.filed_at,
        "due_at": row.due_at,
        "warn_at": row.warn_at,
        "answered_at": row.answered_at,
        "escalated": row.escalated_at is not None,
        "handler": str(row.handler or ""),
        "handler_id": row.handler_id,
        "clock": out.ComplaintClockOut(**asdict(selectors.clock(row, timezone.now()))),
        "version": row.version,
    }


def _batch(row: Complaint) -> out.ComplaintBatchOut | None:
    if not row.batch_no:
        return None
    batch = row.batch
    return out.ComplaintBatchOut(
        id=batch.pk if batch else None,
        batch_no=row.batch_no,
        product=batch.product.name if batch else "",
        produced=batch.produced.isoformat() if batch else "",
        stop_sale=bool(batch and batch.stop_sale),
        complaints=len(batches.about(row.batch_no)),
        deliveries=delivery.deliveries_of(batch) if batch else 0,
        told_by_courier=row.events.filter(facts__batch_told_by="courier").exists(),
    )


def _question(question: Question) -> out.QuestionOut:
    return out.QuestionOut(
        id=question.id,
        name=_text(question.zh, question.en),
        kind=question.kind,
        choices=[out.ChoiceOut(value=one.value, name=_text(one.zh, one.en)) for one in question.choices],
        must=question.must,
    )


def _said(question: Question, value: str) -> str:
    chosen = next((one for one in question.choices if one.value == value), None)
    if chosen is not None:
        return _text(chosen.zh, chosen.en)
    return _text("不清楚", "Not known") if value == UNKNOWN else value


def _text(zh: str, en: str) -> str:
    return en if english() else zh
