"""All reads of call-backs, shaped for the viewer."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from springline.business import phones
from springline.business.accounts.roles import Action, Actor, may
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.calls.callbacks.schemas import CallbackAttemptOut, CallbackOut
from springline.business.calls.callbacks.states import UNFINISHED, Kind
from springline.business.calls.models import Recording, RecordingFile
from springline.contracts.events import CallerQuality

_MOST = 200


def unfinished(viewer: Actor) -> list[CallbackOut]:
    """Who is to be called back, the longest waiting first; overdue ones before all others."""
    rows = CallbackTask.objects.filter(state__in=UNFINISHED).select_related("taken_by")
    ordered = rows.order_by("-escalation", "place_at", "id")[:_MOST]
    return [_out(viewer, task) for task in _with_attempts(ordered)]


def finished(viewer: Actor, before: datetime | None, limit: int) -> list[CallbackOut]:
    """Those that are done, the latest first."""
    rows = CallbackTask.objects.exclude(state__in=UNFINISHED).select_related("taken_by")
    if before is not None:
        rows = rows.filter(closed_at__lt=before)
    return [_out(viewer, task) for task in _with_attempts(rows.order_by("-closed_at")[:limit])]


def one(viewer: Actor, task: CallbackTask) -> CallbackOut:
    return _out(viewer, task)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many are to be called back, since when the oldest waits, and how many nobody has tried in time:
    `late` after `due_at`, `warned` after `warn_at` only."""

    waiting: int
    oldest_at: datetime | None
    warned: int
    late: int


def waiting_now() -> Waiting:
    now, untried = timezone.now(), Q(first_attempt_at=None)
    rows = CallbackTask.objects.filter(state__in=UNFINISHED)
    found = rows.aggregate(
        waiting=Count("id"),
        oldest_at=Min("place_at"),
        warned=Count("id", filter=untried & Q(warn_at__lte=now, due_at__gt=now)),
        late=Count("id", filter=untried & Q(due_at__lte=now)),
    )
    return Waiting(**found)


@dataclass(frozen=True, slots=True)
class Promise:
    """Of the call-backs that were due: how many were tried in time (I2)."""

    kept: int
    due: int

    @property
    def rate(self) -> float | None:
        return self.kept / self.due if self.due else None


def promise(since: datetime, until: datetime) -> Promise:
    """Of those due in [since, until) by the service calendar, as far as decided. Who called again, or was
    given up, before anybody was late counts nowhere."""
    rows = CallbackTask.objects.filter(due_at__gte=since, due_at__lt=until)
    kept = rows.filter(first_attempt_at__lte=F("due_at")).count()
    late = rows.filter(first_attempt_at__gt=F("due_at")).count()
    never = rows.filter(first_attempt_at=None, due_at__lte=timezone.now())
    never = never.filter(Q(closed_at=None) | Q(closed_at__gt=F("due_at")))
    return Promise(kept, kept + late + never.count())


def message_of(task: CallbackTask) -> Recording | None:
    """The newest message of the call-back, once it is stored."""
    calls = [task.call_id, *task.calls.values_list("call_id", flat=True)]
    files = RecordingFile.objects.filter(call_id__in=calls, path__endswith="-message.wav")
    paths = files.order_by("-started_at").values_list("path", flat=True)
    stored = Recording.objects.in_bulk(list(paths))
    return next((stored[path] for path in paths if path in stored and stored[path].wav), None)


def _with_attempts(rows):  # type: ignore[no-untyped-def]
    return rows.prefetch_related("attempts__by", "calls")


def _out(viewer: Actor, task: CallbackTask) -> CallbackOut:
    mine = task.taken_by.agent_id if task.taken_by else None
    show = task.number is not None and may(viewer, Action.SEE_NUMBERS, mine)
    message = message_of(task) if task.kind == Kind.MESSAGE else None
    quality = CallerQuality.REAL if task.number else CallerQuality.ANONYMOUS
    return CallbackOut(
        id=task.pk,
        kind=task.kind,
        state=task.state,
        version=task.version,
        number=phones.whole(task.number) if show else None,
        number_display=phones.display(task.number, "", quality, show=show),
        known=task.number is not None,
        call_id=task.call_id,
        calls=1 + len(task.calls.all()),
        region=task.region,
        intent=task.intent,
        place_at=task.place_at,
        begins_at=task.begins_at,
        warn_at=task.warn_at,
        due_at=task.due_at,
        escalation=task.escalation,
        in_time=task.in_time,
        taken_by=(task.taken_by.name or task.taken_by.username) if task.taken_by else None,
        mine=task.taken_by is not None and task.taken_by == viewer,
        attempts=[_attempt(tried) for tried in task.attempts.all()],
        message_url=f"/api/callbacks/{task.pk}/message" if message else None,
        message_seconds=message.seconds if message else None,
        note=task.note,
        closed_at=task.closed_at,
    )


def _attempt(tried: CallbackAttempt) -> CallbackAttemptOut:
    by = tried.by
    return CallbackAttemptOut(
        at=tried.at, by=(by.name or by.username) if by else "", result=tried.result, note=tried.note
    )
