"""What people add to calls. Projected tables are written by the projector alone."""

from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.models import LegalHold


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
