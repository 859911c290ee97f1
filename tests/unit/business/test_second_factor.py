"""The second step of signing in: who needs it, how it is set up, and that no code works twice."""

from datetime import timedelta

import msgspec
import pyotp
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from springline.business.accounts import second_factor
from springline.business.accounts.models import AuditRow, SecondFactor, User
from springline.business.accounts.roles import Role
from tests.unit.business import people
from tests.unit.business.test_session_api import sign_in


@pytest.fixture
def reachable(settings: object) -> None:
    """Other machines reach the web process."""
    settings.HOME = msgspec.structs.replace(settings.HOME, tls_names=("192.168.1.10",))  # type: ignore[attr-defined]


def _enrol(user: User) -> tuple[str, list[str]]:
    secret = second_factor.begin(user).secret
    codes = second_factor.confirm(user, pyotp.TOTP(secret).at(timezone.now() - timedelta(seconds=30)))
    assert codes
    return secret, codes


def _with_code(client: Client, username: str, code: str):  # type: ignore[no-untyped-def]
    body = {"username": username, "password": people.PASSWORD, "code": code}
    return client.post("/api/session", body, content_type="application/json")


@pytest.mark.parametrize(
    ("role", "needs"),
    [
        (Role.AGENT, False),
        (Role.COURIER, False),
        (Role.FINANCE, True),
        (Role.SUPERVISOR, True),
        (Role.OWNER, True),
        (Role.ADMIN, True),
    ],
)
def test_who_needs_one(db: None, settings: object, role: Role, needs: bool) -> None:
    user, home = people.a(role), settings.HOME  # type: ignore[attr-defined]
    assert second_factor.required_of(user, home) is False
    elsewhere = msgspec.structs.replace(home, web_host="0.0.0.0")
    assert second_factor.required_of(user, elsewhere) is needs
    assert second_factor.required_of(user, msgspec.structs.replace(home, second_factor="always")) is needs
    assert second_factor.required_of(user, msgspec.structs.replace(elsewhere, second_factor="never")) is False


def test_until_it_is_set_up_nothing_else_is_answered(reachable: None, monitor: User) -> None:
    client = Client()
    assert sign_in(client, "supervisor", people.PASSWORD).json()["second_factor"] == "needed"
    refused = client.get("/api/calls")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    made = client.post("/api/second-factor").json()
    assert made["picture"].startswith("<?xml")
    assert "supervisor" in made["uri"]
    wrong = client.post("/api/second-factor/confirm", {"code": "000000"}, content_type="application/json")
    assert wrong.status_code == 422
    code = {"code": pyotp.TOTP(made["secret"]).now()}
    done = client.post("/api/second-factor/confirm", code, content_type="application/json")
    assert len(done.json()["recovery_codes"]) == second_factor.RECOVERY_CODES
    assert client.get("/api/calls").status_code == 200
    assert client.get("/api/session").json()["second_factor"] == "on"


def test_the_back_office_is_closed_as_well(reachable: None, db: None) -> None:
    client = Client()
    client.force_login(people.a(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/")["Location"] == "/desk/"


def test_signing_in_asks_for_the_code(monitor: User) -> None:
    secret, _codes = _enrol(monitor)
    client = Client()
    assert sign_in(client, "supervisor", people.PASSWORD).json()["code"] == "code_needed"
    assert client.get("/api/session").status_code == 401
    assert _with_code(client, "supervisor", "123456").json()["code"] == "bad_code"
    assert _with_code(client, "supervisor", pyotp.TOTP(secret).now()).status_code == 200


def test_a_code_works_once_and_only_in_its_time(monitor: User) -> None:
    secret, _codes = _enrol(monitor)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        now = timezone.now()
        app = pyotp.TOTP(secret)
        assert not second_factor.verify(monitor, app.at(now - timedelta(seconds=90)))
        assert second_factor.verify(monitor, f" {app.at(now)[:3]} {app.at(now)[3:]} ")
        assert not second_factor.verify(monitor, app.at(now))
        assert not second_factor.verify(monitor, app.at(now - timedelta(seconds=30)))
        assert second_factor.verify(monitor, app.at(now + timedelta(seconds=30)))


def test_a_recovery_code_works_once(monitor: User) -> None:
    _secret, codes = _enrol(monitor)
    client = Client()
    assert _with_code(client, "supervisor", codes[0].upper()).status_code == 200
    assert _with_code(Client(), "supervisor", codes[0]).status_code == 401
    assert AuditRow.objects.filter(what="second_factor.recovery_used").count() == 1


def test_guessing_codes_locks_out(monitor: User) -> None:
    secret, _codes = _enrol(monitor)
    client = Client()
    for _guess in range(5):
        _with_code(client, "supervisor", "000000")
    answer = _with_code(client, "supervisor", pyotp.TOTP(secret).now())
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")


def test_the_secret_is_not_readable_in_the_database(monitor: User) -> None:
    secret, codes = _enrol(monitor)
    rows = str(list(SecondFactor.objects.values())) + str(list(AuditRow.objects.values()))
    assert secret not in rows
    assert not any(code in rows for code in codes)


def test_an_enrolled_person_cannot_be_given_another_secret(monitor: User) -> None:
    _enrol(monitor)
    client = Client()
    client.force_login(monitor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/api/second-factor").status_code == 409


def test_removing_it_takes_a_code_and_a_lost_phone_an_administrator(monitor: User) -> None:
    secret, _codes = _enrol(monitor)
    client = Client()
    client.force_login(monitor, backend="django.contrib.auth.backends.ModelBackend")
    remove = "/api/second-factor/remove"
    assert client.post(remove, {"code": "1"}, content_type="application/json").status_code == 422
    code = {"code": pyotp.TOTP(secret).now()}
    assert client.post(remove, code, content_type="application/json").status_code == 200
    _enrol(monitor)
    second_factor.remove(monitor, people.a(Role.ADMIN))
    assert sign_in(Client(), "supervisor", people.PASSWORD).status_code == 200
