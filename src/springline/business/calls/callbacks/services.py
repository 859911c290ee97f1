"""All writes of call-backs: made of calls that nobody took, worked on by agents, closed with a result."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.callbacks import refusals, reminders
from springline.business.calls.callbacks.due import deadlines
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackCall, CallbackTask
from springline.business.calls.callbacks.states import (
    LEAST_ATTEMPTS,
    UNFINISHED,
    Kind,
    Result,
    State,
    Step,
    after,
)
from springline.business.calls.models import Call, CallStep
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.hotline.calendar import hours_of
from springline.business.hotline.models import Hotline
from springline.business.notices import announce
from springline.contracts.commands import PlaceCall
from springline.contracts.events import CallerQuality

Actor = User | ApiToken | None
NOTICE = "callback"
LEAST_MESSAGE_SECONDS = 1.0
_NOT_KEPT = "留言没有保存下来（磁盘已满或录音出错），请向客户问清需求。"
_NOBODY_KNOWN = "留言没有保存下来，来电也没有显示号码：请向运营商查询 {at} 的来电号码，填入后回电。"
_STRENGTH = [Kind.MISSED, Kind.UNSPOKEN, Kind.ASKED, Kind.MESSAGE]


def kind_of(call: Call) -> Kind:
    if (call.message_seconds or 0.0) >= LEAST_MESSAGE_SECONDS:
        return Kind.MESSAGE
    if call.callback_number:
        return Kind.ASKED
    return Kind.UNSPOKEN if call.message_reason else Kind.MISSED


def message_lost(call: Call) -> bool:
    """Whether the recorder gave up on the caller's message; its beginning may be there."""
    steps = CallStep.objects.filter(call_id=call.pk, type="MessageFinished")
    return any(step.data.get("kept") is False for step in steps)


def number_of(call: Call) -> str | None:
    """What was typed, or what was shown and can be trusted."""
    own = call.caller if call.caller_quality == CallerQuality.REAL else None
    return call.callback_number or own


# The same, asked of the database.
NUMBER = Coalesce(
    NullIf("callback_number", Value("")),
    Case(When(caller_quality=CallerQuality.REAL, then="caller"), output_field=CharField(null=True)),
)


@transaction.atomic
def open_for(call: Call) -> CallbackTask | None:
    """The call-back of a call that nobody took; of a number that waits for one already, that one.

    None when nobody could be called: neither a number nor a message. Where a message was lost the carrier's
    list of calls may know the number.
    """
    kind, number, lost = kind_of(call), number_of(call), message_lost(call)
    if number is None and kind is not Kind.MESSAGE and not lost:
        return None
    waiting = CallbackTask.objects.select_for_update().filter(number=number, state__in=UNFINISHED).first()
    if number is not None and waiting is not None:
        CallbackCall.objects.create(task=waiting, call_id=call.id, kind=kind)
        waiting.kind = max(Kind(waiting.kind), kind, key=_STRENGTH.index)
        _save(waiting, "kind")
        return waiting
    ended_at = call.ended_at or call.arrived_at
    due = deadlines(hours_of(call.hotline), ended_at, promised_morning=call.message_reason == "closed")
    task = CallbackTask.objects.create(
        number=number,
        call_id=call.id,
        hotline=call.hotline,
        kind=kind,
        region=call.region or "",
        intent=call.intent or "",
        place_at=call.queued_at or call.arrived_at,
        begins_at=ended_at,
        warn_at=due.warn_at,
        due_at=due.due_at,
        note=_note(call, kind, number) if lost else "",
    )
    _tell(task)
    reminders.opened(task)
    return task


def _note(call: Call, kind: Kind, number: str | None) -> str:
    """Of a call whose message was lost."""
    if number is not None or kind is Kind.MESSAGE:
        return _NOT_KEPT
    return _NOBODY_KNOWN.format(at=f"{timezone.localtime(call.arrived_at):%m-%d %H:%M:%S}")


@transaction.atomic
def came_back(task_id: int) -> None:
    """The caller called again and was served: nobody need call."""
    task = CallbackTask.objects.select_for_update().get(pk=task_id)
    if State(task.state) in UNFINISHED:
        task.closed_at = timezone.now()
        _step(task, Step.COME_BACK, "closed_at")


@transaction.atomic
def escalate(task_id: int, level: int) -> None:
    """Level 1 reminds the agents, level 2 tells the supervisors as well; each once."""
    task = CallbackTask.objects.select_for_update().get(pk=task_id)
    if State(task.state) in UNFINISHED and task.escalation < level:
        task.escalation = level
        _save(task, "escalation")
        reminders.late(task, level)


@transaction.atomic
def take(task_id: int, by: User) -> CallbackTask:
    """Into this user's hands; again by the same user changes nothing. Raises CallbackRefused."""
    task = _unfinished(task_id, by)
    if task.state == State.OPEN:
        task.taken_by = by
        _step(task, Step.TAKE, "taken_by")
        audit(by, "callback.taken", task)
    return task


@transaction.atomic
def put_back(task_id: int, by: User) -> CallbackTask:
    task = _unfinished(task_id, by)
    if task.state == State.TAKEN:
        task.taken_by = None
        _step(task, Step.PUT_BACK, "taken_by")
        audit(by, "callback.put_back", task)
    return task


