"""What people add to calls. Projected tables are written by the projector alone."""

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.models import LegalHold, WrapUp, WrapUpCode


@transaction.atomic
def wrap_up(call_id: str, code: WrapUpCode, note: str, by: User | ApiToken) -> WrapUp:
    """Note the code of a call; a second one replaces the first, and the audit trail keeps both."""
    former = WrapUp.objects.filter(pk=call_id).values_list("code_id", flat=True).first()
    row, _new = WrapUp.objects.update_or_create(
        call_id=call_id,
        defaults={
            "code": code,
            "note": note.strip(),
            "by": by if isinstance(by, User) else None,
            "at": timezone.now(),
        },
    )
    audit(by, "call.wrapped_up", row, code=code.code, former=former)
    return row


def hold(call_id: str, cause: str, by: User | ApiToken | None) -> None:
    """Keep the call's recordings, also those still to come, until `lift(cause)`; twice is once."""
    _row, new = LegalHold.objects.get_or_create(call_id=call_id, cause=cause, lifted_at=None)
    if new:
        audit(by, "recording.held", None, call_id=call_id, cause=cause)


def lift(cause: str, by: User | ApiToken | None) -> None:
    """End the holds of this cause; what another cause holds stays."""
    for row in LegalHold.objects.select_for_update().filter(cause=cause, lifted_at=None):
        row.lifted_at = timezone.now()
        row.save(update_fields=["lifted_at"])
        audit(by, "recording.released", None, call_id=row.call_id, cause=cause)
