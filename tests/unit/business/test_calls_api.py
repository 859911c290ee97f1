import pytest
from django.test import Client

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role, Scope
from springline.business.accounts.services import create_token
from springline.business.calls.models import WrapUp
from springline.contracts.agents import AgentState
from springline.contracts.commands import HangUp, Refused, SetReady
from springline.contracts.events import CallerQuality
from springline.contracts.live import AgentRow, CallPhase, CallRow
from tests.unit.business import people
from tests.unit.business.people import NOON, FakeControl, a_call


def post(client: Client, path: str, body: object = None):  # type: ignore[no-untyped-def]
    return client.post(path, body if body is not None else {}, content_type="application/json")


def test_a_call_as_its_agent_sees_it(signed_in, xiaohuo: User) -> None:  # type: ignore[no-untyped-def]
    a_call("c1")
    page = signed_in(xiaohuo).get("/api/calls").json()
    assert page["next"] is None
    call = page["items"][0]
    assert call == {
        **call,
        "id": "c1",
        "arrived_at": "2026-11-23T04:00:00Z",
        "caller": "+8613800012345",
        "caller_display": "138 0001 2345",
        "caller_quality": "real",
        "queue": {"id": "huoshan", "name": "霍山"},
        "agent": {"id": "1003", "name": "坐席小霍"},
        "outcome": "handled",
        "wait_seconds": 3.0,
        "talk_seconds": 20.0,
        "wrap_up": None,
        "recording": {"state": "pending", "seconds": None, "url": None, "parts": 1},
    }


def test_another_agent_sees_neither_number_nor_recording(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, xiaohuo: User
) -> None:
    a_call("c1")
    client = signed_in(xiaoan)
    everything = client.get("/api/calls").content.decode() + client.get("/api/calls/c1").content.decode()
    assert "00012345" not in everything
    assert "0001 2345" not in everything
    call = client.get("/api/calls/c1").json()
    assert (call["caller"], call["caller_display"], call["recording"]) == (None, "138****2345", None)


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.SUPERVISOR, True), (Role.OWNER, True), (Role.FINANCE, False)]
)
def test_who_sees_numbers(agents: object, signed_in, role: str, shown: bool) -> None:  # type: ignore[no-untyped-def]
    a_call("c1")
    call = signed_in(people.a(Role(role))).get("/api/calls/c1").json()
    assert (call["caller"] is not None) is shown


def test_seeing_a_number_of_anothers_call_leaves_an_audit_row(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, xiaohuo: User, monitor: User
) -> None:
    a_call("c1")
    for user in (xiaoan, xiaohuo):
        signed_in(user).get("/api/calls/c1")
        signed_in(user).get("/api/calls")
    assert not AuditRow.objects.exists()
    for _again in range(2):
        signed_in(monitor).get("/api/calls/c1")
        signed_in(monitor).get("/api/calls")
    assert sorted(AuditRow.objects.values_list("what", "object_id")) == [
        ("number.read", "c1"),
        ("numbers.listed", ""),
    ]


def test_a_caller_without_number_is_called_so(signed_in, monitor: User) -> None:  # type: ignore[no-untyped-def]
    a_call("c1", caller=None)
    call = signed_in(monitor).get("/api/calls/c1").json()
    assert (call["caller"], call["caller_display"], call["caller_quality"]) == (None, "匿名", "anonymous")


def test_the_steps_are_sentences_in_the_users_language(  # type: ignore[no-untyped-def]
    signed_in, agents: object, monitor: User
) -> None:
    a_call("c1")
    client = signed_in(monitor)
    steps = client.get("/api/calls/c1").json()["steps"]
    assert [step["text"] for step in steps][4:10] == [
        "在“main”按了 1",
        "在“region”按了 2",
        "进入 霍山 队列等待",
        "向 坐席小霍 振铃（第 1 次）",
        "坐席小霍 应答",
        "等待 3 秒后，坐席小霍 接听",
    ]
    english = client.get("/api/calls/c1", headers={"accept-language": "en"}).json()["steps"]
    assert english[4]["text"] == "Pressed 1 in “main”"
    assert all(step["text"] != step["type"] for step in [*steps, *english])


def test_pages_meet_without_gap_or_double(signed_in, monitor: User) -> None:  # type: ignore[no-untyped-def]
    journal = people.Journal()
    for number in range(7):
        for event in people.call_events(f"c{number}", journal.now):
            journal.add(event)
    journal.project()
    client, seen, before = signed_in(monitor), [], ""
    while True:
        page = client.get("/api/calls", {"limit": 3, **({"before": before} if before else {})}).json()
        seen += [call["id"] for call in page["items"]]
        before = page["next"]
        if before is None:
            break
    assert seen == [f"c{number}" for number in reversed(range(7))]


def test_filters(signed_in, xiaoan: User, xiaohuo: User) -> None:  # type: ignore[no-untyped-def]
    a_call("c1", agent="1003")
    a_call("c2", agent="1001", queue="city")
    client = signed_in(xiaoan)

    def ids(**query: str) -> list[str]:
        return [call["id"] for call in client.get("/api/calls", query).json()["items"]]

    assert ids(agent="me") == ids(agent="1001") == ids(queue="city") == ["c2"]
    assert ids(outcome="lost") == []
    assert len(ids(outcome="handled")) == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=999", "limit=x", "before=yesterday"])
