"""Call-backs: made of calls that nobody took, due by the service calendar, worked on, closed (I1, I2)."""

import wave
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import AuditRow, User
from springline.business.calls import projector, recordings
from springline.business.calls.callbacks import services, states, tasks
from springline.business.calls.callbacks.due import deadlines
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.calls.callbacks.refusals import CallbackRefused
from springline.business.calls.callbacks.states import TRANSITIONS, Kind, Result, State, Step
from springline.business.calls.models import Call, Recording
from springline.business.hotline.models import Hotline
from springline.contracts import codec, events, voicemail
from springline.contracts.commands import PlaceCall, Refused
from springline.contracts.config import ServiceHours, Span
from springline.contracts.event import CallEvent
from springline.platform.bus import JournalEntry
from springline.platform.states import IllegalTransition
from tests.unit.business.people import FakeControl

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

CALLER, OTHER = "+8613800012345", "+8613900054321"
HOURS = ServiceHours(week=((Span(opens=450, closes=1230),),) * 7)


class Story:
    """One call that nobody took, told event by event."""

    def __init__(self, call_id: str = "c1", caller: str | None = CALLER, ago: float = 60.0) -> None:
        self.call_id, self.at = call_id, timezone.now() - timedelta(seconds=ago)
        self.told: list[CallEvent] = []
        quality = events.CallerQuality.REAL if caller else events.CallerQuality.ANONYMOUS
        self.tell(
            events.CallArrived, channel_id="x", dialled="4000564000", hotline="4000564000",
            caller_raw="", caller=caller, caller_quality=quality,
        )  # fmt: skip

    def tell(self, kind: type[CallEvent], **fields: object) -> "Story":
        self.told.append(kind(at=self.at, call_id=self.call_id, **fields))  # type: ignore[call-arg]
        return self

    def queued(self) -> "Story":
        return self.tell(events.CallQueued, queue="city", via="key", intent="订水", region="341502+341503")

    def offered(self, reason: str = "busy") -> "Story":
        return self.tell(voicemail.MessageOffered, reason=reason)

    def message(self, seconds: float = 12.0) -> "Story":
        path = f"2026-11-23/{self.call_id}-message.wav"
        self.tell(voicemail.MessageStarted, path=path)
        return self.tell(voicemail.MessageFinished, path=path, seconds=seconds, size=int(16000 * seconds))

    def ends(self, outcome: events.CallOutcome = events.CallOutcome.MESSAGE, after: float = 20.0) -> Call:
        self.at += timedelta(seconds=after)
        self.tell(events.CallEnded, by=events.HangupBy.CALLER, outcome=outcome, cause=16, talk_seconds=0.0)
        start = projector.applied()
        projector.apply_batch(
            [
                JournalEntry(seq=start + n, subject="journal.call.x", data=codec.encode(e), at=e.at)
                for n, e in enumerate(self.told, 1)
            ]
        )
        return Call.objects.get(pk=self.call_id)


def left(call_id: str = "c1", caller: str | None = CALLER, ago: float = 60.0) -> CallbackTask:
    """A message, and its call-back."""
    Story(call_id, caller, ago).queued().offered().message().ends()
    tasks.follow_calls()
    return CallbackTask.objects.get(call_id=call_id)


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


# Over HTTP.


