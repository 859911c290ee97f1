"""What the desk and the board see and may do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery.live import frames_of
from springline.business.delivery.models import Courier
from springline.business.live.hub import Offline
from springline.business.orders import services as orders
from springline.contracts.live import Notice
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, key, leaves, placed, post, task_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]
GETS = [
    "/api/delivery/tasks",
    "/api/delivery/couriers",
    "/api/delivery/stations",
    "/api/delivery/conflicts",
    "/api/delivery/handovers",
    "/api/delivery/days",
    "/api/delivery/days/unsigned",
]


@pytest.mark.parametrize("path", GETS)
def test_who_may_look(path: str, as_role: SignIn, zhou: Courier) -> None:
    statuses = {role: as_role(role).get(path).status_code for role in Role}
    assert statuses == {role: 403 if role == Role.COURIER else 200 for role in Role}
    assert Client().get(path).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        ("orders/{order}/assign", {"courier_id": 0}, {"agent", "supervisor", "owner", "admin"}),
        ("tasks/{task}/assign", {"courier_id": 0}, {"agent", "supervisor", "owner", "admin"}),
        ("tasks/{task}/next", {"step": "return"}, {"agent", "supervisor", "owner", "admin"}),
        ("conflicts/1/resolve", {"how": "close", "note": "x"}, {"supervisor", "owner", "admin"}),
        ("handovers/1/confirm", {"counted_fen": 0}, {"supervisor", "owner", "finance", "admin"}),
    ],
)
def test_who_may_do(
    path: str, body: dict[str, object], allowed: set[str], as_role: SignIn, wang: Customer, zhou: Courier
) -> None:
    order = placed(wang)
    where = "/api/delivery/" + path.format(order=order.pk, task=task_of(order).pk)
    got = {
        role.value
        for role in Role
        if post(as_role(role), where, key=key(), **body).status_code not in (401, 403)
    }
    assert got == allowed


def test_a_courier_may_see_none_of_it(as_role: SignIn, zhou: Courier, wang: Customer) -> None:
    client = signed_in(zhou.user)
    for path in ("/api/orders", "/api/calls", f"/api/customers/{wang.pk}"):
        assert client.get(path).status_code == 403


def test_the_board_and_its_warnings(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    agent = as_role(Role.AGENT)
    board = agent.get("/api/delivery/tasks").json()
    [task] = board["tasks"]
    assert (task["state"], task["courier"], task["county_name"]) == ("offered", "courier01", "霍山县")
    assert not task["unanswered"]
    assert set(board["warnings"].values()) == {0}
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        board = agent.get("/api/delivery/tasks").json()
        assert board["warnings"]["unanswered"] == 1
        post(agent, f"/api/delivery/tasks/{task['id']}/assign", key=key(), courier_id=zhou.pk)
        Phone(zhou).reports(task_of(order), "refuse")
        board = agent.get("/api/delivery/tasks").json()
    [waiting] = board["waiting"]
    assert (waiting["why"], waiting["tried"]) == ("all_tried", 1)
    assert "拒单" in waiting["message"]
    assert board["warnings"]["nobody"] == 1


def test_assigning_over_http(as_role: SignIn, wang: Customer, zhou: Courier, wu: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    other = wu if task.courier == zhou else zhou
    agent = as_role(Role.AGENT)
    given = post(agent, f"/api/delivery/tasks/{task.pk}/assign", key=key(), courier_id=other.pk).json()
    assert (given["courier_id"], given["by_hand"], given["state"]) == (other.pk, True, "offered")
    anew = post(agent, f"/api/delivery/orders/{order.pk}/assign", key=key()).json()
    assert anew["courier_id"] == task.courier_id
    Phone(task.courier).reports(task_of(order), "refuse")
    Phone(task_of(order).courier).reports(task_of(order), "refuse")
    nobody = post(agent, f"/api/delivery/orders/{order.pk}/assign", key=key())
    assert (nobody.status_code, nobody.json()["code"]) == (409, "nobody")
    assert post(agent, "/api/delivery/orders/999999/assign", key=key()).status_code == 404
    assert post(agent, "/api/delivery/tasks/999999/assign", key=key()).status_code == 404


def test_a_failure_is_decided(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    Phone(zhou).reports(task, "fail", code="F1", note="没人")
    agent = as_role(Role.AGENT)
    board = agent.get("/api/delivery/tasks").json()
    assert board["warnings"]["failed"] == 1
    assert (board["tasks"][0]["fail_code"], board["tasks"][0]["next_step"]) == ("F1", "")
    path = f"/api/delivery/tasks/{task.pk}/next"
    assert post(agent, path, key=key(), step="reschedule").json()["code"] == "window_missing"
    until = (timezone.now() + timedelta(hours=4)).isoformat()
    done = post(agent, path, key=key(), step="reschedule", window_to=until).json()
    assert done["next_step"] == "reschedule"
    assert agent.get("/api/delivery/tasks").json()["warnings"]["failed"] == 0


def test_a_conflict_is_seen_and_closed(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=None)
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    client = as_role(Role.SUPERVISOR)
    [found] = client.get("/api/delivery/conflicts").json()
    assert (found["code"], found["applied"], found["payload"]["cash_fen"]) == (
        "applied_after_cancel",
        True,
        4000,
    )
    assert "已计入" in found["message"]
    path = f"/api/delivery/conflicts/{found['id']}/resolve"
    assert post(client, path, how="close", note="已核实").json()["closed_by"] == "supervisor"
    assert client.get("/api/delivery/conflicts").json() == []
    assert len(client.get("/api/delivery/conflicts?state=all").json()) == 1


def test_events_couriers_stations_and_days(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    task = task_of(order)
    Phone(zhou).reports(task, "deliver", **leaves(order))
    client = as_role(Role.OWNER)
    events = client.get(f"/api/delivery/tasks/{task.pk}/events").json()
    assert [event["kind"] for event in events] == ["offer", "deliver"]
    [courier] = client.get("/api/delivery/couriers").json()
    assert (courier["delivered_today"], courier["open_tasks"], courier["load"]) == (1, 0, 0)
    [station] = client.get("/api/delivery/stations").json()
    assert (station["couriers"], station["on_shift"]) == (1, 1)
    [day] = client.get("/api/delivery/days").json()
    assert (day["delivered"], day["buckets"]) == (1, 2)


def test_a_phone_hears_of_its_own_tasks_only() -> None:
    frame = frames_of(7)
    mine = Notice(kind="task", id="3", facts={"courier_id": 7, "state": "offered"})
    assert frame(None, mine) == b'event: changed\ndata: {"task":"3","state":"offered"}\n\n'  # type: ignore[arg-type]
    assert frame(None, Notice(kind="missed", id="")) == b"event: changed\ndata: {}\n\n"  # type: ignore[arg-type]
    load = Notice(kind="load", id="4", facts={"courier_id": 7})
    assert frame(None, load) == b'event: changed\ndata: {"load":"4","state":null}\n\n'  # type: ignore[arg-type]
    for item in (
        Notice(kind="task", id="3", facts={"courier_id": 8}),
        Notice(kind="load", id="3", facts={"courier_id": 8}),
        Notice(kind="order", id="3", facts={"courier_id": 7}),
        Offline(),
    ):
        assert frame(None, item) == b""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "model",
    ["station", "territory", "courier", "shift", "commissionrule", "deliverytask", "syncaction",
     "syncconflict", "commissionentry", "cashhandover", "daysignoff", "batchonroad", "photo"],
)  # fmt: skip
def test_the_back_office(model: str, as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order))
    owner = as_role(Role.OWNER)
    assert owner.get(f"/admin/delivery/{model}/").status_code == 200
    finance = as_role(Role.FINANCE)
    assert finance.get(f"/admin/delivery/{model}/").status_code == 200
    adds = {one.get(f"/admin/delivery/{model}/add/").status_code for one in (owner, finance)}
    edited = model in {"station", "territory", "courier", "shift", "commissionrule"}
    assert adds == ({200, 403} if edited else {403})
    assert signed_in(zhou.user).get(f"/admin/delivery/{model}/").status_code == 302
