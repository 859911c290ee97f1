"""What people add to calls. Projected tables are written by the projector alone."""

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.models import WrapUp, WrapUpCode


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