def test_the_list_and_the_number_in_ones_own_hands(xiaoan: User, signed_in: SignIn) -> None:
    task = left()
    client = signed_in(xiaoan)
    [item] = client.get("/api/callbacks").json()["items"]
    assert (item["number"], item["number_display"], item["kind"]) == (None, "138****2345", "message")
    taken = client.post(f"/api/callbacks/{task.pk}/take").json()
    assert (taken["number"], taken["state"], taken["mine"]) == (CALLER, "taken", True)
    refused = client.post(f"/api/callbacks/{task.pk}/give-up", {"note": ""}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few_attempts")
    answer = client.post(
        f"/api/callbacks/{task.pk}/attempts", {"result": "reached"}, content_type="application/json"
    )
    assert answer.json()["state"] == "reached"
    assert client.get("/api/callbacks").json()["items"] == []
    assert len(client.get("/api/callbacks?finished=true").json()["items"]) == 1
    assert client.post("/api/callbacks/999/take").status_code == 404


def test_the_oldest_place_in_line_comes_first_and_overdue_before_all(xiaoan: User, signed_in: SignIn) -> None:
    left("late", OTHER, ago=50)
    left("early", CALLER, ago=500)
    left("overdue", "+8613800099999", ago=10)
    CallbackTask.objects.filter(call_id="overdue").update(escalation=2)
    items = signed_in(xiaoan).get("/api/callbacks").json()["items"]
    assert [item["call_id"] for item in items] == ["overdue", "early", "late"]


def test_the_message_can_be_heard_and_leaves_an_audit_row(
    recordings_dir: Path, xiaoan: User, signed_in: SignIn
) -> None:
    task = left()
    path = recordings_dir / "2026-11-23/c1-message.wav"
    path.parent.mkdir()
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000 * 12))
    client = signed_in(xiaoan)
    assert client.get(f"/api/callbacks/{task.pk}/message").status_code == 404
    for file in recordings.waiting():
        recordings.finalise(recordings_dir, file)
    assert path.exists(), "stays where it was recorded"
    kept = Recording.objects.get()
    assert (kept.seconds, kept.state, kept.wav) == (12.0, "ready", "2026-11-23/c1-message.wav")
    assert kept.expires_on is not None
    [item] = client.get("/api/callbacks").json()["items"]
    assert item["message_seconds"] == 12.0
    heard = client.get(item["message_url"])
    assert heard.status_code == 200
    assert b"".join(heard.streaming_content) == path.read_bytes()
    assert AuditRow.objects.filter(what="message.read").count() == 1


def test_an_empty_message_is_missing(recordings_dir: Path) -> None:
    left()
    (recordings_dir / "2026-11-23").mkdir()
    (recordings_dir / "2026-11-23/c1-message.wav").write_bytes(bytes(44))
    for file in recordings.waiting():
        recordings.finalise(recordings_dir, file)
    assert Recording.objects.get().state == "missing"


def test_click_to_call(floor: FakeControl, xiaoan: User, signed_in: SignIn) -> None:
    task = left()
    client = signed_in(xiaoan)
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["code"] == "outbound_off"
    Hotline.objects.create(number="4000564000", dids=[], callback_number="05643210000", outbound_daily=1)
    floor.refuse = Refused(code="busy", message_zh="通话中", message_en="busy")
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["code"] == "busy"
    assert not CallbackAttempt.objects.exists(), "refused: nothing was attempted"
    task.refresh_from_db()
    assert task.first_attempt_at is None
    floor.refuse = None
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["state"] == "taken"
    command = floor.heard[-1]
    assert isinstance(command, PlaceCall)
    tried = CallbackAttempt.objects.get()
    assert (command.number, command.agent, command.first_call) == (CALLER, "1001", "c1")
    assert (command.call_id, tried.result) == (tried.call_id, "")
    Call.objects.create(id="out", direction="out", arrived_at=timezone.now())
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["code"] == "daily_cap"


def test_the_money_of_a_day_is_spent_and_the_next_day_has_its_own(
    floor: FakeControl, xiaoan: User, signed_in: SignIn
) -> None:
    """150 分 are ten minutes: a call of 8:01, one that was not answered, and one that is rung now."""
    Hotline.objects.create(
        number="4000564000", dids=[], callback_number="05643210000", outbound_rate=15, outbound_spend=150
    )
    task, client, now = left(), signed_in(xiaoan), timezone.now()
    yesterday = now - timedelta(days=1)
    for key, at, talked in (("old", yesterday, 3600.0), ("long", now, 481.0), ("none", now, 0.0)):
        Call.objects.create(id=key, direction="out", arrived_at=at, ended_at=at, talk_seconds=talked)
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["state"] == "taken"
    Call.objects.create(id="rings", direction="out", arrived_at=now)
    assert client.post(f"/api/callbacks/{task.pk}/call").json()["code"] == "spend_cap"


def test_an_unknown_number_and_a_user_without_a_phone_cannot_call(
    floor: FakeControl, xiaoan: User, monitor: User, signed_in: SignIn
) -> None:
    task = left(caller=None)
    assert signed_in(xiaoan).post(f"/api/callbacks/{task.pk}/call").json()["code"] == "no_number"
    assert signed_in(monitor).post(f"/api/callbacks/{task.pk}/call").json()["code"] == "no_agent"


@pytest.mark.parametrize("number", ["4000564000", "864000564000", "04000564000", "8001234567"])
def test_the_back_office_refuses_a_400_number_as_caller(number: str) -> None:
    with pytest.raises(ValidationError):
        Hotline(number="4000564000", dids=["1"], callback_number=number).full_clean()
