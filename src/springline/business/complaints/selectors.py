"""All reads of complaints. `ids`: a customer and the duplicates merged into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.complaints.models import (
    BatchAlert,
    Compensation,
    Complaint,
)
from springline.business.complaints.states import (
    RUNNING,
    UNANSWERED,
    AlertState,
    CompensationState,
)
from springline.business.prepared import Prepared


@dataclass(frozen=True, kw_only=True)
class Clock:
    """`state`: running, warning (the last quarter), late; met or missed once answered. Seconds."""

    state: str
    left: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What waits for somebody: complaints not over, those overdue, `mine`, and decisions of supervisors."""

    running: int
    overdue: int
    mine: int
    alerts: int
    asked: int


def clock(row: Complaint, now: datetime) -> Clock:
    moment = row.answered_at or (now if row.state in UNANSWERED else row.closed_at or now)
    left = row.due_at - moment
    seconds = int(left.total_seconds())
    if row.state not in UNANSWERED:
        return Clock(state="met" if left.total_seconds() >= 0 else "missed", left=seconds)
    state = "late" if seconds < 0 else "warning" if moment >= row.warn_at else "running"
    return Clock(state=state, left=seconds)


def listing(
    *,
    running: bool = True,
    kind: str = "",
    ids: Sequence[int] = (),
    call_id: str = "",
    order_id: int | None = None,
    overdue: bool = False,
    handler: User | None = None,
) -> QuerySet[Complaint]:
    """Running ones by due time, those not answered first; all of them newest first."""
    rows = Complaint.objects.select_related("batch", "handler", "filed_by")
    if running:
        rows = rows.filter(state__in=RUNNING)
    if kind:
        rows = rows.filter(kind=kind)
    if ids:
        rows = rows.filter(customer_id__in=ids)
    if call_id:
        rows = rows.filter(call_id=call_id)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if overdue:
        rows = rows.filter(state__in=UNANSWERED, due_at__lt=timezone.now())
    if handler is not None:
        rows = rows.filter(handler=handler)
    return rows.order_by("answered_at", "due_at") if running else rows


def counts(of: User | None) -> Counts:
    now = timezone.now()
    found = Complaint.objects.filter(state__in=RUNNING).aggregate(
        running=Count("pk"),
        overdue=Count("pk", filter=Q(state__in=UNANSWERED, due_at__lt=now)),
        mine=Count("pk", filter=Q(handler=of) if of else Q(pk=None)),
    )
    return Counts(
        **found,
        alerts=BatchAlert.objects.filter(state=AlertState.OPEN).count(),
        asked=Compensation.objects.filter(state=CompensationState.ASKED).count(),
    )


_OF_CUSTOMER = Prepared(lambda ids: listing(ids=ids)[:5])


def of_customer(ids: Sequence[int]) -> list[Complaint]:
    """Those that are not over, the most urgent first."""
    return _OF_CUSTOMER(ids)


def open_alerts() -> list[BatchAlert]:
    return list(BatchAlert.objects.filter(state=AlertState.OPEN))
