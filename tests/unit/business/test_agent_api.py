import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role, Scope
from springline.business.accounts.services import create_token
from springline.business.hotline.models import Agent
from springline.business.hotline.services import build_config
from springline.contracts.agents import AgentState
from springline.contracts.commands import Command, Refused, SetPaused, SetReady, SignIn, SignOut, UseMobile
from springline.contracts.events import CallerQuality
from springline.contracts.house_events import EngineStatus
from springline.contracts.live import AgentRow, CallPhase, CallRow, EngineRow
from springline.contracts.mobile import MobileUse
from tests.unit.business import people
from tests.unit.business.people import NOON, FakeControl


def post(client: Client, path: str, body: object = None, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(
        path, body if body is not None else {}, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(
    ("path", "body", "command"),
    [
        ("sign-in", {}, SignIn(agent="1001")),
        ("sign-out", {}, SignOut(agent="1001")),
        ("ready", {}, SetReady(agent="1001")),
        ("pause", {"reason": "break"}, SetPaused(agent="1001", reason="break")),
    ],
)
def test_an_agent_acts_for_oneself(  # type: ignore[no-untyped-def]
    signed_in,
    xiaoan: User,
    codes: None,
    floor: FakeControl,
    path: str,
    body: dict[str, str],
    command: Command,
) -> None:
    answer = post(signed_in(xiaoan), f"/api/agent/{path}", body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert floor.heard == [command]


def test_no_body_is_needed(signed_in, xiaoan: User, floor: FakeControl) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(xiaoan).generic("POST", "/api/agent/sign-in").status_code == 200
    assert floor.heard == [SignIn(agent="1001")]


def test_a_supervisor_and_a_token_act_for_others_but_an_agent_does_not(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, xiaohuo: User, monitor: User, floor: FakeControl
) -> None:
    assert post(signed_in(xiaoan), "/api/agent/ready", {"agent": "1003"}).status_code == 403
    assert floor.heard == []
    assert post(signed_in(monitor), "/api/agent/ready", {"agent": "1003"}).status_code == 200
    token = create_token("sim", [Scope.CONTROL])
    client = Client(enforce_csrf_checks=True)
    answer = post(client, "/api/agent/ready", {"agent": "1003"}, Authorization=f"Bearer {token}")
    assert answer.status_code == 200
    assert floor.heard == [SetReady(agent="1003")] * 2
    answer = post(client, "/api/agent/ready", {}, Authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (422, "agent_missing")


def test_refusals(signed_in, xiaoan: User, monitor: User, codes: None, floor: FakeControl) -> None:  # type: ignore[no-untyped-def]
    def code(client: Client, path: str, body: object) -> tuple[int, str]:
        answer = post(client, path, body)
        return answer.status_code, answer.json()["code"]

    assert code(signed_in(monitor), "/api/agent/ready", {}) == (403, "no_agent")
    assert code(signed_in(monitor), "/api/agent/ready", {"agent": "9999"}) == (404, "unknown_agent")
    assert code(signed_in(xiaoan), "/api/agent/pause", {"reason": "none"}) == (422, "unknown_reason")
    assert code(signed_in(xiaoan), "/api/agent/pause", {}) == (422, "invalid")
    assert code(signed_in(people.a(Role.COURIER)), "/api/agent/ready", {}) == (403, "forbidden")
    assert code(Client(), "/api/agent/ready", {}) == (401, "not_signed_in")
    floor.refuse = Refused(code="busy", message_zh="正在通话", message_en="Talking")
    assert code(signed_in(xiaoan), "/api/agent/sign-out", {}) == (409, "busy")


def test_the_own_mobile_or_for_supervisors_anybodys(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    assert post(signed_in(xiaoan), "/api/agent/mobile", {"use": "last"}).status_code == 200
    assert post(signed_in(monitor), "/api/agent/mobile", {"use": "only", "agent": "1001"}).status_code == 200
    assert post(signed_in(xiaoan), "/api/agent/mobile", {"use": "off", "agent": "1003"}).status_code == 403
    assert post(signed_in(xiaoan), "/api/agent/mobile", {"use": "never"}).status_code == 422
    assert floor.heard == [
        UseMobile(agent="1001", use=MobileUse.LAST),
        UseMobile(agent="1001", use=MobileUse.ONLY),
    ]
    audited = AuditRow.objects.filter(what="agent.mobile").order_by("pk")
    assert [(row.detail["agent"], row.detail["use"]) for row in audited] == [
        ("1001", "last"),
        ("1001", "only"),
    ]


def test_the_mobile_is_in_the_config_as_it_is_dialled(xiaoan: User) -> None:
    agent = Agent.objects.get(pk="1001")
    agent.mobile = "13905640001"
    agent.full_clean()
    agent.save()
    mobiles = {one.id: one.mobile for one in build_config().agents}
    assert (mobiles["1001"], mobiles["1003"]) == ("+8613905640001", None)
    agent.mobile = "4000564000"
    with pytest.raises(ValidationError):
        agent.full_clean()


def test_control_away_is_said(signed_in, xiaoan: User) -> None:  # type: ignore[no-untyped-def]
    answer = post(signed_in(xiaoan), "/api/agent/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "control_away")


ROWS = (
    AgentRow(
        id="1003",
        name="坐席小霍",
        state=AgentState.READY,
        since=NOON,
        queues=("huoshan",),
        device_online=True,
    ),
    CallRow(
        id="c1",
        phase=CallPhase.QUEUED,
        since=NOON,
        arrived_at=NOON,
        caller=None,
        caller_raw="",
        caller_quality=CallerQuality.ANONYMOUS,
        hotline="4000564000",
        queue="huoshan",
        queued_at=NOON,
    ),
    EngineRow(status=EngineStatus.UP, since=NOON),
)


def test_agents_and_queues_with_their_live_state(signed_in, xiaoan: User, floor: FakeControl) -> None:  # type: ignore[no-untyped-def]
    floor.rows = ROWS
    client = signed_in(xiaoan)
    agents = {row["id"]: row for row in client.get("/api/agents").json()}
    assert (agents["1003"]["state"], agents["1003"]["device_online"]) == ("ready", True)
    assert agents["1001"]["state"] is None
    queues = {row["id"]: row for row in client.get("/api/queues").json()}
    assert (queues["huoshan"]["waiting"], queues["huoshan"]["ready"]) == (1, 1)
    assert (queues["city"]["waiting"], queues["city"]["agents"]) == (0, ["1001"])


def test_agents_and_queues_while_control_is_away(signed_in, xiaoan: User) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(xiaoan)
    assert client.get("/api/agents").json()[0]["state"] is None
    assert client.get("/api/queues").json()[0]["waiting"] is None


def test_health_is_told_to_anyone(db: None, floor: FakeControl) -> None:
    floor.rows = ROWS
    assert Client().get("/api/health").json() == {
        "web": "up",
        "database": "up",
        "bus": "up",
        "control": "up",
        "engine": "up",
        "worker_lag_seconds": None,
    }


def test_health_without_control(db: None) -> None:
    body = Client().get("/api/health").json()
    assert (body["bus"], body["control"], body["engine"]) == ("down", "down", "down")


def test_a_busy_database_is_a_503_that_may_be_tried_again(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("springline.business.hotline.commands.snapshot", locked)
    answer = signed_in(xiaoan).get("/api/queues")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_busy")
    assert "locked" not in answer.content.decode()


def test_a_full_disk_is_named(signed_in, xiaoan: User, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def full(*_args: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("springline.business.hotline.commands.snapshot", full)
    answer = signed_in(xiaoan).get("/api/queues")
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert answer.json()["message"] == "磁盘已满，未能保存。请先清理磁盘再试。"


def test_a_fault_is_a_500_without_its_text(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("springline.business.hotline.commands.snapshot", broken)
    answer = signed_in(xiaoan).get("/api/queues")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()
