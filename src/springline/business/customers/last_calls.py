"""The screen pop's `calls`: when this customer called before, and what it was about."""

from typing import Any

from springline.business.calls.models import Call, WrapUp
from springline.business.customers import hooks
from springline.business.customers.models import CustomerPhone
from springline.business.prepared import Prepared
from springline.contracts.events import CallerQuality

_SHOWN = 6
_NUMBERS = Prepared(
    lambda ids: CustomerPhone.objects.filter(customer__in=ids, unbound_at=None).values_list("e164", flat=True)
)
_CALLS = Prepared(
    lambda numbers: Call.objects.filter(
        caller__in=numbers, caller_quality=CallerQuality.REAL, ended_at__isnull=False
    ).order_by("-arrived_at")[:_SHOWN]
)


def pop_part(ids: list[int]) -> list[dict[str, Any]]:
    """The newest first, only calls that have ended. `code` and `note` are of the wrap-up, "" without one."""
    calls = _CALLS(_NUMBERS(ids))
    wrapped = {row.call_id: row for row in WrapUp.objects.filter(call_id__in=[call.pk for call in calls])}
    return [
        {
            "id": call.pk,
            "at": call.arrived_at,
            "outcome": call.outcome,
            "intent": call.intent,
            "agent": call.agent,
            "talk_seconds": call.talk_seconds,
            "code": wrapped[call.pk].code_id if call.pk in wrapped else "",
            "note": wrapped[call.pk].note if call.pk in wrapped else "",
        }
        for call in calls
    ]


def register() -> None:
    hooks.pop_parts["calls"] = pop_part
