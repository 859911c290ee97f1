"""What the services share: the row under lock and its events."""

from springline.business.accounts.models import ApiToken, User
from springline.business.complaints.models import Complaint, ComplaintEvent
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.states import EventKind
from springline.business.notices import announce

Actor = User | ApiToken | None


def held(complaint_id: int) -> Complaint:
    """The complaint under lock. Raises ComplaintRefused `unknown_complaint`."""
    row = Complaint.objects.select_for_update().filter(pk=complaint_id).first()
    if row is None:
        raise ComplaintRefused("unknown_complaint", "没有这张投诉单", "There is no such complaint")
    return row


def log(complaint: Complaint, kind: EventKind, by: Actor, note: str = "", **facts: object) -> ComplaintEvent:
    announce("complaint", complaint.pk, customer_id=complaint.customer_id, event=kind.value)
    return ComplaintEvent.objects.create(
        complaint=complaint, kind=kind, who=name_of(by), note=note.strip()[:500], facts=facts
    )


def person(by: Actor) -> User | None:
    return by if isinstance(by, User) else None


def name_of(by: Actor) -> str:
    if by is None:
        return "system"
    return f"token:{by.name}" if isinstance(by, ApiToken) else str(by)


def changed(complaint: Complaint, *fields: str) -> None:
    """Saves `fields` and counts the version up."""
    complaint.version += 1
    complaint.save(update_fields=[*fields, "version"])
