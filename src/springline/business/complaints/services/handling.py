"""A complaint is worked on: taken, answered, closed, and escalated when nobody answers in time."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.services import audit
from springline.business.calls import services as calls
from springline.business.complaints.models import Complaint
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.shared import Actor, changed, held, log, person
from springline.business.complaints.states import (
    RUNNING,
    UNANSWERED,
    EventKind,
    Level,
    State,
    Step,
    after,
)
from springline.business.messaging.services import tell_robots
from springline.platform.states import IllegalTransition

_SAY_WHAT = {Step.ANSWER, Step.WITHDRAW, Step.REOPEN}


@transaction.atomic
def step(
    complaint_id: int, what: Step, by: Actor, note: str = "", *, version: int | None = None
) -> Complaint:
    """Raises ComplaintRefused: `note_missing`, `not_possible`, `stale` (another `version`)."""
    row = held(complaint_id)
    _fresh(row, version)
    if what in _SAY_WHAT and not note.strip():
        raise ComplaintRefused("note_missing", "请写明处理内容", "Say what was done")
    try:
        row.state = after(State(row.state), what)
    except IllegalTransition as error:
        raise ComplaintRefused(
            "not_possible", "投诉单当前状态不能这样处理", "Not possible in its present state"
        ) from error
    if what is Step.TAKE:
        row.handler = person(by)
    elif what is Step.ANSWER and row.answered_at is None:
        row.answered_at = timezone.now()
    row.closed_at = None if row.state in RUNNING else timezone.now()
    changed(row, "state", "handler", "answered_at", "closed_at")
    log(row, EventKind(what.value), by, note)
    _hold(row, by)
    audit(by, f"complaint.{what}", row, no=row.no)
    return row


@transaction.atomic
def add_note(complaint_id: int, by: Actor, note: str) -> Complaint:
    """Raises ComplaintRefused `note_missing`."""
    if not note.strip():
        raise ComplaintRefused("note_missing", "请填写内容", "The note is empty")
    row = held(complaint_id)
    log(row, EventKind.NOTE, by, note)
    return row


@transaction.atomic
def set_level(complaint_id: int, level: Level, by: Actor, note: str) -> Complaint:
    """Raises ComplaintRefused `note_missing`."""
    if not note.strip():
        raise ComplaintRefused("note_missing", "请写明调级原因", "Say why the level changes")
    row = held(complaint_id)
    if row.level != level:
        former, row.level = row.level, level
        changed(row, "level")
        log(row, EventKind.LEVEL, by, note, former=former, level=level)
    return row


def escalate_overdue(now: datetime | None = None) -> int:
    """Raise by one level, once, what was not answered in time; how many. Safe to run often."""
    moment, done = now or timezone.now(), 0
    late = Complaint.objects.filter(state__in=UNANSWERED, due_at__lt=moment, escalated_at=None)
    for complaint_id in late.values_list("pk", flat=True):
        with transaction.atomic():
            row = held(complaint_id)
            if row.escalated_at is not None or row.state not in UNANSWERED:
                continue
            row.escalated_at, row.level = moment, min(row.level + 1, Level.GRAVE)
            changed(row, "escalated_at", "level")
            log(row, EventKind.ESCALATED, None, level=row.level)
            tell_robots(
                "complaint.overdue",
                f"投诉 {row.no}（{row.get_kind_display()}）超过时限未答复，请跟进。",
                key=f"complaint-overdue:{row.pk}",
                about=row.no,
            )
            done += 1
    return done


def _hold(row: Complaint, by: Actor) -> None:
    cause = f"complaint:{row.pk}"
    if row.state in RUNNING and row.call_id:
        calls.hold(row.call_id, cause, by)
    else:
        calls.lift(cause, by)


def _fresh(row: Complaint, version: int | None) -> None:
    if version is not None and version != row.version:
        raise ComplaintRefused(
            "stale",
            "投诉单刚被别人更新，请核对后重试",
            "Somebody else has changed it: look again",
            {"version": row.version, "state": row.state},
        )
