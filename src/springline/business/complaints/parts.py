"""What screens, exports and erasures show of complaints (customers.hooks), and the periodic look."""

from typing import Any

from django.utils import timezone

from springline.business import jobs
from springline.business.calls import hooks as calls
from springline.business.calls.hooks import Clue
from springline.business.calls.states import Intent, WrapUpOutcome
from springline.business.complaints import selectors, services
from springline.business.complaints.models import Compensation, Complaint, ComplaintEvent
from springline.business.complaints.states import RUNNING
from springline.business.customers import hooks


def pop_part(ids: list[int]) -> dict[str, Any]:
    """`open`: those that are not over, the most urgent first."""
    now = timezone.now()
    return {
        "open": [
            {
                "id": row.pk,
                "no": row.no,
                "kind": row.kind,
                "level": row.level,
                "state": row.state,
                "due_at": row.due_at.isoformat(),
                "clock": selectors.clock(row, now).state,
            }
            for row in selectors.of_customer(ids)
        ]
    }


def export_part(ids: list[int]) -> list[dict[str, Any]]:
    rows = Complaint.objects.filter(customer_id__in=ids).prefetch_related("events")
    return [
        {
            "no": row.no,
            "kind": row.kind,
            "filed_at": row.filed_at.isoformat(),
            "state": row.state,
            "text": row.text,
            "answers": row.answers,
            "batch_no": row.batch_no,
            "events": [
                {"at": event.at.isoformat(), "kind": event.kind, "note": event.note}
                for event in row.events.all()
            ],
        }
        for row in rows
    ]


def erase_blockers(ids: list[int]) -> list[tuple[str, str]]:
    if Complaint.objects.filter(customer_id__in=ids, state__in=RUNNING).exists():
        return [("还有未结案的投诉。", "A complaint is not closed yet.")]
    return []


def erase(ids: list[int]) -> None:
    """What was written goes; number, kind, batch and times stay for the statistics."""
    rows = Complaint.objects.filter(customer_id__in=ids)
    ComplaintEvent.objects.filter(complaint__in=rows).update(note="", facts={})
    Compensation.objects.filter(complaint__in=rows).update(why="")
    rows.update(text="", answers={})


def clue(call_id: str) -> Clue | None:
    """What a call that opened a complaint was about."""
    filed = Complaint.objects.filter(call_id=call_id).first() if call_id else None
    if filed is None:
        return None
    return Clue(
        intent=Intent.COMPLAINT,
        outcome=WrapUpOutcome.CASE_OPENED,
        weight=80,
        why_zh=f"本次通话登记了投诉 {filed.no}",
        why_en=f"Complaint {filed.no} was opened in this call",
    )


def register() -> None:
    calls.clues["complaints"] = clue
    hooks.pop_parts["complaints"] = pop_part
    hooks.export_parts["complaints"] = export_part
    hooks.erase_blockers["complaints"] = erase_blockers
    hooks.erasers["complaints"] = erase
    jobs.every(60, "complaints.escalate", services.escalate_overdue)
