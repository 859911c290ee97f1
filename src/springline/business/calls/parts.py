"""What calls hold of one person, for export and erasure (customers.hooks)."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from springline.business import phones
from springline.business.calls.models import (
    Call,
    CallbackAttempt,
    CallbackTask,
    LegalHold,
    Recording,
    WrapUp,
)
from springline.business.calls.states import RecordingState
from springline.business.customers import hooks
from springline.business.customers.models import CustomerPhone
from springline.business.messaging import services as messages


def register() -> None:
    hooks.export_parts["calls"] = export_part
    hooks.forgetters["calls"] = forget


def export_part(ids: list[int]) -> list[dict[str, Any]]:
    """When one person called or was called, and what was noted; times in ISO 8601."""
    numbers = CustomerPhone.objects.filter(customer__in=ids, unbound_at=None).values("e164")
    calls = list(_calls(list(numbers.values_list("e164", flat=True))).order_by("arrived_at"))
    notes = dict(WrapUp.objects.filter(pk__in=[call.pk for call in calls]).values_list("call_id", "note"))
    return [
        {
            "at": call.arrived_at.isoformat(),
            "direction": call.direction,
            "number": call.caller and phones.whole(call.caller) or phones.masked(call.caller or ""),
            "talk_seconds": call.talk_seconds,
            "outcome": call.outcome,
            "note": notes.get(call.pk, ""),
        }
        for call in calls
    ]


def forget(numbers: list[str]) -> None:
    """What was written of calls of these numbers goes, and their recordings with the next purge.

    A recording that a dispute holds stays as long as that. The records of the calls themselves stay: networks
    must keep them (requirements §2.4).
    """
    calls = _calls(numbers).values("pk")
    tasks = CallbackTask.objects.filter(Q(number__in=numbers) | Q(call_id__in=calls))
    messages.forget(numbers, [f"callback:{task}" for task in tasks.values_list("pk", flat=True)])
    CallbackAttempt.objects.filter(task__in=tasks).update(note="")
    tasks.update(note="")
    WrapUp.objects.filter(pk__in=calls).update(note="")
    held = LegalHold.objects.filter(lifted_at=None).values("call_id")
    over = Recording.objects.filter(call_id__in=calls, state=RecordingState.READY, hold=False)
    over.exclude(call_id__in=held).update(expires_on=timezone.localdate() - timedelta(days=1))


def _calls(numbers: list[str]) -> QuerySet[Call]:
    """Those whose numbers are masked by now as well."""
    wanted = [*numbers, *map(phones.pseudonym, numbers)]
    return Call.objects.filter(Q(caller__in=wanted) | Q(callback_number__in=wanted))
