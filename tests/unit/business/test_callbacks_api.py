"""Call-backs over HTTP: the list, the number in one's own hands, the message, the call and its cost."""

import wave
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import AuditRow, User
from springline.business.calls import recordings
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.calls.models import Call, Recording
from springline.business.hotline.models import Hotline
from springline.contracts.commands import PlaceCall, Refused
from tests.unit.business.lost_calls import CALLER, OTHER, left
from tests.unit.business.people import FakeControl

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


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