def test_bad_queries_are_refused(signed_in, monitor: User, query: str) -> None:  # type: ignore[no-untyped-def]
    answer = signed_in(monitor).get(f"/api/calls?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_the_list_costs_the_same_few_queries_for_any_length(  # type: ignore[no-untyped-def]
    signed_in, monitor: User, django_assert_max_num_queries
) -> None:
    journal = people.Journal()
    for number in range(30):
        for event in people.call_events(f"c{number}", journal.now):
            journal.add(event)
    journal.project()
    client = signed_in(monitor)
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/calls?limit=30").json()["items"]) == 30


def test_codes_are_named_in_the_users_language(signed_in, monitor: User, codes: None) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(monitor)
    assert client.get("/api/codes").json() == {
        "pause": [{"code": "break", "name": "小休", "key": "1"}],
        "wrap_up": [{"code": "order", "name": "订水", "key": "1"}],
    }
    english = client.get("/api/codes", headers={"accept-language": "en"}).json()
    assert english["wrap_up"][0]["name"] == "Order"


def test_an_agent_wraps_up_and_is_ready_again(  # type: ignore[no-untyped-def]
    signed_in, xiaohuo: User, codes: None, floor: FakeControl
) -> None:
    a_call("c1")
    body = {"code": "order", "note": " 两桶山泉水 ", "ready": True}
    answer = post(signed_in(xiaohuo), "/api/calls/c1/wrap-up", body)
    assert answer.status_code == 200
    noted = answer.json()["wrap_up"]
    assert (noted["code"], noted["name"], noted["note"]) == ("order", "订水", "两桶山泉水")
    assert floor.heard == [SetReady(agent="1003")]
    assert AuditRow.objects.get(what="call.wrapped_up").object_id == "c1"


def test_a_code_stays_saved_when_control_is_away(signed_in, xiaohuo: User, codes: None) -> None:  # type: ignore[no-untyped-def]
    a_call("c1")
    answer = post(signed_in(xiaohuo), "/api/calls/c1/wrap-up", {"code": "order", "ready": True})
    assert (answer.status_code, answer.json()["code"]) == (503, "control_away")
    assert WrapUp.objects.get().code_id == "order"


def test_a_note_is_not_lost_while_the_worker_is_behind(  # type: ignore[no-untyped-def]
    signed_in, xiaohuo: User, xiaoan: User, codes: None, floor: FakeControl
) -> None:
    floor.rows = (
        AgentRow(
            id="1003",
            name="坐席小霍",
            state=AgentState.WRAP_UP,
            since=NOON,
            queues=(),
            device_online=True,
            call_id="c9",
        ),
    )
    assert post(signed_in(xiaoan), "/api/calls/c9/wrap-up", {"code": "order"}).status_code == 404
    assert post(signed_in(xiaohuo), "/api/calls/c9/wrap-up", {"code": "order"}).status_code == 200
    assert WrapUp.objects.get().call_id == "c9"


@pytest.mark.parametrize(
    ("call", "body", "status", "code"),
    [
        ("c1", {"code": "nonsense"}, 422, "unknown_code"),
        ("c1", {}, 422, "invalid"),
        ("c1", {"code": "order", "note": "x" * 501}, 422, "invalid"),
        ("none", {"code": "order"}, 404, "unknown_call"),
        ("c2", {"code": "order"}, 403, "forbidden"),
    ],
)
def test_wrap_up_refusals(  # type: ignore[no-untyped-def]
    signed_in, xiaohuo: User, codes: None, call: str, body: dict[str, str], status: int, code: str
) -> None:
    a_call("c1")
    a_call("c2", agent="1001")
    answer = post(signed_in(xiaohuo), f"/api/calls/{call}/wrap-up", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not WrapUp.objects.exists()


def talking(agent: str) -> CallRow:
    return CallRow(
        id="c1",
        phase=CallPhase.TALKING,
        since=NOON,
        arrived_at=NOON,
        caller=None,
        caller_raw="anonymous",
        caller_quality=CallerQuality.ANONYMOUS,
        hotline="4000564000",
        agent=agent,
    )


def test_an_agent_hangs_up_own_calls_only(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, xiaohuo: User, monitor: User, floor: FakeControl
) -> None:
    floor.rows = (talking("1003"),)
    assert post(signed_in(xiaoan), "/api/calls/c1/hang-up").status_code == 403
    assert post(signed_in(xiaoan), "/api/calls/none/hang-up").status_code == 404
    assert floor.heard == []
    assert post(signed_in(xiaohuo), "/api/calls/c1/hang-up").status_code == 200
    assert post(signed_in(monitor), "/api/calls/c1/hang-up").status_code == 200
    assert floor.heard == [HangUp(call_id="c1")] * 2


def test_what_control_refuses_is_said_in_the_users_language(  # type: ignore[no-untyped-def]
    signed_in, monitor: User, floor: FakeControl
) -> None:
    floor.refuse = Refused(code="unknown_call", message_zh="没有这个通话", message_en="No such call")
    client = signed_in(monitor)
    answer = post(client, "/api/calls/c1/hang-up")
    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_call")
    assert answer.json()["message"] == "没有这个通话"


def test_a_control_token_hangs_up(agents: object, floor: FakeControl) -> None:
    headers = {"Authorization": f"Bearer {create_token('drill', [Scope.CONTROL])}"}
    answer = Client(enforce_csrf_checks=True).post("/api/calls/c1/hang-up", headers=headers)
    assert answer.status_code == 200
    assert AuditRow.objects.get(what="call.hung_up").who == "token:drill"
