"""Customers over HTTP: who may do what, masked numbers, and refusals with a code."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.calls.models import Call
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.hotline import commands
from tests.unit.customers.people import STRANGER, WANG, factory, household

pytestmark = pytest.mark.django_db
ORDER = [Role.AGENT, Role.SUPERVISOR, Role.OWNER, Role.COURIER, Role.FINANCE, Role.ADMIN]


def as_a(role: Role, language: str = "zh-hans") -> Client:
    user = User.objects.filter(username=role.value).first() or User.objects.create_user(
        role.value, "quiet-river-17", name=role.value, role=role
    )
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, method: str, path: str, body: object = None):  # type: ignore[no-untyped-def]
    return client.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")


@pytest.fixture(autouse=True)
def no_control(monkeypatch: pytest.MonkeyPatch, here: None) -> None:
    monkeypatch.setattr(commands, "snapshot", lambda: None)


# agent, supervisor, owner, courier, finance, admin; y: may.
RIGHTS = [
    ("GET", "/customers", None, "yyynyy"),
    ("GET", "/customers/{id}", None, "yyynyy"),
    ("GET", "/customers/regions", None, "yyynyy"),
    ("GET", "/customers/locate?text=x", None, "yyynyy"),
    ("POST", "/customers/pop", {"number": "13900000001"}, "yyynyy"),
    ("POST", "/customers", {"name": "甲"}, "yyynny"),
    ("PATCH", "/customers/{id}", {"version": 1, "remark": ""}, "yyynny"),
    ("POST", "/customers/{id}/numbers", {"why": "回电"}, "yyynny"),
    ("POST", "/customers/{id}/contacts", {"name": "乙"}, "yyynny"),
    ("POST", "/customers/{id}/addresses", {"text": "金安区"}, "yyynny"),
    ("POST", "/customers/region", {"number": "13900000099", "county": "341525"}, "yyynny"),
    ("POST", "/customers/{id}/merge", {"other_id": 0}, "nyynny"),
    ("POST", "/customers/{id}/export", {"why": "本人要求"}, "nyynny"),
    ("POST", "/customers/{id}/erase", {"why": "本人要求"}, "nyynny"),
]


@pytest.mark.parametrize(("method", "path", "body", "allowed"), RIGHTS)
def test_who_may(method: str, path: str, body: object, allowed: str) -> None:
    for role, letter in zip(ORDER, allowed, strict=True):
        customer = Customer.objects.create(name="甲")
        status = send(as_a(role), method, path.format(id=customer.pk), body).status_code
        assert (status != 403) is (letter == "y"), role
        assert status in (200, 403, 404), role
    assert send(Client(), method, path.format(id=1), body).status_code == 401


def test_a_new_customer_from_a_call_and_the_box() -> None:
    agent = as_a(Role.AGENT)
    body = {
        "name": "王大姐", "phones": [{"number": "139 0000 0001"}], "call_id": "c1",
        "request_key": "form-0001",
        "addresses": [{"text": "霍山县衡山镇迎驾大道1号", "floor": 6, "lift": "no", "notes": "放门口"}],
    }  # fmt: skip
    made = [send(agent, "POST", "/customers", body).json() for _click in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert made[0]["phones"][0] | {"id": 0} == {
        "id": 0, "number": None, "display": "139****0001", "label": "", "contact": "", "primary": True,
    }  # fmt: skip
    home = made[0]["addresses"][0]
    assert (home["county_name"], home["town_name"], home["floor"], home["lift"]) == (
        "霍山县",
        "衡山镇",
        6,
        "no",
    )
    for text in ("0001", "wdj", "王大", "迎驾", "13900000001"):
        row = agent.get("/api/customers", {"q": text}).json()["items"][0]
        assert (row["id"], row["phone"]) == (made[0]["id"], "139****0001")
    assert WANG[3:] not in agent.get(f"/api/customers/{made[0]['id']}").content.decode()


def test_numbers_in_full_need_a_reason_and_leave_a_trace() -> None:
    customer = household()
    agent = as_a(Role.AGENT)
    assert send(agent, "POST", f"/customers/{customer.pk}/numbers", {"why": ""}).status_code == 422
    found = send(agent, "POST", f"/customers/{customer.pk}/numbers", {"why": "回电"}).json()
    assert (found["phones"][0]["number"], found["phones"][0]["display"]) == (WANG, "139 0000 0001")
    row = AuditRow.objects.get(what="customer.numbers_read")
    assert (row.why, row.object_id) == ("回电", str(customer.pk))


def test_refusals_have_a_code_and_both_languages() -> None:
    customer, other = household(), household("乙", STRANGER)
    agent, english = as_a(Role.AGENT), as_a(Role.AGENT, "en")
    phones = f"/customers/{other.pk}/phones"
    taken = send(agent, "POST", phones, {"number": WANG})
    assert (taken.status_code, taken.json()["code"], taken.json()["detail"]) == (
        409,
        "phone_taken",
        customer.pk,
    )
    assert "该号码" in taken.json()["message"]
    assert "another customer" in send(english, "POST", phones, {"number": WANG}).json()["message"]
    assert send(agent, "POST", phones, {"number": "12"}).json()["code"] == "bad_number"
    stale = send(agent, "PATCH", f"/customers/{customer.pk}", {"version": 9, "remark": "x"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (
        send(agent, "PATCH", f"/customers/{customer.pk}", {"version": 1, "type": "robot"}).status_code == 422
    )
    assert send(agent, "GET", "/customers/999999").json()["code"] == "unknown_customer"


def test_phones_and_addresses_of_a_customer() -> None:
    customer, agent = household(), as_a(Role.AGENT)
    more = send(
        agent, "POST", f"/customers/{customer.pk}/phones", {"number": "0564-3210000", "label": "家里"}
    )
    assert [phone["display"] for phone in more.json()["phones"]] == ["139****0001", "0564****000"]
    made = send(agent, "POST", f"/customers/{customer.pk}/addresses", {"text": "双河镇", "county": "341524"})
    key = made.json()["id"]
    changed = send(agent, "PUT", f"/customers/addresses/{key}", {"text": "金寨双河", "default": True}).json()
    assert (changed["town_name"], changed["default"]) == ("双河镇", True)
    for path in (f"/customers/addresses/{key}", f"/customers/phones/{more.json()['phones'][1]['id']}"):
        assert [send(agent, "DELETE", path).status_code for _click in range(2)] == [200, 200]
    assert send(agent, "PUT", f"/customers/addresses/{key}", {"text": "x"}).status_code == 404
    assert send(agent, "DELETE", "/customers/phones/99999").status_code == 404


def test_merge_and_undo() -> None:
    kept, gone, chief = household(), household("乙", STRANGER), as_a(Role.SUPERVISOR)
    merged = send(chief, "POST", f"/customers/{kept.pk}/merge", {"other_id": gone.pk, "why": "同一人"}).json()
    assert len(merged["phones"]) == 2
    assert chief.get(f"/api/customers/{gone.pk}").json()["id"] == kept.pk
    path = f"/customers/merges/{merged['merges'][0]['id']}/undo"
    assert len(send(chief, "POST", path).json()["phones"]) == 1
    assert send(chief, "POST", path).json()["code"] == "undone"


def test_the_pop_of_a_call() -> None:
    account, agent = factory(), as_a(Role.AGENT)
    for call_id, quality in (("real", "real"), ("masked", "masked")):
        Call.objects.create(
            id=call_id, arrived_at=account.created_at, caller="+8613900000002", caller_quality=quality
        )
    found = send(agent, "POST", "/customers/pop", {"call_id": "real"}).json()
    assert (found["kind"], found["customer"]["name"], found["customer"]["contact"]) == (
        "known", "六安开发区星河电子厂", "李会计",
    )  # fmt: skip
    assert found["display"] == "139****0002"
    assert found["region"]["sentence"] == "默认送水地址在金安区。"
    assert send(agent, "POST", "/customers/pop", {"call_id": "masked"}).json()["kind"] == "unidentified"
    new = send(agent, "POST", "/customers/pop", {"number": STRANGER}).json()
    assert (new["kind"], new["banner"]) == ("new", "首次订水请提供地址")
    assert send(agent, "POST", "/customers/pop", {"call_id": "none"}).status_code == 404
    assert send(agent, "POST", "/customers/pop", {"number": "x"}).json()["code"] == "bad_number"


def test_the_pop_of_a_customer_who_was_chosen() -> None:
    kept, gone, chief = household(), household("乙", STRANGER), as_a(Role.SUPERVISOR)
    send(chief, "POST", f"/customers/{kept.pk}/merge", {"other_id": gone.pk, "why": "同一人"})
    for asked in (kept.pk, gone.pk):
        found = send(as_a(Role.AGENT), "POST", "/customers/pop", {"customer_id": asked}).json()
        assert (found["kind"], found["customer"]["id"]) == ("known", kept.pk)
        assert (found["display"], found["region"]) == ("", None)
    assert send(chief, "POST", "/customers/pop", {"customer_id": 0}).status_code == 404


def test_places_over_http() -> None:
    agent = as_a(Role.AGENT, "en")
    asked = agent.get("/api/customers/locate", {"text": "双河镇中学"}).json()
    assert {place["county_name"] for place in asked["candidates"]} == {"Jin'an District", "Jinzhai County"}
    regions = agent.get("/api/customers/regions").json()
    assert (len(regions["counties"]), regions["prefix_count"], regions["as_of"]) == (7, 0, "2023-06-30")
    fixed = send(agent, "POST", "/customers/region", {"number": STRANGER, "county": "341525"}).json()
    assert (fixed["region"], fixed["source"], fixed["confidence"]) == ("341525", "agent", "medium")
    assert (
        send(agent, "POST", "/customers/region", {"number": STRANGER, "county": "341302"}).status_code == 422
    )


def test_import_over_http() -> None:
    chief = as_a(Role.SUPERVISOR)

    def upload(path: str, text: str, **more: str):  # type: ignore[no-untyped-def]
        file = SimpleUploadedFile("客户.csv", text.encode("gbk"))
        return chief.post(f"/api/customers/import{path}", {"file": file, **more})

    good, bad = "姓名,电话\n甲,13900003001\n", "姓名,电话\n甲,1.39E+10\n"
    look = upload("/preview", bad).json()
    assert (look["bad"], look["problems"][0]["line"], look["problems"][0]["column"]) == (1, 2, "电话")
    assert "科学计数法" in upload("/report", bad).content.decode("utf-8-sig")
    assert upload("", bad, digest=look["digest"]).json()["code"] == "bad_rows"
    look = upload("/preview", good).json()
    assert upload("", good, digest=look["digest"]).json()["customers"] == 1
    assert upload("", good, digest=look["digest"]).json()["code"] in {"taken_in", "bad_rows"}
    assert upload("/preview", "a\n1\n").json()["code"] == "bad_file"
    assert CustomerPhone.objects.count() == 1


def test_export_and_erasure() -> None:
    customer, chief = household(), as_a(Role.SUPERVISOR)
    told = send(chief, "POST", f"/customers/{customer.pk}/export", {"why": "本人要求"})
    assert told["Content-Disposition"].startswith("attachment")
    assert json.loads(told.content)["phones"][0]["e164"] == WANG
    assert send(chief, "POST", f"/customers/{customer.pk}/erase", {"why": "本人要求"}).status_code == 200
    assert not chief.get("/api/customers", {"q": "王大姐"}).json()["items"]
    assert send(chief, "POST", "/customers/pop", {"number": WANG}).json()["kind"] == "new"


def test_pages_of_the_list() -> None:
    keys = [Customer.objects.create(name=str(n)).pk for n in range(5)]
    agent = as_a(Role.AGENT)
    first = agent.get("/api/customers", {"limit": 3}).json()
    rest = agent.get("/api/customers", {"limit": 3, "after": first["next"]}).json()
    assert [row["id"] for row in first["items"] + rest["items"]] == keys[::-1]
    assert rest["next"] is None


def test_the_back_office_changes_customers_through_the_services() -> None:
    customer, owner = household(), as_a(Role.OWNER)
    send(owner, "POST", f"/customers/{customer.pk}/phones", {"number": STRANGER})
    page = owner.get(f"/admin/customers/customer/{customer.pk}/change/").content.decode()
    assert "139****0001" in page
    assert WANG[3:] not in page
    assert STRANGER[3:] not in page
    form = {"name": "汪大姐", "type": "person", "level": "gold", "settlement": "cash", "credit_limit": "0"}
    for prefix in ("phones", "contacts", "addresses", "changes"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    assert owner.post(f"/admin/customers/customer/{customer.pk}/change/", form).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.level, customer.version) == ("汪大姐", "gold", 3)
    assert owner.get("/api/customers", {"q": "汪大姐"}).json()["items"]


@pytest.mark.parametrize("body", [{}, {"name": "  "}, {"addresses": [{"text": "霍山县衡山镇迎驾大道1号"}]}])
def test_a_customer_has_a_name_or_a_number(body: dict[str, object]) -> None:
    answer = send(as_a(Role.AGENT), "POST", "/customers", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "nobody")
    assert answer.json()["detail"] == ["name", "phones"]
    assert not Customer.objects.exists()
    english = send(as_a(Role.AGENT, "en"), "POST", "/customers", body).json()
    assert english["message"] == "Give a name or a number."


@pytest.mark.parametrize(
    "body",
    [
        {"phones": [{"number": "13900000001"}]},
        {"contacts": [{"name": "周会计"}]},
        {"call_id": "masked-1", "addresses": [{"text": "霍山县衡山镇迎驾大道1号"}]},
    ],
)
def test_what_is_enough_to_find_them_again(body: dict[str, object]) -> None:
    assert send(as_a(Role.AGENT), "POST", "/customers", body).status_code == 200
