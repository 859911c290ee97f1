"""Who is told of a call-back (I3), and what each of them may read."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from springline.business.calls.callbacks import services, tasks
from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.models import Call, CallStep
from springline.business.calls.sentences import sentence
from springline.business.hotline.models import Hotline
from springline.business.messaging import services as messaging
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import Channel, MessageState, OutletKind
from tests.unit.business.lost_calls import Story

pytestmark = pytest.mark.django_db

CALLER, AGENT = "+8613800012345", "+8613900000001"


@pytest.fixture
def call() -> Call:
    messaging.ship()
    Hotline.objects.create(number="4000564000", dids=["4000564000"], reminder_phones=[AGENT])
    Outlet.objects.create(name="群", kind=OutletKind.ROBOT_WECOM, url="https://robot.example")
    Outlet.objects.create(name="系统", kind=OutletKind.WEBHOOK, url="https://hook.example")
    now = timezone.now()
    return Call.objects.create(
        id="c1",
        arrived_at=now - timedelta(minutes=2),
        queued_at=now - timedelta(minutes=1),
        ended_at=now,
        caller=CALLER,
        caller_quality="real",
        hotline="4000564000",
        region="341525",
        message_reason="busy",
        message_seconds=9.0,
    )


def _to(channel: Channel) -> list[Message]:
    return list(Message.objects.filter(channel=channel).order_by("pk"))


def test_an_sms_tells_the_ticket_the_region_and_the_time_only(call: Call) -> None:
    task = services.open_for(call)
    assert task is not None
    (message,) = _to(Channel.SMS)
    assert message.to == AGENT
    assert message.state == MessageState.WAITING
    assert message.body["params"] == [str(task.pk), "霍山县", f"{timezone.localtime(task.due_at):%H:%M}"]
    assert CALLER[3:] not in str(message.body)


def test_a_group_reads_the_number_masked_and_a_webhook_whole(call: Call) -> None:
    services.open_for(call)
    (robot,), (hook,) = _to(Channel.ROBOT), _to(Channel.WEBHOOK)
    assert "138****2345" in robot.body["text"]
    assert CALLER[3:] not in robot.body["text"]
    assert (hook.body["event"], hook.body["data"]["number"]) == ("callback.opened", CALLER)


def test_each_reminder_is_told_once(call: Call) -> None:
    task = services.open_for(call)
    assert task is not None
    for level in (1, 1, 2, 2):
        services.escalate(task.pk, level)
    texts = [message.body["text"] for message in _to(Channel.ROBOT)]
    assert ["新的待回电" in text for text in texts] == [True, False, False]
    assert ["即将超时" in text for text in texts] == [False, True, False]
    assert ["已超时" in text for text in texts] == [False, False, True]


@pytest.mark.parametrize("caller", [CALLER, None])
def test_a_message_that_was_lost_is_told_once_and_called_back_all_the_same(
    call: Call, caller: str | None
) -> None:
    lost = Story("lost", caller).offered().message(0.0, kept=False).ends()
    tasks.follow_calls()
    tasks.follow_calls()
    told = [m.body["text"] for m in _to(Channel.ROBOT) if m.about == "call:lost"]
    assert len(told) == 1
    assert "没有保存" in told[0]
    found = CallbackTask.objects.filter(call_id=lost.pk).first()
    assert found is not None
    assert "没有保存" in found.note
    assert ("运营商" in found.note) == (caller is None), "the carrier knows who called"
    step = CallStep.objects.get(call_id="lost", type="MessageFinished")
    with translation.override("zh-hans"):
        assert "没有保存" in sentence(step.type, step.data, {}, {})


def test_another_call_of_the_same_number_is_no_news(call: Call) -> None:
    services.open_for(call)
    call.pk = "c2"
    call.save()
    services.open_for(call)
    assert len(_to(Channel.SMS)) == 1


def test_a_region_nobody_knows_is_said_so(call: Call) -> None:
    call.region = None
    services.open_for(call)
    assert _to(Channel.SMS)[0].body["params"][1] == "未知片区"


def test_without_outlets_nothing_is_in_the_way(call: Call) -> None:
    Outlet.objects.all().delete()
    Hotline.objects.update(reminder_phones=[])
    assert services.open_for(call) is not None
    assert not Message.objects.exists()
