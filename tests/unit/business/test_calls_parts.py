"""What calls hold of one person: exported, and gone when the person is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.calls import parts
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.calls.callbacks.states import Kind
from springline.business.calls.models import Call, LegalHold, Recording, WrapUp, WrapUpCode
from springline.business.calls.states import RecordingState
from springline.business.customers import hooks
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.messaging.models import Message
from springline.business.messaging.states import Channel, MessageState

pytestmark = pytest.mark.django_db
HERS, OTHERS = "+8613800012345", "+8613900054321"


@pytest.fixture
def wang() -> Customer:
    customer = Customer.objects.create(name="王大姐")
    CustomerPhone.objects.create(customer=customer, e164=HERS)
    code, _new = WrapUpCode.objects.get_or_create(code="order", defaults={"name_zh": "订水"})
    now, later = timezone.now(), timezone.localdate() + timedelta(days=80)
    for call_id, number in (("c1", HERS), ("c2", HERS), ("c3", OTHERS)):
        Call.objects.create(id=call_id, arrived_at=now, caller=number)
        WrapUp.objects.create(call_id=call_id, code=code, note=f"note of {call_id}")
        Recording.objects.create(
            path=f"{call_id}.raw", call_id=call_id, state=RecordingState.READY, expires_on=later
        )
        task = CallbackTask.objects.create(
            number=number if call_id != "c2" else None,
            **{"call_id": call_id, "kind": Kind.MISSED, "note": f"task of {call_id}"},
            **dict.fromkeys(("place_at", "begins_at", "warn_at", "due_at"), now),
        )
        CallbackAttempt.objects.create(task=task, note=f"attempt of {call_id}")
        Message.objects.create(
            key=call_id, channel=Channel.WEBHOOK, body={"data": number}, about=f"callback:{task.pk}"
        )
    Message.objects.create(key="sms", channel=Channel.SMS, to=HERS, body={"template": "x", "params": ["7"]})
    LegalHold.objects.create(call_id="c2", cause="complaint:1")
    return customer


def test_notes_recordings_and_messages_go_and_only_hers(wang: Customer) -> None:
    parts.forget([HERS])
    written = (WrapUp, CallbackTask, CallbackAttempt)
    notes = {row.note for table in written for row in table.objects.all()}
    assert notes == {"", "note of c3", "task of c3", "attempt of c3"}
    assert {row.body.get("data") for row in Message.objects.all()} == {None, OTHERS}
    assert Message.objects.filter(to=HERS).count() == 0
    assert dict(Message.objects.values_list("key", "state")) == {
        "c1": MessageState.CANCELLED, "c2": MessageState.CANCELLED, "sms": MessageState.CANCELLED,
        "c3": MessageState.WAITING,
    }  # fmt: skip


def test_a_recording_that_a_dispute_holds_stays(wang: Customer) -> None:
    parts.forget([HERS])
    today = timezone.localdate()
    over = Recording.objects.filter(expires_on__lt=today).values_list("call_id", flat=True)
    assert list(over) == ["c1"]
    assert Call.objects.filter(caller=HERS).count() == 2


def test_her_calls_are_in_the_export(wang: Customer, xiaoan: User) -> None:
    told = hooks.export_parts["calls"]([wang.pk])
    assert [(row["number"], row["note"]) for row in told] == [(HERS, "note of c1"), (HERS, "note of c2")]
