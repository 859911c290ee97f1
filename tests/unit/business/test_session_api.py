import json

import pytest
from django.test import Client

from springline.business.accounts.models import ApiToken, AppendOnly, AuditRow, User
from springline.business.accounts.roles import Role, Scope
from springline.business.accounts.services import audit, create_token, find_token, revoke_token
from tests.unit.business import people


def sign_in(client: Client, username: str, password: str, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(
        "/api/session",
        {"username": username, "password": password},
        content_type="application/json",
        headers=headers,
    )


def test_nobody_is_signed_in_but_the_csrf_cookie_is_set(db: None, browser: Client) -> None:
    answer = browser.get("/api/session")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert "csrftoken" in answer.cookies


def test_an_agent_signs_in_and_gets_the_softphone(browser: Client, xiaoan: User) -> None:
    answer = sign_in(browser, "agent1001", people.PASSWORD)
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"] == {
        "id": xiaoan.pk,
        "username": "agent1001",
        "name": "坐席小安",
        "role": "agent",
        "language": "zh-hans",
    }
    assert body["agent"]["queues"] == [{"id": "city", "name": "城区"}, {"id": "huoshan", "name": "霍山"}]
    assert body["softphone"]["uri"] == "sip:agent-1001@springline"
    assert "password" not in body["softphone"]
    again = browser.get("/api/session").json()
    assert {**again, "server_time": None} == {**body, "server_time": None}
    assert AuditRow.objects.filter(what="session.opened", user=xiaoan).count() == 1


def test_a_desk_phone_needs_no_softphone_and_a_supervisor_has_none(
    browser: Client, xiaoan: User, monitor: User
) -> None:
    xiaoan.agent.device = "sip"
    xiaoan.agent.save()
    assert sign_in(browser, "agent1001", people.PASSWORD).json()["softphone"] is None
    body = sign_in(browser, "supervisor", people.PASSWORD).json()
    assert (body["agent"], body["softphone"]) == (None, None)


def test_the_cookies_are_safe(browser: Client, xiaoan: User, settings) -> None:  # type: ignore[no-untyped-def]
    plain = sign_in(browser, "agent1001", people.PASSWORD).cookies[settings.SESSION_COOKIE_NAME]
    assert plain["httponly"]
    assert plain["samesite"] == "Lax"
    assert not plain["secure"]
    answer = browser.post(
        "/api/session",
        {"username": "agent1001", "password": people.PASSWORD},
        content_type="application/json",
        secure=True,
    )
    assert all(cookie["secure"] for cookie in answer.cookies.values())


def test_a_wrong_password_and_an_unknown_user_look_the_same(browser: Client, xiaoan: User) -> None:
    wrong, unknown = sign_in(browser, "agent1001", "no"), sign_in(browser, "nobody", "no")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.json()["code"] == "bad_credentials"


def test_five_wrong_passwords_lock_out_and_only_this_user(
    browser: Client, xiaoan: User, monitor: User
) -> None:
    for _attempt in range(5):
        answer = sign_in(browser, "agent1001", "no")
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert sign_in(browser, "agent1001", people.PASSWORD).status_code == 429
    assert sign_in(browser, "supervisor", people.PASSWORD).status_code == 200


def test_a_disabled_user_cannot_sign_in(browser: Client, xiaoan: User) -> None:
    User.objects.filter(pk=xiaoan.pk).update(is_active=False)
    assert sign_in(browser, "agent1001", people.PASSWORD).status_code == 401


def test_a_page_elsewhere_cannot_sign_this_browser_in(browser: Client, xiaoan: User) -> None:
    answer = sign_in(browser, "agent1001", people.PASSWORD, Origin="http://evil.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert sign_in(browser, "agent1001", people.PASSWORD, Origin="http://testserver").status_code == 200


@pytest.mark.parametrize(
    "body", ["", "{}", '{"username": 3}', '{"username":"a","password":null}', "[]", "\x00"]
)
def test_rubbish_is_answered_with_422_or_400_and_not_echoed(db: None, browser: Client, body: str) -> None:
    answer = browser.post("/api/session", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid", "bad_request"}


def test_what_was_typed_as_password_is_never_echoed(db: None, browser: Client) -> None:
    secret = "x" * 300
    answer = sign_in(browser, "a", secret)
    assert answer.status_code == 422
    assert secret not in answer.content.decode()


def test_unsafe_methods_need_the_csrf_header(browser: Client, xiaoan: User) -> None:
    sign_in(browser, "agent1001", people.PASSWORD)
    refused = browser.delete("/api/session")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    token = browser.cookies["csrftoken"].value
    assert browser.delete("/api/session", headers={"X-CSRFToken": token}).status_code == 200
    assert browser.get("/api/session").status_code == 401


def test_english_is_spoken_to_who_chose_it(browser: Client, xiaoan: User) -> None:
    User.objects.filter(pk=xiaoan.pk).update(language="en")
    sign_in(browser, "agent1001", people.PASSWORD)
    assert browser.get("/api/calls/none").json()["message"] == "There is no such thing."
    User.objects.filter(pk=xiaoan.pk).update(language="zh-hans")
    sign_in(browser, "agent1001", people.PASSWORD)
    assert browser.get("/api/calls/none").json()["message"] == "未找到。"
    english = browser.get("/api/calls/none", headers={"Accept-Language": "en"}).json()
    assert english["message"] == "There is no such thing."


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_token_reads_without_csrf_and_is_stored_hashed(db: None, browser: Client) -> None:
    text = create_token("reports", [Scope.READ])
    assert browser.get("/api/calls", headers=bearer(text)).status_code == 200
    row = ApiToken.objects.get()
    assert text not in json.dumps([row.digest, row.name, row.scopes])
    assert row.last_used_at is not None


def test_a_read_token_cannot_control(agents: object, browser: Client) -> None:
    text = create_token("reports", [Scope.READ])
    answer = browser.post(
        "/api/agent/ready", {"agent": "1001"}, content_type="application/json", headers=bearer(text)
    )
    assert answer.status_code == 403


def test_a_revoked_or_unknown_token_is_nobody(db: None, browser: Client) -> None:
    text = create_token("old", [Scope.READ])
    token = find_token(text)
    assert token is not None
    revoke_token(token)
    for bad in (text, "spl_nonsense", ""):
        assert browser.get("/api/calls", headers=bearer(bad)).status_code == 401
    assert list(AuditRow.objects.values_list("what", flat=True)) == ["token.revoked", "token.created"]


@pytest.mark.parametrize("scopes", [[], ["write"]])
def test_a_token_needs_known_scopes(db: None, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="scope|write"):
        create_token("x", scopes)  # type: ignore[arg-type]


def test_the_audit_trail_only_grows(db: None) -> None:
    row = audit(people.a(Role.ADMIN), "token.created")
    row.why = "changed my mind"
    for change in (row.save, row.delete, AuditRow.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        AuditRow.objects.update(who="somebody else")
