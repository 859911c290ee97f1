"""Complaints over HTTP, and who may what."""

from collections.abc import Callable

import pytest
from django.test import Client

from springline.business.accounts.roles import Role
from springline.business.catalog.models import Batch, Product
from springline.business.complaints.models import BatchAlert
from springline.business.customers.models import Customer
from tests.unit.complaints.people import QUALITY, key, late_delivery, quality

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]
ROLES = (Role.AGENT, Role.SUPERVISOR, Role.OWNER, Role.COURIER, Role.FINANCE, Role.ADMIN)


def post(client: Client, path: str, **body: object):  # type: ignore[no-untyped-def]
    return client.post(path, body, content_type="application/json")


def test_the_guide_asks_what_the_handbook_asks(as_role: SignIn) -> None:
    found = {one["kind"]: one for one in as_role(Role.AGENT).get("/api/complaints/guide").json()}
    assert list(found) == ["quality", "delivery", "attitude", "voucher", "deposit", "billing"]
    asked = [question["id"] for question in found["quality"]["questions"]]
    assert asked[:4] == ["stopped", "body", "batch", "produced"]
    assert {"opened", "cleaned"} <= set(asked)
    assert (found["quality"]["name"], found["quality"]["due_minutes"]) == ("水质", 120)


def test_filed_at_the_desk_and_worked_on(wang: Customer, batch: Batch, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    body = {"request_key": key(), "kind": "quality", "customer_id": wang.pk, "call_id": "c1", "text": "异味"}
    refused = post(agent, "/api/complaints", **body)
    assert (refused.status_code, refused.json()["detail"]["missing"]) == (422, ["stopped", "body"])
    filed = post(agent, "/api/complaints", **body, answers={**QUALITY, "batch": "a20261120"}).json()
    assert (filed["customer_name"], filed["level_name"], filed["batch"]["id"]) == ("王女士", "严重", batch.pk)
    assert filed["clock"]["state"] == "running"
    assert {"question": "已请客户停止饮用", "answer": "已停止", "id": "stopped"} in filed["answers"]
    assert filed["steps"] == ["take", "answer", "withdraw"]
    url = f"/api/complaints/{filed['id']}/steps"
    assert post(agent, url, step="take", version=filed["version"]).json()["state"] == "working"
    stale = post(agent, url, step="answer", note="换水取样", version=filed["version"])
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert post(agent, url, step="note", note="客户下午在家").status_code == 200
    done = post(agent, url, step="answer", note="今天 14 点换水取样").json()
    assert [event["kind_name"] for event in done["events"]] == ["已登记", "受理", "备注", "已答复"]
    page = agent.get("/api/complaints", {"customer_id": wang.pk}).json()
    assert (len(page["items"]), page["counts"]["running"], page["counts"]["mine"]) == (1, 1, 1)
    assert post(agent, url, step="jump", note="x").json()["code"] == "unknown_step"
    assert post(agent, url.replace(str(filed["id"]), "999"), step="take").status_code == 404


def test_one_click_stops_the_batch(wang: Customer, batch: Batch, as_role: SignIn) -> None:
    for _ in range(2):
        quality(wang, answers={"batch": batch.batch_no})
    supervisor = as_role(Role.SUPERVISOR)
    alert = supervisor.get("/api/complaints/decisions").json()["alerts"][0]
    assert (alert["known"], len(alert["complaints"])) == (True, 2)
    url = f"/api/complaints/alerts/{alert['id']}/decide"
    assert post(as_role(Role.AGENT), url, accept=True).status_code == 403
    assert post(supervisor, url, accept=True).json()["alerts"] == []
    batch.refresh_from_db()
    assert batch.stop_sale


def test_who_may_what(wang: Customer, spring: Product, as_role: SignIn) -> None:
    def statuses(role: Role) -> str:
        client, row = as_role(role), late_delivery(wang)
        BatchAlert.objects.all().delete()
        alert = BatchAlert.objects.create(batch_no="unknown batch")
        url = f"/api/complaints/{row.pk}"
        asked = [
            client.get("/api/complaints"),
            post(client, "/api/complaints", request_key=key(), kind="delivery", customer_id=wang.pk,
                 answers={"what": "late"}),
            post(client, f"{url}/steps", step="take"),
            post(client, f"{url}/level", level=2, note="x"),
            post(client, f"{url}/compensations", request_key=key(), qty=1, why="x"),
            post(client, f"/api/complaints/alerts/{alert.pk}/decide", accept=False, why="x"),
            post(client, f"{url}/steps", step="withdraw", note="x"),
        ]  # fmt: skip
        return "".join("y" if answer.status_code == 200 else "n" for answer in asked)

    assert {role: statuses(role) for role in ROLES} == {
        Role.AGENT: "yyynynn",
        Role.SUPERVISOR: "yyyyyyy",
        Role.OWNER: "yyyyyyy",
        Role.COURIER: "nnnnnnn",
        Role.FINANCE: "ynnnnnn",
        Role.ADMIN: "yyyyyyy",
    }
    assert Client().get("/api/complaints").status_code == 401


def test_what_is_above_the_limit_waits_for_another_person(
    wang: Customer, spring: Product, as_role: SignIn
) -> None:
    row, agent = late_delivery(wang), as_role(Role.AGENT)
    url = f"/api/complaints/{row.pk}/compensations"
    assert agent.get(f"/api/complaints/{row.pk}").json()["limit"] == 1
    made = post(agent, url, request_key=key(), qty=3, why="漏水弄湿地板").json()
    asked = made["compensations"][0]
    assert (asked["state"], made["given"]) == ("asked", 0)
    decide = f"/api/complaints/compensations/{asked['id']}/decide"
    assert post(agent, decide, accept=True).status_code == 403
    supervisor = as_role(Role.SUPERVISOR)
    assert supervisor.get("/api/complaints/decisions").json()["compensations"][0]["qty"] == 3
    assert post(supervisor, decide, accept=True).json()["state"] == "granted"
    found = agent.get(f"/api/complaints/{row.pk}").json()
    assert (found["given"], found["limit"]) == (3, 0)


@pytest.mark.parametrize("page", ["complaint", "compensation", "batchalert", "duetime"])
def test_the_back_office(wang: Customer, as_role: SignIn, page: str) -> None:
    late_delivery(wang)
    assert as_role(Role.OWNER).get(f"/admin/complaints/{page}/").status_code == 200
    assert as_role(Role.SUPERVISOR).get(f"/admin/complaints/{page}/").status_code == 302
    add = as_role(Role.OWNER).get(f"/admin/complaints/{page}/add/").status_code
    assert add == (200 if page == "duetime" else 403)
