"""Who may do what: the table itself, and the same told by people over HTTP."""

import pytest

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import RULES, SCOPE_RULES, Action, Reach, Role, Scope, may
from tests.unit.business import people

# agent, supervisor, owner, courier, finance, admin; n: none, o: own, a: all.
EXPECTED = {
    Action.WATCH_LIVE: "aaanna",
    Action.SEE_NUMBERS: "oaanna",
    Action.WORK_AS_AGENT: "oaanna",
    Action.READ_CALLS: "aaanaa",
    Action.HEAR_RECORDINGS: "oaanna",
    Action.WRAP_UP_CALLS: "oaanna",
    Action.HANG_UP_CALLS: "oaanna",
    Action.TRANSFER_CALLS: "oaanna",
    Action.SUPERVISE_CALLS: "naanna",
    Action.RESET_AGENTS: "naanna",
    Action.CALL_BACK: "aaanna",
    Action.USE_ADMIN: "nnanaa",
    Action.CHANGE_HOTLINE: "nnanna",
    Action.EXPORT_TABLES: "nnanaa",
    Action.EXPORT_PERSONAL: "nnanna",
    Action.MANAGE_USERS: "nnnnna",
    Action.READ_CATALOG: "aaaaaa",
    Action.CHANGE_CATALOG: "nnanna",
    Action.STOP_SALE: "naanna",
    Action.READ_VOUCHERS: "aaanaa",
    Action.USE_VOUCHERS: "aaanna",
    Action.APPROVE_VOUCHERS: "naanaa",
    Action.READ_ORDERS: "aaanaa",
    Action.PLACE_ORDERS: "aaanna",
    Action.CHANGE_ORDERS: "aaanna",
    Action.CANCEL_DELIVERING: "aaanna",
    Action.SETTLE_ORDERS: "naanaa",
    Action.READ_CUSTOMERS: "aaanaa",
    Action.CHANGE_CUSTOMERS: "aaanna",
    Action.MANAGE_CUSTOMERS: "naanna",
    Action.READ_MESSAGES: "naanna",
    Action.MANAGE_MESSAGES: "naanna",
    Action.DELIVER: "nnnann",
    Action.READ_DELIVERY: "aaanaa",
    Action.ASSIGN_DELIVERY: "aaanna",
    Action.MANAGE_DELIVERY: "naanna",
    Action.CONFIRM_CASH: "naanaa",
    Action.READ_COMPLAINTS: "aaanaa",
    Action.WORK_ON_COMPLAINTS: "aaanna",
    Action.MANAGE_COMPLAINTS: "naanna",
    Action.READ_KNOWLEDGE: "aaanna",
    Action.CHANGE_KNOWLEDGE: "nnanna",
}
ORDER = [Role.AGENT, Role.SUPERVISOR, Role.OWNER, Role.COURIER, Role.FINANCE, Role.ADMIN]


@pytest.mark.parametrize("action", list(Action))
def test_the_whole_table(action: Action) -> None:
    letters = "".join(RULES[role].get(action, Reach.NONE).value[0] for role in ORDER)
    assert letters == EXPECTED[action]


def test_every_role_and_scope_is_in_the_table() -> None:
    assert set(RULES) == set(Role)
    assert set(SCOPE_RULES) == set(Scope)


@pytest.mark.parametrize(
    ("reach", "owner", "allowed"),
    [("all", None, True), ("all", "1003", True), ("own", "1001", True), ("own", "1003", False),
     ("own", None, False), ("none", "1001", False)],
)  # fmt: skip
def test_reach(reach: str, owner: str | None, allowed: bool) -> None:
    class Xiaoan:
        agent_id = "1001"

        def reach(self, action: Action) -> Reach:
            return Reach(reach)

    assert may(Xiaoan(), Action.HEAR_RECORDINGS, owner) is allowed


def test_nobody_without_an_agent_owns_what_belongs_to_nobody() -> None:
    user = User(role=Role.AGENT)
    assert not may(user, Action.SEE_NUMBERS, None)


def test_a_disabled_user_and_a_revoked_token_may_nothing() -> None:
    gone = User(role=Role.ADMIN, is_active=False)
    revoked = ApiToken(scopes=["read", "control"], revoked_at=people.NOON)
    assert all(who.reach(action) is Reach.NONE for who in (gone, revoked) for action in Action)


def test_scopes_do_not_include_each_other() -> None:
    reading, control = ApiToken(scopes=["read"]), ApiToken(scopes=["control"])
    assert reading.reach(Action.READ_CALLS) is Reach.ALL
    assert reading.reach(Action.WORK_AS_AGENT) is Reach.NONE
    assert control.reach(Action.READ_CALLS) is Reach.NONE


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("agent", 200), ("supervisor", 200), ("owner", 200), ("courier", 403), ("finance", 200), ("admin", 200)],
)
def test_who_reads_calls(db: None, signed_in, role: str, allowed: int) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(people.a(Role(role))).get("/api/calls").status_code == allowed


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("agent", "", 302),
        ("supervisor", "", 302),
        ("courier", "", 302),
        ("finance", "", 200),
        ("finance", "vouchers/depositentry/", 200),
        ("finance", "calls/call/", 403),
        ("finance", "customers/customer/", 403),
        ("owner", "hotline/queue/", 200),
        ("owner", "accounts/user/", 403),
        ("owner", "calls/call/", 200),
        ("admin", "accounts/user/", 200),
        ("admin", "accounts/auditrow/", 200),
        ("admin", "calls/call/", 200),
    ],
)
def test_who_uses_the_back_office(  # type: ignore[no-untyped-def]
    db: None, signed_in, role: str, page: str, status: int
) -> None:
    assert signed_in(people.a(Role(role))).get(f"/admin/{page}").status_code == status


def test_an_owner_changes_a_queue_but_no_call(db: None) -> None:
    owner = people.a(Role.OWNER)
    assert owner.has_perm("hotline.change_queue")
    assert owner.has_perm("calls.change_wrapupcode")
    assert owner.has_perm("calls.view_call")
    assert not owner.has_perm("calls.change_call")
    assert not owner.has_perm("accounts.view_user")
