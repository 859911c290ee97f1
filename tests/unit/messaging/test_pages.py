from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.messaging import services
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import MessageState, OutletKind

Sign = Callable[[Role], Client]


@pytest.fixture
def dead(db: None) -> Message:
    services.ship()
    return services.sms("agent_message", "+8613805640001", ("1", "水" * 40, "x"), key="k", about="callback:1")


def test_supervisors_see_and_resend_agents_do_not(dead: Message, as_role: Sign) -> None:
    assert as_role(Role.AGENT).get("/api/messages").status_code == 403
    monitor = as_role(Role.SUPERVISOR)
    body = monitor.get("/api/messages?state=dead").json()
    assert (body["dead"], body["waiting"]) == (1, 0)
    assert body["items"][0]["to"] == "138****0001"
    answer = monitor.post(f"/api/messages/{dead.pk}/retry")
    assert answer.json()["state"] == "waiting"
    assert monitor.post(f"/api/messages/{dead.pk}/retry").status_code == 409
    assert monitor.post("/api/messages/999/retry").status_code == 404
    assert AuditRow.objects.filter(what="message.revived").exists()


def test_secrets_go_in_and_never_come_out(as_role: Sign) -> None:
    admin = as_role(Role.ADMIN)
    added = admin.post(reverse("admin:messaging_outlet_add"), {"name": "群", "kind": "robot_dingtalk"})
    outlet = Outlet.objects.get(name="群")
    page = reverse("admin:messaging_outlet_change", args=[outlet.pk])
    assert added["Location"] == page
    form = {
        "name": "群",
        "url": "https://robot.example/send",
        "events": "[]",
        "active": "on",
        "position": "1",
        "secret_access_token": "a-token-nobody-sees",
        "secret_secret": "",
    }
    assert admin.post(page, form).status_code == 302
    outlet.refresh_from_db()
    assert outlet.secrets == {"access_token": "a-token-nobody-sees"}
    assert "a-token" not in outlet.sealed
    assert "a-token" not in admin.get(page).content.decode()
    admin.post(page, {**form, "secret_access_token": "", "secret_secret": "SEC"})
    outlet.refresh_from_db()
    assert outlet.secrets == {"access_token": "a-token-nobody-sees", "secret": "SEC"}
    assert "SEC" not in str(list(AuditRow.objects.values()))


WECOM, DINGTALK = "https://q.example/webhook/send", "https://d.example/robot/send"
FEISHU, HOOK = "https://f.example/bot/v2/hook", "https://w.example/in?key=theirs"


@pytest.mark.parametrize(
    ("kind", "pasted", "url", "secrets"),
    [
        ("robot_wecom", f"{WECOM}?key=K1", WECOM, {"key": "K1"}),
        ("robot_dingtalk", f"{DINGTALK}?access_token=T1", DINGTALK, {"access_token": "T1"}),
        ("robot_feishu", f"{FEISHU}/T2", FEISHU, {"token": "T2"}),
        ("webhook", HOOK, HOOK, {}),
    ],
)
def test_an_address_is_pasted_whole_and_its_secret_kept_apart(
    as_role: Sign, kind: str, pasted: str, url: str, secrets: dict[str, str]
) -> None:
    admin = as_role(Role.ADMIN)
    admin.post(reverse("admin:messaging_outlet_add"), {"name": "群", "kind": kind})
    outlet = Outlet.objects.get(name="群")
    page = reverse("admin:messaging_outlet_change", args=[outlet.pk])
    form = {"name": "群", "url": pasted, "events": "[]", "active": "on", "position": "1"}
    assert admin.post(page, form).status_code == 302
    outlet.refresh_from_db()
    assert (outlet.url, outlet.secrets) == (url, secrets)


def test_a_new_outlet_knows_where_its_provider_listens(as_role: Sign) -> None:
    admin = as_role(Role.ADMIN)
    admin.post(reverse("admin:messaging_outlet_add"), {"name": "短信", "kind": "sms_aliyun"})
    outlet = Outlet.objects.get(name="短信")
    assert outlet.url == "https://dysmsapi.aliyuncs.com"
    page = admin.get(reverse("admin:messaging_outlet_change", args=[outlet.pk])).content.decode()
    assert "空着表示全部" in page


def test_a_template_that_would_be_refused_is_refused_here(as_role: Sign) -> None:
    admin = as_role(Role.OWNER)
    page = reverse("admin:messaging_smstemplate_add")
    answer = admin.post(page, {"code": "x", "text": "${1}${2}", "ids": "{}", "active": "on"})
    assert "变量不能相邻" in answer.content.decode()


def test_given_up_messages_stand_in_the_back_office_masked(dead: Message, as_role: Sign) -> None:
    admin = as_role(Role.ADMIN)
    text = admin.get(reverse("admin:messaging_message_changelist")).content.decode()
    assert "138****0001" in text
    assert "13805640001" not in text
    assert "变量 2 须为 1–20 字" in text, "says why"
    text = admin.get(reverse("admin:messaging_message_change", args=[dead.pk])).content.decode()
    assert "13805640001" not in text
    assert OutletKind.SMS_LOG in Outlet.objects.get().kind
    assert dead.state == MessageState.DEAD
