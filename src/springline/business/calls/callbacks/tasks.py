"""What the worker does about call-backs: makes them of calls, reminds of them, closes those who came back."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from springline.business import jobs
from springline.business.calls.callbacks import reminders, services
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackCall, CallbackTask
from springline.business.calls.callbacks.states import UNFINISHED, Result
from springline.business.calls.models import Call, CallStep
from springline.contracts.events import CallOutcome

LOOK_BACK = timedelta(days=14)
LEAST_WAIT_SECONDS = 5.0
"""Who left the queue sooner has not waited: they changed their mind."""

OPEN_SECONDS, CLOCK_SECONDS = 1.0, 5.0
_CAUSES = {17: Result.BUSY, 21: Result.BUSY, 20: Result.OFF, 1: Result.WRONG, 28: Result.WRONG}


def register() -> None:
    jobs.every(OPEN_SECONDS, "callbacks.open", follow_calls)
    jobs.every(CLOCK_SECONDS, "callbacks.clock", watch_clock)


def follow_calls() -> None:
    open_new()
    close_served()
    finish_attempts()


def open_new() -> None:
    known = CallbackTask.objects.filter(call_id=OuterRef("id"))
    further = CallbackCall.objects.filter(call_id=OuterRef("id"))
    lost = Q(message_reason__isnull=False) | Q(
        outcome=CallOutcome.ABANDONED_QUEUE, wait_seconds__gte=LEAST_WAIT_SECONDS
    )
    calls = Call.objects.filter(
        lost, ended_at__isnull=False, connected_at=None, is_test=False, direction="in"
    )
    now = timezone.now()
    recent = calls.filter(~Exists(known), ~Exists(further), arrived_at__gte=now - LOOK_BACK)
    served = Call.objects.filter(caller=OuterRef("number"), connected_at__gt=OuterRef("ended_at"))
    gone = CallStep.objects.filter(call_id=OuterRef("id"), type="MessageFinished", data__kept=False)
    told = Q(message_seconds__gte=services.LEAST_MESSAGE_SECONDS)
    told |= Q(message_seconds__isnull=False) & Exists(gone)
    reachable = Q(~Exists(served), number__isnull=False) | Q(told, number=None)
    # All that is to be known of them is asked at once: most were served since, and this is each second.
    for call in recent.annotate(number=services.NUMBER).filter(reachable).order_by("ended_at"):
        services.open_for(call)
        if services.message_lost(call):
            reminders.message_lost(call)


def close_served() -> None:
    served = Call.objects.filter(
        caller=OuterRef("number"), connected_at__gt=OuterRef("begins_at"), direction="in"
    )
    for task in CallbackTask.objects.filter(Exists(served), state__in=UNFINISHED):
        services.came_back(task.pk)


def finish_attempts() -> None:
    """The outbound calls of attempts that ended tell their results."""
    open_ones = CallbackAttempt.objects.filter(result="").exclude(call_id="")
    for tried in open_ones.filter(at__gte=timezone.now() - LOOK_BACK):
        call = Call.objects.filter(pk=tried.call_id, ended_at__isnull=False).first()
        if call is not None:
            services.attempt_ended(tried.pk, result_of(call))


def result_of(call: Call) -> Result:
    if call.connected_at is not None:
        return Result.REACHED
    return _CAUSES.get(call.cause or 0, Result.NO_ANSWER)


def watch_clock() -> None:
    now = timezone.now()
    waiting = CallbackTask.objects.filter(state__in=UNFINISHED, first_attempt_at=None)
    for level, field in ((2, "due_at"), (1, "warn_at")):
        late = waiting.filter(**{f"{field}__lte": now}, escalation__lt=level)
        for key in late.values_list("pk", flat=True):
            services.escalate(key, level)
