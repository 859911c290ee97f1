"""Every role at every endpoint and at every table of the back office.

An endpoint or a table that nobody wrote a rule for fails here: endpoint_rules.py, accounts/tables.py.
"""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from springline.business.accounts.roles import RULES, Action, Reach, Role
from springline.business.accounts.tables import TABLES, needed
from springline.business.api import api
from tests.support.sample import Document
from tests.unit.business import people
from tests.unit.business.endpoint_rules import PUBLIC, rules

SignIn = Callable[[AbstractBaseUser], Client]
ROLES = list(Role)
RULED = rules()
DOCUMENT = Document(api.get_openapi_schema())
OPERATIONS = {f"{how} {path.removeprefix('/api')}": (path, what) for how, path, what in DOCUMENT.operations()}
# Tables that the back office shows inside another's page, or that history keeps.
VERBS = ("view", "add", "change", "delete", "import", "export")


# Endpoints.


def test_every_endpoint_has_a_rule_and_every_rule_an_endpoint() -> None:
    public = {line for line in PUBLIC.split("\n") if line}
    assert set(OPERATIONS) == set(RULED) | public


def asked(client: Client, endpoint: str) -> tuple[int, str]:
    """(status, code) of the smallest request that the document allows."""
    path, operation = OPERATIONS[endpoint]
    body = DOCUMENT.body(operation)
    how: dict[str, object] = {}
    if body is not None:
        media, sent = body
        if media == "application/json":
            how = {"data": sent, "content_type": media}
        else:
            how = {"data": {name: _file() if name == "file" else value for name, value in sent.items()}}
    answer = getattr(client, endpoint.split()[0].lower())(DOCUMENT.path(path, operation), **how)
    is_json = answer.get("Content-Type", "").startswith("application/json")
    code = answer.json() if is_json else {}
    return answer.status_code, code.get("code", "") if isinstance(code, dict) else ""


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("x.csv", b"x")


@pytest.mark.parametrize("role", ROLES)
def test_each_endpoint_asks_for_its_action(db: None, signed_in: SignIn, role: Role) -> None:
    user = people.a(role)
    client = signed_in(user)
    wrong = []
    # Signing out comes last.
    for endpoint, actions in sorted(RULED.items(), key=lambda rule: rule[0].startswith("DELETE /session")):
        reaches = {RULES[role].get(action, Reach.NONE) for action in actions} or {Reach.ALL}
        reach = next(reach for reach in (Reach.ALL, Reach.OWN, Reach.NONE) if reach in reaches)
        status, code = asked(client, endpoint)
        refused = (status, code) == (403, "forbidden")
        # What is one's own depends on what is asked for; stories elsewhere tell of that.
        own = reach is Reach.OWN or (actions == (Action.DELIVER,) and reach is Reach.ALL)
        if status >= 500 and status != 503 or (not own and refused != (reach is Reach.NONE)):
            wrong.append((endpoint, actions, reach, status, code))
    assert not wrong


def test_who_is_not_signed_in_gets_nothing(db: None) -> None:
    assert {asked(Client(), endpoint) for endpoint in RULED} == {(401, "not_signed_in")}


# Tables of the back office.


def registered() -> dict[str, admin.ModelAdmin]:  # type: ignore[type-arg]
    return {model._meta.label_lower: table for model, table in admin.site._registry.items()}


def test_every_table_has_a_rule_and_every_rule_a_table() -> None:
    inlines = {line.model._meta.label_lower for table in registered().values() for line in table.inlines}
    assert set(registered()) | inlines == set(TABLES)


def test_every_rule_names_a_model() -> None:
    assert all(apps.get_model(label) for label in TABLES)


def allowed(role: Role, verb: str, label: str) -> bool:
    actions = needed(verb, label)
    return actions is not None and all(RULES[role].get(action) is Reach.ALL for action in actions)


@pytest.mark.parametrize("role", ROLES)
def test_each_page_of_each_table_opens_for_whom_it_should(db: None, signed_in: SignIn, role: Role) -> None:
    client = signed_in(people.a(role))
    wrong = []
    for label, table in registered().items():
        names = {"view": "changelist", "add": "add", "import": "import", "export": "export"}
        for verb, page in names.items():
            if verb == "import" and not getattr(table, "sheet_key", ()):
                continue
            status = client.get(reverse(f"admin:{label.replace('.', '_')}_{page}")).status_code
            may = allowed(role, verb, label) and (verb != "add" or _can_add(table))
            if (status == 200) != may or status not in {200, 302, 403}:
                wrong.append((label, verb, status, may))
    assert not wrong


def _can_add(table: object) -> bool:
    """Not what only services make."""
    return "has_add_permission" not in vars(type(table)) and not _is_read_only(table)


def _is_read_only(table: object) -> bool:
    return any(kind.__name__ == "ReadOnlyAdmin" for kind in type(table).__mro__)


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_shows_what_the_role_may_open(db: None, signed_in: SignIn, role: Role) -> None:
    answer = signed_in(people.a(role)).get("/admin/")
    if not any(allowed(role, "view", label) for label in TABLES):
        assert answer.status_code == 302
        return
    menu = answer.content.decode().split('id="nav-sidebar"')[-1]
    shown = {f"{app}.{model}" for app, model in re.findall(r'href="/admin/(\w+)/(\w+)/"', menu)}
    assert shown == {label for label in registered() if allowed(role, "view", label)}


def test_what_the_table_of_tables_must_never_say() -> None:
    readers = {Role.OWNER, Role.FINANCE, Role.ADMIN}
    for label in TABLES:
        who = {verb: {role for role in ROLES if allowed(role, verb, label)} for verb in VERBS}
        assert set().union(*who.values()) <= readers, label
        assert who["change"] <= {Role.OWNER, Role.ADMIN}, label
        assert who["add"] | who["change"] | who["delete"] | who["export"] <= who["view"], label
    for label in (
        "vouchers.voucherentry",
        "vouchers.bucketentry",
        "vouchers.depositentry",
        "accounts.auditrow",
    ):
        assert not any(
            allowed(role, verb, label) for role in ROLES for verb in ("add", "change", "delete", "import")
        )
    for label in ("customers.customer", "customers.numbertag", "calls.call"):
        assert not allowed(Role.FINANCE, "export", label)


@pytest.mark.parametrize("label", ["vouchers.voucherentry", "vouchers.depositentry", "vouchers.bucketentry"])
def test_ledgers_are_exported_by_finance(db: None, signed_in: SignIn, label: str) -> None:
    path = reverse(f"admin:{label.replace('.', '_')}_export")
    answer = signed_in(people.a(Role.FINANCE)).post(path, {"format": "1", "resource": "0"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "张数" in answer.content.decode() or "数量" in answer.content.decode()