@transaction.atomic
def name_number(task_id: int, by: User, text: str) -> CallbackTask:
    """The number that the message tells, or the carrier's list; returns the call-back that has it now: one
    of that number that waits already takes this one in.

    Raises CallbackRefused: also when a number is known that nobody found to be wrong.
    """
    task = _unfinished(task_id, by)
    if task.number is not None and not task.attempts.filter(result=Result.WRONG).exists():
        raise refusals.number_known()
    try:
        number = to_e164(text)
    except NoNumber:
        raise refusals.no_such_number() from None
    audit(by, "callback.number_named", task)
    others = CallbackTask.objects.select_for_update().filter(number=number, state__in=UNFINISHED)
    waiting = others.exclude(pk=task.pk).first()
    if waiting is None:
        task.number = number
        _save(task, "number")
        return task
    CallbackCall.objects.create(task=waiting, call_id=task.call_id, kind=task.kind)
    task.calls.update(task=waiting)
    task.attempts.update(task=waiting)
    waiting.kind = max(Kind(waiting.kind), Kind(task.kind), key=_STRENGTH.index)
    waiting.place_at = min(waiting.place_at, task.place_at)
    _save(waiting, "kind", "place_at")
    announce(NOTICE, task.pk, state=str(waiting.state), escalation=waiting.escalation)
    task.delete()
    return waiting


@transaction.atomic
def attempt(
    task_id: int, by: User, *, result: Result | None = None, note: str = "", call_id: str = ""
) -> CallbackAttempt:
    """The agent tried to call. `result` None: the call is being made, and tells it when it ends.

    Reaching the customer closes the call-back. Raises CallbackRefused.
    """
    task = _unfinished(task_id, by)
    if task.state == State.OPEN:
        task.taken_by = by
        _step(task, Step.TAKE, "taken_by")
    tried = CallbackAttempt.objects.create(
        task=task, by=by, call_id=call_id, result=result or "", note=note.strip()
    )
    if task.first_attempt_at is None:
        task.first_attempt_at = tried.at
        _save(task, "first_attempt_at")
    audit(by, "callback.attempted", task, result=tried.result)
    if result is not None:
        _after(task, tried)
    return tried


def call_out(task_id: int, by: User, agent: str, place: Callable[[PlaceCall], None]) -> CallbackAttempt:
    """Call the number of a call-back: `place` asks the live floor, and raises when it refuses.

    Then nothing was attempted. Raises CallbackRefused.
    """
    with transaction.atomic():
        task = _unfinished(task_id, by)
        if task.number is None:
            raise refusals.no_number()
        hotline = Hotline.objects.filter(number=task.hotline).first() or Hotline.objects.first()
        if hotline is None or not hotline.callback_number:
            raise refusals.outbound_off()
        _within_limits(hotline)
        tried = attempt(task_id, by, call_id=uuid4().hex)
        place(
            PlaceCall(
                call_id=tried.call_id,
                agent=agent,
                number=task.number,
                hotline=hotline.number,
                first_call=task.call_id,
            )
        )
        return tried


def _within_limits(hotline: Hotline) -> None:
    """Raises CallbackRefused when today's calls out were as many, or cost as much, as they may."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = list(Call.objects.filter(direction="out", arrived_at__gte=midnight))
    if len(calls) >= hotline.outbound_daily:
        raise refusals.daily_cap()
    minutes = sum(_minutes(call, now) for call in calls)
    if (minutes + 1) * hotline.outbound_rate > hotline.outbound_spend:
        raise refusals.spend_cap()


def _minutes(call: Call, now: datetime) -> int:
    """Begun minutes that the carrier charges; a call that still rings may become one."""
    if call.ended_at is not None:
        return ceil((call.talk_seconds or 0) / 60)
    return max(1, ceil((now - call.connected_at).total_seconds() / 60)) if call.connected_at else 1


@transaction.atomic
def attempt_ended(attempt_id: int, result: Result) -> None:
    """The call of an attempt ended; what the agent said meanwhile stands."""
    tried = CallbackAttempt.objects.select_for_update().get(pk=attempt_id)
    if not tried.result:
        tried.result = result
        tried.save(update_fields=["result"])
        _after(CallbackTask.objects.select_for_update().get(pk=tried.task_id), tried)


def _after(task: CallbackTask, tried: CallbackAttempt) -> None:
    if State(task.state) not in UNFINISHED:
        return
    if tried.result == Result.REACHED:
        task.closed_at, task.note = timezone.now(), tried.note or task.note
        _step(task, Step.REACH, "closed_at", "note")
    else:
        _save(task)


@transaction.atomic
def give_up(task_id: int, by: User, note: str) -> CallbackTask:
    """After two attempts at the earliest, where there is a number. Raises CallbackRefused."""
    task = _unfinished(task_id, by)
    if task.number is not None and task.attempts.count() < LEAST_ATTEMPTS:
        raise refusals.too_few_attempts()
    task.closed_at, task.note = timezone.now(), note.strip()
    _step(task, Step.GIVE_UP, "closed_at", "note")
    audit(by, "callback.given_up", task)
    return task


def _unfinished(task_id: int, by: User) -> CallbackTask:
    """Locked, and not in somebody else's hands. Raises CallbackTask.DoesNotExist, CallbackRefused."""
    task = CallbackTask.objects.select_for_update(of=("self",)).select_related("taken_by").get(pk=task_id)
    if State(task.state) not in UNFINISHED:
        raise refusals.finished()
    if task.taken_by is not None and task.taken_by.pk != by.pk and not _overdue(task, timezone.now()):
        raise refusals.in_other_hands(task.taken_by.name or task.taken_by.username)
    return task


def _overdue(task: CallbackTask, now: datetime) -> bool:
    """What one agent did not do in time, anybody may."""
    return task.due_at < now and task.first_attempt_at is None


def _step(task: CallbackTask, step: Step, *fields: str) -> None:
    task.state = after(State(task.state), step)
    _save(task, "state", *fields)


def _save(task: CallbackTask, *fields: str) -> None:
    task.version += 1
    task.save(update_fields=[*fields, "version"])
    _tell(task)


def _tell(task: CallbackTask) -> None:
    announce(NOTICE, task.pk, state=str(task.state), escalation=task.escalation)
