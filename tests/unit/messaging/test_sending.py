"""The sender against a gateway on loopback."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
import time_machine
from django.utils import timezone

from springline.business.messaging import services
from springline.business.messaging.models import Attempt, Message, Outlet
from springline.business.messaging.outlets import NotSent, Wait, webhook
from springline.business.messaging.outlets.base import LONGEST_WAIT
from springline.business.messaging.retrying import PAUSES
from springline.business.messaging.sender import HUNG_SECONDS, RUN_SECONDS, Sender, _read
from springline.business.messaging.states import MessageState, OutletKind
from tests.unit.messaging.gateway import Gateway

PHONE = "+8613805640001"
Make = Callable[..., Outlet]
ALIYUN = {"access_key_id": "id", "access_key_secret": "secret"}
GOOD = {
    OutletKind.SMS_ALIYUN: (ALIYUN, {"Code": "OK", "BizId": "biz-1"}),
    OutletKind.SMS_TENCENT: (
        {"secret_id": "id", "secret_key": "key"},
        {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "biz-1"}]}},
    ),
    OutletKind.SMS_HUAWEI: (
        {"app_key": "id", "app_secret": "key"},
        {"code": "000000", "result": [{"smsMsgId": "biz-1"}]},
    ),
    OutletKind.SMS_HTTP: ({"token": "t"}, {"id": "biz-1"}),
}


def _sms(key: str = "cb:1", **fields: object) -> Message:
    services.ship()
    Outlet.objects.filter(kind=OutletKind.SMS_LOG).delete()
    template = services.SmsTemplate.objects.get(code="agent_message")
    template.ids = {outlet.name: "SMS_1" for outlet in Outlet.objects.all()}
    template.save()
    return services.sms("agent_message", PHONE, ("12", "霍山", "11:20"), key=key, **fields)  # type: ignore[arg-type]


def _state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("kind", GOOD)
def test_each_provider_takes_a_message(kind: OutletKind, outlet: Make, gateway: Gateway) -> None:
    secrets, reply = GOOD[kind]
    outlet(kind, **secrets)
    message = _sms()
    gateway.answer(reply)
    assert Sender().run_due() == 1
    assert _state(message) == MessageState.SENT
    assert message.provider_id == "biz-1"
    (heard,) = gateway.heard
    sent = heard.path + heard.body.decode()
    assert "13805640001" in sent
    assert all(secret not in sent for secret in secrets.values() if len(secret) > 3)


@pytest.mark.parametrize(
    ("kind", "secrets", "where"),
    [
        (OutletKind.ROBOT_WECOM, {"key": "k-1"}, "key=k-1"),
        (OutletKind.ROBOT_DINGTALK, {"access_token": "a-1", "secret": "SEC"}, "access_token=a-1"),
        (OutletKind.ROBOT_FEISHU, {"token": "hook-1", "secret": "SEC"}, "/hook-1"),
    ],
)
def test_each_robot_speaks(
    kind: OutletKind, secrets: dict[str, str], where: str, outlet: Make, gateway: Gateway
) -> None:
    outlet(kind, **secrets)
    services.tell_robots("callback.due", "请回电 13805640001", key="cb:1")
    gateway.answer({"errcode": 0, "code": 0})
    assert Sender().run_due() == 1
    (heard,) = gateway.heard
    assert where in heard.path
    assert "138****0001" in heard.body.decode("unicode-escape")


def test_a_webhook_hears_what_it_asked_for_and_can_check_it(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.WEBHOOK, "all", secret="s3cret")
    outlet(OutletKind.WEBHOOK, "orders", events=["order."], secret="s3cret")
    services.publish("call.ended", {"id": "c1"}, key="call:c1")
    services.publish("order.placed", {"id": 7}, key="order:7")
    gateway.answer("", status=204)
    assert Sender().run_due() == 3
    events = sorted(heard.json["event"] for heard in gateway.heard)
    assert events == ["call.ended", "order.placed", "order.placed"]
    for heard in gateway.heard:
        signed = heard.headers[webhook.HEADER.lower()]
        stamp = int(signed.split(",")[0].removeprefix("t="))
        assert signed == webhook.signature("s3cret", stamp, heard.body)


def test_one_key_is_one_message(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    assert _sms("same") == _sms("same")
    assert Sender().run_due() == 1


def test_a_gateway_that_is_away_is_tried_again_and_nothing_is_lost(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    message, sender = _sms(), Sender()
    gateway.answer("busy", status=503, retry_after="120")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sender.run_due()
        assert _state(message) == MessageState.WAITING
        assert message.next_at == timezone.now() + timedelta(seconds=120)
        assert sender.run_due() == 0
        gateway.answer({"id": "later"})
        clock.shift(120)
        sender.run_due()
    assert _state(message) == MessageState.SENT
    assert list(Attempt.objects.values_list("ok", "code")) == [(False, "http_503"), (True, "")]


def test_the_last_failure_gives_up_and_a_person_can_send_it_again(
    outlet: Make, gateway: Gateway, monitor: object
) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    message, sender = _sms(expires_at=timezone.now() + timedelta(days=9)), Sender()
    gateway.answer("down", status=500)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for pause in [*PAUSES, 0]:
            sender.run_due()
            clock.shift(pause)
        assert _state(message) == MessageState.DEAD
        services.revive(message.pk, monitor)  # type: ignore[arg-type]
        gateway.answer({"id": "at last"})
        sender.run_due()
    assert _state(message) == MessageState.SENT


@pytest.mark.parametrize(
    "garbage", ["", "<html>ok</html>", "[]", "null", '"OK"', "{", '{"Code": 7}', "\x00\x01"]
)
@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind is not OutletKind.SMS_HTTP])
def test_garbage_is_no_proof_that_it_was_sent(
    kind: OutletKind, garbage: str, outlet: Make, gateway: Gateway
) -> None:
    """Answered 200 with what nobody can read: tried again or given up with the reason, never called sent.

    A plain HTTP gateway is left out: its status is its word.
    """
    secrets, _good = GOOD[kind]
    outlet(kind, **secrets)
    message, sender = _sms(), Sender()
    gateway.answer(garbage)
    sender.run_due()
    assert _state(message) in {MessageState.WAITING, MessageState.DEAD}
    assert message.error


def test_a_gateway_that_promises_more_than_it_says_is_tried_again(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_ALIYUN, **ALIYUN)
    message = _sms()
    gateway.answer({"Code": "OK", "BizId": "x"}, content_length="5000")
    Sender().run_due()
    assert _state(message) == MessageState.WAITING


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a machine that takes connections and says nothing.

    It is waited for no longer than a gateway that does answer may take on a busy machine.
    """
    monkeypatch.setattr("springline.business.messaging.sender.TIMEOUT_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def test_a_gateway_that_hangs_holds_up_no_others(outlet: Make, gateway: Gateway, hanging: str) -> None:
    outlet(OutletKind.SMS_ALIYUN, **ALIYUN)
    message = _sms()
    Outlet.objects.update(url=hanging)
    Sender().run_due()
    assert _state(message) == MessageState.WAITING
    assert Attempt.objects.get().ok is False


def test_a_receiver_that_hangs_is_waited_for_once(outlet: Make, gateway: Gateway, hanging: str) -> None:
    outlet(OutletKind.WEBHOOK, "slow", ["order.placed"], secret="s")
    Outlet.objects.update(url=hanging)
    for number in range(5):
        services.publish("order.placed", {"no": number}, key=f"order:{number}")
    outlet(OutletKind.SMS_HTTP, token="t")
    message, now = _sms(), [0.0]
    gateway.answer({"id": "x"})
    sender = Sender(clock=lambda: now[0])
    assert sender.run_due() == 2
    assert _state(message) == MessageState.SENT
    assert Attempt.objects.filter(ok=False).count() == 1
    assert sender.run_due() == 0
    now[0] = HUNG_SECONDS + 1
    with time_machine.travel(timezone.now() + timedelta(seconds=now[0]), tick=False):
        assert sender.run_due() == 1, "and then again by one"


def test_a_message_goes_through_the_provider_that_does_not_hang(
    outlet: Make, gateway: Gateway, hanging: str
) -> None:
    outlet(OutletKind.SMS_ALIYUN, **ALIYUN)
    Outlet.objects.update(url=hanging)
    second = outlet(OutletKind.SMS_HTTP, token="t")
    gateway.answer({"id": "x"})
    messages = [_sms("cb:1"), _sms("cb:2")]
    Sender().run_due()
    assert [_state(message) for message in messages] == [MessageState.WAITING, MessageState.SENT]
    assert messages[1].outlet == second


def test_an_answer_without_end_is_cut_off(
    outlet: Make, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("springline.business.messaging.sender.LARGEST_ANSWER", 1000)
    outlet(OutletKind.SMS_HTTP, token="t")
    message = _sms()
    gateway.answer("x" * 5000)
    assert Sender().run_due() == 1
    assert (_state(message), message.error) == (MessageState.WAITING, "ReadTimeout")


NESTED = '{"a":' * 9_000
SHAPES = ("null", "[" * 60_000, NESTED, '{"Response":[]}', '{"Response":{"SendStatusSet":{"a":1}}}')


@pytest.mark.parametrize("kind", [kind for kind in OutletKind if kind is not OutletKind.SMS_LOG])
@pytest.mark.parametrize("body", [*SHAPES, '{"code":"000000","result":["x"]}', '{"errcode":[]}'])
@pytest.mark.parametrize(
    "head", [{}, {"retry-after": "9" * 30}, {"content-type": "text/html; charset=utf-16"}]
)
def test_no_answer_stops_the_sender(kind: OutletKind, body: str, head: dict[str, str]) -> None:
    for status in (200, 301, 429, 500, 999):
        answer = httpx.Response(status, content=body.encode(), headers=head)
        with suppress(NotSent):
            assert (_wait(kind, answer) or 0.0) <= LONGEST_WAIT


def _wait(kind: OutletKind, answer: httpx.Response) -> float | None:
    try:
        _read(kind, answer)
    except Wait as asked:
        return asked.seconds
    return None


def test_what_a_run_has_no_time_for_is_left_to_the_next(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    messages = [_sms(f"cb:{number}") for number in range(3)]
    gateway.answer({"id": "x"})
    times = iter([0.0, 0.0, 0.0, 0.0, 0.0])
    sender = Sender(clock=lambda: next(times, RUN_SECONDS + 1))
    assert sender.run_due() < len(messages)
    assert Sender().run_due() > 0
    assert [_state(message) for message in messages] == [MessageState.SENT] * 3


def test_a_refusal_for_good_is_not_repeated(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_ALIYUN, **ALIYUN)
    message = _sms()
    gateway.answer({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "no"}, status=400)
    Sender().run_due()
    assert _state(message) == MessageState.DEAD
    assert message.error.startswith("isv.MOBILE_NUMBER_ILLEGAL")


def test_one_provider_down_is_the_next_ones_work(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_ALIYUN, **ALIYUN)
    second = outlet(OutletKind.SMS_HTTP, token="t")
    message, sender = _sms(), Sender()
    gateway.answer({"Code": "isp.SYSTEM_ERROR"}, {"id": "b"})
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sender.run_due()
        clock.shift(PAUSES[0])
        sender.run_due()
    assert _state(message) == MessageState.SENT
    assert message.outlet == second


def test_a_sender_that_died_loses_nothing(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    message = _sms()
    held = timezone.now() + timedelta(seconds=90)
    Message.objects.update(state=MessageState.SENDING, next_at=held)
    gateway.answer({"id": "x"})
    assert Sender().run_due() == 0
    with time_machine.travel(held + timedelta(seconds=1), tick=False):
        assert Sender().run_due() == 1
    assert _state(message) == MessageState.SENT


def test_a_burst_for_a_robot_is_merged_and_keeps_its_pace(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.ROBOT_WECOM, key="k")
    for number in range(45):
        services.tell_robots("x", f"第{number}条" + "水" * 600, key=f"m{number}")
    gateway.answer({"errcode": 0})
    sender = Sender(clock=lambda: 0.0)
    sender.run_due()
    sent = Message.objects.filter(state=MessageState.SENT).count()
    assert len(gateway.heard) == 18
    assert sent == 18
    waiting = Message.objects.filter(state=MessageState.WAITING)
    assert waiting.count() == 27
    assert not waiting.exclude(attempts=0).exists()


def test_what_is_of_no_use_any_more_is_not_sent(outlet: Make, gateway: Gateway) -> None:
    outlet(OutletKind.SMS_HTTP, token="t")
    message = _sms(expires_at=timezone.now() - timedelta(seconds=1))
    assert Sender().run_due() == 0
    assert _state(message) == MessageState.CANCELLED
    assert gateway.heard == []


def test_a_value_that_providers_refuse_is_filed_with_its_reason(outlet: Make) -> None:
    services.ship()
    message = services.sms("agent_message", PHONE, ("1", "水" * 40, "x"), key="k")
    assert (message.state, message.error) == (MessageState.DEAD, "value_length 变量 2 须为 1–20 字")


def test_a_new_installation_logs_under_personal_keys_only(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ship()
    message = services.sms("agent_message", PHONE, ("1", "霍山", "11:20"), key="k")
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(
        "springline.business.messaging.sender.log.info", lambda _name, **keys: lines.append(keys)
    )
    Sender().run_due()
    assert _state(message) == MessageState.SENT
    leaked = [key for keys in lines for key, value in keys.items() if PHONE in str(value)]
    assert leaked == ["pii.to"]
