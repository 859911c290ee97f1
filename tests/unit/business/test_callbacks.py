"""Call-backs: made of calls that nobody took, due by the service calendar, worked on, closed (I1, I2)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.calls import projector, recordings
from springline.business.calls.callbacks import services, states, tasks
from springline.business.calls.callbacks.due import deadlines
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.calls.callbacks.refusals import CallbackRefused
from springline.business.calls.callbacks.states import TRANSITIONS, Kind, Result, State, Step
from springline.business.calls.models import Call, Recording
from springline.contracts import events, voicemail
from springline.contracts.config import ServiceHours, Span
from springline.platform.states import IllegalTransition
from tests.unit.business.lost_calls import CALLER, OTHER, Story, left

pytestmark = pytest.mark.django_db

HOURS = ServiceHours(week=((Span(opens=450, closes=1230),),) * 7)


# How they come to be.


def test_a_message_makes_one_call_back_and_a_second_look_none(db: None) -> None:
    task = left()
    tasks.follow_calls()
    assert CallbackTask.objects.count() == 1
    assert (task.kind, task.number, task.state) == (Kind.MESSAGE, CALLER, State.OPEN)
    assert (task.region, task.intent) == ("341502+341503", "订水")
    call = Call.objects.get()
    assert task.begins_at == call.ended_at
    assert task.due_at - task.begins_at == timedelta(minutes=15)
    assert task.warn_at - task.begins_at == timedelta(minutes=10)
    assert task.place_at == call.queued_at, "keeps the place in line"


def test_a_replay_of_the_journal_changes_nothing(db: None) -> None:
    left()
    projector.rebuild()
    Story().queued().offered().message().ends()
    tasks.follow_calls()
    assert CallbackTask.objects.count() == 1


@pytest.mark.parametrize(
    ("tell", "outcome", "kind"),
    [
        (lambda s: s.queued().offered(), events.CallOutcome.ABANDONED_QUEUE, Kind.UNSPOKEN),
        (lambda s: s.offered().message(0.4), events.CallOutcome.ABANDONED_MENU, Kind.UNSPOKEN),
        (lambda s: s.queued(), events.CallOutcome.ABANDONED_QUEUE, Kind.MISSED),
        (
            lambda s: s.offered().tell(voicemail.CallbackNumberGiven, number=CALLER, entered=False),
            events.CallOutcome.MESSAGE,
            Kind.ASKED,
        ),
    ],
)
def test_who_left_no_message_is_called_back_too(
    tell: Callable[[Story], Story], outcome: events.CallOutcome, kind: Kind
) -> None:
    tell(Story()).ends(outcome)
    tasks.follow_calls()
    assert CallbackTask.objects.get().kind == kind


@pytest.mark.parametrize(
    ("tell", "outcome", "after"),
    [
        (lambda s: s, events.CallOutcome.ABANDONED_MENU, 20.0),
        (lambda s: s, events.CallOutcome.OUT_OF_AREA, 20.0),
        (lambda s: s.queued(), events.CallOutcome.ABANDONED_QUEUE, 2.0),
    ],
)
def test_who_did_not_wait_is_not_called(
    tell: Callable[[Story], Story], outcome: events.CallOutcome, after: float
) -> None:
    tell(Story()).ends(outcome, after)
    tasks.follow_calls()
    assert not CallbackTask.objects.exists()


def test_a_hidden_number_without_a_message_cannot_be_called(db: None) -> None:
    Story(caller=None).queued().offered().ends(events.CallOutcome.ABANDONED_QUEUE)
    tasks.follow_calls()
    assert not CallbackTask.objects.exists()
    assert left("c2", None).number is None
    assert left("c3", None).number is None, "two unknown callers are not one"


def test_who_was_served_since_or_cannot_be_reached_is_not_asked_about_again(db: None) -> None:
    for n in range(3):
        number = f"+861390000000{n}"
        Story(f"hidden{n}", None).queued().ends(events.CallOutcome.ABANDONED_QUEUE)
        Story(f"lost{n}", number, ago=600).queued().ends(events.CallOutcome.ABANDONED_QUEUE)
        Story(f"again{n}", number).queued().ends(events.CallOutcome.HANDLED)
    Call.objects.filter(pk__startswith="again").update(connected_at=timezone.now())
    tasks.open_new()
    with CaptureQueriesContext(connection) as asked:
        tasks.open_new()
    assert len(asked) == 1
    assert not CallbackTask.objects.exists()


def test_those_who_cannot_be_called_are_not_looked_at_again(
    db: None, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for name in ("c1", "c2", "c3"):
        Story(name, caller=None).queued().offered().ends(events.CallOutcome.ABANDONED_QUEUE)
    with django_assert_num_queries(1):
        tasks.open_new()


def test_a_typed_number_wins(db: None) -> None:
    story = Story().offered().tell(voicemail.CallbackNumberGiven, number=OTHER, entered=True)
    story.message().ends()
    tasks.follow_calls()
    assert CallbackTask.objects.get().number == OTHER


def test_one_number_has_one_open_call_back(db: None) -> None:
    first = left("c1", ago=600)
    Story("c2").queued().ends(events.CallOutcome.ABANDONED_QUEUE)
    tasks.follow_calls()
    first.refresh_from_db()
    assert CallbackTask.objects.count() == 1
    assert [c.call_id for c in first.calls.all()] == ["c2"]
    assert first.kind == Kind.MESSAGE, "a message stays one"
    with pytest.raises(IntegrityError), transaction.atomic():
        CallbackTask.objects.create(
            number=CALLER, call_id="x", kind=Kind.MISSED, place_at=first.place_at,
            begins_at=first.begins_at, warn_at=first.warn_at, due_at=first.due_at,
        )  # fmt: skip


def test_who_calls_again_and_is_served_need_not_be_called(db: None) -> None:
    task = left(ago=600)
    story = Story("c2", ago=60).queued()
    story.at += timedelta(seconds=5)
    story.tell(events.AgentConnected, agent="1001", queue="city", wait_seconds=5.0)
    story.ends(events.CallOutcome.HANDLED)
    tasks.follow_calls()
    task.refresh_from_db()
    assert task.state == State.CAME_BACK
    # And a call that was lost before is not dug out afterwards.
    Story("c0", ago=700).queued().ends(events.CallOutcome.ABANDONED_QUEUE)
    tasks.follow_calls()
    assert CallbackTask.objects.count() == 1


# When they are due.


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("ended", "morning", "warn", "due"),
    [
        ("2026-11-23 10:00", False, "2026-11-23 10:10", "2026-11-23 10:15"),
        ("2026-11-23 23:40", True, "2026-11-24 07:55", "2026-11-24 08:00"),
        ("2026-11-24 02:00", True, "2026-11-24 07:55", "2026-11-24 08:00"),
        ("2026-11-23 20:25", True, "2026-11-24 07:55", "2026-11-24 08:00"),
        ("2026-11-23 20:25", False, "2026-11-24 07:35", "2026-11-24 07:40"),
    ],
)
def test_due_by_the_service_calendar(ended: str, morning: bool, warn: str, due: str) -> None:
    found = deadlines(HOURS, at(ended), promised_morning=morning)
    assert (found.warn_at, found.due_at) == (at(warn), at(due))


def test_reminded_after_10_minutes_and_told_to_supervisors_after_15(db: None) -> None:
    task = left()
    for minutes, level in ((9, 0), (11, 1), (14, 1), (16, 2), (40, 2)):
        begins = timezone.now() - timedelta(minutes=minutes)
        CallbackTask.objects.update(
            begins_at=begins, warn_at=begins + timedelta(minutes=10), due_at=begins + timedelta(minutes=15)
        )
        tasks.watch_clock()
        task.refresh_from_db()
        assert task.escalation == level, minutes


@pytest.mark.parametrize(("minutes", "kept"), [(14.9, True), (15.1, False)])
def test_started_in_time_or_not(xiaoan: User, minutes: float, kept: bool) -> None:
    task = left()
    begins = timezone.now() - timedelta(minutes=minutes)
    CallbackTask.objects.update(begins_at=begins, due_at=begins + timedelta(minutes=15))
    services.attempt(task.pk, xiaoan, result=Result.NO_ANSWER)
    task.refresh_from_db()
    assert task.in_time is kept


# How they are worked on.


def test_two_attempts_before_it_is_given_up(xiaoan: User) -> None:
    task = left()
    services.attempt(task.pk, xiaoan, result=Result.NO_ANSWER)
    with pytest.raises(CallbackRefused, match="too_few_attempts"):
        services.give_up(task.pk, xiaoan, "")
    services.attempt(task.pk, xiaoan, result=Result.BUSY)
    assert services.give_up(task.pk, xiaoan, "两次无人接听").state == State.GIVEN_UP
    with pytest.raises(CallbackRefused, match="finished"):
        services.attempt(task.pk, xiaoan, result=Result.REACHED)


def test_reaching_the_customer_closes_it(xiaoan: User) -> None:
    task = left()
    services.attempt(task.pk, xiaoan, result=Result.REACHED, note="订两桶")
    task.refresh_from_db()
    assert (task.state, task.note) == (State.REACHED, "订两桶")
    assert task.closed_at is not None


def test_whom_nobody_can_name_is_given_up_at_once(xiaoan: User) -> None:
    assert services.give_up(left(caller=None).pk, xiaoan, "听不清").state == State.GIVEN_UP


# The number that a message tells.


def test_the_number_that_the_message_tells_is_called(xiaoan: User) -> None:
    task = services.name_number(left(caller=None).pk, xiaoan, "139 0005 4321")
    assert (task.number, task.state) == (OTHER, State.OPEN)
    with pytest.raises(CallbackRefused, match="number_known"):
        services.name_number(task.pk, xiaoan, CALLER)
    services.attempt(task.pk, xiaoan, result=Result.WRONG)
    assert services.name_number(task.pk, xiaoan, CALLER).number == CALLER, "misheard"


def test_what_is_no_number_is_refused(xiaoan: User) -> None:
    with pytest.raises(CallbackRefused, match="no_such_number"):
        services.name_number(left(caller=None).pk, xiaoan, "1390005")


def test_a_number_that_waits_already_stays_one_call_back(xiaoan: User) -> None:
    """The message goes with it, and a look at the calls makes no new one."""
    older = left("c1", None, ago=900)
    waiting = left("c2", OTHER)
    merged = services.name_number(older.pk, xiaoan, OTHER)
    tasks.follow_calls()
    assert CallbackTask.objects.get() == merged == waiting
    assert [one.call_id for one in merged.calls.all()] == ["c1"]
    assert merged.place_at == older.place_at


def test_what_one_has_in_hand_another_leaves_alone(xiaoan: User, xiaohuo: User) -> None:
    task = left()
    services.take(task.pk, xiaoan)
    services.take(task.pk, xiaoan)
    with pytest.raises(CallbackRefused, match="in_other_hands"):
        services.take(task.pk, xiaohuo)
    services.put_back(task.pk, xiaoan)
    assert services.take(task.pk, xiaohuo).taken_by == xiaohuo
    CallbackTask.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    services.attempt(task.pk, xiaoan, result=Result.REACHED)
    task.refresh_from_db()
    assert task.state == State.REACHED, "overdue: anybody may"


def test_an_outgoing_call_tells_its_result(xiaoan: User) -> None:
    task = left()
    services.attempt(task.pk, xiaoan, call_id="out1")
    call = Call.objects.create(id="out1", direction="out", arrived_at=timezone.now(), caller=CALLER)
    tasks.follow_calls()
    assert CallbackAttempt.objects.get().result == ""
    call.ended_at, call.cause = timezone.now(), 17
    call.save()
    tasks.follow_calls()
    assert CallbackAttempt.objects.get().result == Result.BUSY
    services.attempt(task.pk, xiaoan, call_id="out2")
    now = timezone.now()
    Call.objects.create(id="out2", direction="out", arrived_at=now, connected_at=now, ended_at=now)
    tasks.follow_calls()
    task.refresh_from_db()
    assert task.state == State.REACHED


def test_the_table_of_states() -> None:
    for state in State:
        for step in Step:
            if (state, step) in TRANSITIONS:
                assert states.after(state, step) == TRANSITIONS[state, step]
            else:
                with pytest.raises(IllegalTransition):
                    states.after(state, step)


def test_an_empty_message_is_missing(recordings_dir: Path) -> None:
    left()
    (recordings_dir / "2026-11-23").mkdir()
    (recordings_dir / "2026-11-23/c1-message.wav").write_bytes(bytes(44))
    for file in recordings.waiting():
        recordings.finalise(recordings_dir, file)
    assert Recording.objects.get().state == "missing"
