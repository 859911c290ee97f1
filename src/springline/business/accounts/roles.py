"""The rules table: what each role may do, and how far. The only place that decides."""

from enum import StrEnum
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    OWNER = "owner", _("Station owner")
    COURIER = "courier", _("Courier")
    FINANCE = "finance", _("Finance")
    ADMIN = "admin", _("Administrator")


class Scope(models.TextChoices):
    """What an API token may do; control includes nothing of read."""

    READ = "read", _("Read")
    CONTROL = "control", _("Control")


class Action(StrEnum):
    WATCH_LIVE = "watch_live"
    SEE_NUMBERS = "see_numbers"
    WORK_AS_AGENT = "work_as_agent"
    READ_CALLS = "read_calls"
    HEAR_RECORDINGS = "hear_recordings"
    WRAP_UP_CALLS = "wrap_up_calls"
    HANG_UP_CALLS = "hang_up_calls"
    TRANSFER_CALLS = "transfer_calls"
    SUPERVISE_CALLS = "supervise_calls"
    RESET_AGENTS = "reset_agents"
    CALL_BACK = "call_back"
    USE_ADMIN = "use_admin"
    CHANGE_HOTLINE = "change_hotline"
    READ_CATALOG = "read_catalog"
    CHANGE_CATALOG = "change_catalog"
    STOP_SALE = "stop_sale"
    READ_VOUCHERS = "read_vouchers"
    USE_VOUCHERS = "use_vouchers"
    APPROVE_VOUCHERS = "approve_vouchers"
    READ_ORDERS = "read_orders"
    PLACE_ORDERS = "place_orders"
    CHANGE_ORDERS = "change_orders"
    CANCEL_DELIVERING = "cancel_delivering"
    SETTLE_ORDERS = "settle_orders"
    READ_CUSTOMERS = "read_customers"
    CHANGE_CUSTOMERS = "change_customers"
    MANAGE_CUSTOMERS = "manage_customers"
    READ_MESSAGES = "read_messages"
    MANAGE_MESSAGES = "manage_messages"
    DELIVER = "deliver"
    READ_DELIVERY = "read_delivery"
    ASSIGN_DELIVERY = "assign_delivery"
    MANAGE_DELIVERY = "manage_delivery"
    CONFIRM_CASH = "confirm_cash"
    READ_COMPLAINTS = "read_complaints"
    WORK_ON_COMPLAINTS = "work_on_complaints"
    MANAGE_COMPLAINTS = "manage_complaints"
    READ_KNOWLEDGE = "read_knowledge"
    CHANGE_KNOWLEDGE = "change_knowledge"
    EXPORT_TABLES = "export_tables"
    EXPORT_PERSONAL = "export_personal"
    MANAGE_USERS = "manage_users"


# Whoever may do one of these to everything needs a second factor when other machines can reach the house.
NEEDS_SECOND_FACTOR = (Action.HEAR_RECORDINGS, Action.MANAGE_CUSTOMERS, Action.USE_ADMIN, Action.MANAGE_USERS)


class Reach(StrEnum):
    """NONE: refused. OWN: what belongs to the agent of the actor. ALL: everything."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


_SUPERVISOR = {
    Action.WATCH_LIVE: Reach.ALL,
    Action.SEE_NUMBERS: Reach.ALL,
    Action.WORK_AS_AGENT: Reach.ALL,
    Action.READ_CALLS: Reach.ALL,
    Action.HEAR_RECORDINGS: Reach.ALL,
    Action.WRAP_UP_CALLS: Reach.ALL,
    Action.HANG_UP_CALLS: Reach.ALL,
    Action.TRANSFER_CALLS: Reach.ALL,
    Action.SUPERVISE_CALLS: Reach.ALL,
    Action.RESET_AGENTS: Reach.ALL,
    Action.CALL_BACK: Reach.ALL,
    Action.READ_CATALOG: Reach.ALL,
    Action.STOP_SALE: Reach.ALL,
    Action.READ_VOUCHERS: Reach.ALL,
    Action.USE_VOUCHERS: Reach.ALL,
    Action.APPROVE_VOUCHERS: Reach.ALL,
    Action.READ_ORDERS: Reach.ALL,
    Action.PLACE_ORDERS: Reach.ALL,
    Action.CHANGE_ORDERS: Reach.ALL,
    Action.CANCEL_DELIVERING: Reach.ALL,
    Action.SETTLE_ORDERS: Reach.ALL,
    Action.READ_CUSTOMERS: Reach.ALL,
    Action.CHANGE_CUSTOMERS: Reach.ALL,
    Action.MANAGE_CUSTOMERS: Reach.ALL,
    Action.READ_MESSAGES: Reach.ALL,
    Action.MANAGE_MESSAGES: Reach.ALL,
    Action.READ_DELIVERY: Reach.ALL,
    Action.ASSIGN_DELIVERY: Reach.ALL,
    Action.MANAGE_DELIVERY: Reach.ALL,
    Action.CONFIRM_CASH: Reach.ALL,
    Action.READ_COMPLAINTS: Reach.ALL,
    Action.WORK_ON_COMPLAINTS: Reach.ALL,
    Action.MANAGE_COMPLAINTS: Reach.ALL,
    Action.READ_KNOWLEDGE: Reach.ALL,
}
_OWNER = {
    **_SUPERVISOR,
    Action.USE_ADMIN: Reach.ALL,
    Action.CHANGE_HOTLINE: Reach.ALL,
    Action.CHANGE_CATALOG: Reach.ALL,
    Action.CHANGE_KNOWLEDGE: Reach.ALL,
    Action.EXPORT_TABLES: Reach.ALL,
    Action.EXPORT_PERSONAL: Reach.ALL,
}

RULES: dict[Role, dict[Action, Reach]] = {
    Role.AGENT: {
        Action.WATCH_LIVE: Reach.ALL,
        Action.SEE_NUMBERS: Reach.OWN,
        Action.WORK_AS_AGENT: Reach.OWN,
        Action.READ_CALLS: Reach.ALL,
        Action.HEAR_RECORDINGS: Reach.OWN,
        Action.WRAP_UP_CALLS: Reach.OWN,
        Action.HANG_UP_CALLS: Reach.OWN,
        Action.TRANSFER_CALLS: Reach.OWN,
        Action.CALL_BACK: Reach.ALL,
        Action.READ_CATALOG: Reach.ALL,
        Action.READ_VOUCHERS: Reach.ALL,
        Action.USE_VOUCHERS: Reach.ALL,
        Action.READ_ORDERS: Reach.ALL,
        Action.PLACE_ORDERS: Reach.ALL,
        Action.CHANGE_ORDERS: Reach.ALL,
        Action.CANCEL_DELIVERING: Reach.ALL,
        Action.READ_CUSTOMERS: Reach.ALL,
        Action.CHANGE_CUSTOMERS: Reach.ALL,
        Action.READ_DELIVERY: Reach.ALL,
        Action.ASSIGN_DELIVERY: Reach.ALL,
        Action.READ_COMPLAINTS: Reach.ALL,
        Action.WORK_ON_COMPLAINTS: Reach.ALL,
        Action.READ_KNOWLEDGE: Reach.ALL,
    },
    Role.SUPERVISOR: _SUPERVISOR,
    Role.OWNER: _OWNER,
    # Their own tasks only: the courier's API asks for nobody else's.
    Role.COURIER: {Action.READ_CATALOG: Reach.ALL, Action.DELIVER: Reach.ALL},
    Role.FINANCE: {
        Action.READ_CALLS: Reach.ALL,
        Action.READ_CATALOG: Reach.ALL,
        Action.READ_VOUCHERS: Reach.ALL,
        Action.APPROVE_VOUCHERS: Reach.ALL,
        Action.READ_ORDERS: Reach.ALL,
        Action.SETTLE_ORDERS: Reach.ALL,
        Action.READ_CUSTOMERS: Reach.ALL,
        Action.READ_DELIVERY: Reach.ALL,
        Action.CONFIRM_CASH: Reach.ALL,
        Action.READ_COMPLAINTS: Reach.ALL,
        Action.USE_ADMIN: Reach.ALL,
        Action.EXPORT_TABLES: Reach.ALL,
    },
    Role.ADMIN: {**_OWNER, Action.MANAGE_USERS: Reach.ALL},
}

# How many buckets of water a role may give for one complaint on its own (handbook, chapter 9).
_COMPENSATION = {Role.AGENT: 1, Role.SUPERVISOR: 5, Role.OWNER: 100, Role.ADMIN: 100}

SCOPE_RULES: dict[Scope, dict[Action, Reach]] = {
    Scope.READ: {
        Action.WATCH_LIVE: Reach.ALL,
        Action.SEE_NUMBERS: Reach.ALL,
        Action.READ_CALLS: Reach.ALL,
        Action.HEAR_RECORDINGS: Reach.ALL,
        Action.CALL_BACK: Reach.ALL,
        Action.READ_CATALOG: Reach.ALL,
        Action.READ_VOUCHERS: Reach.ALL,
        Action.READ_ORDERS: Reach.ALL,
        Action.READ_CUSTOMERS: Reach.ALL,
        Action.READ_DELIVERY: Reach.ALL,
        Action.READ_COMPLAINTS: Reach.ALL,
        Action.READ_KNOWLEDGE: Reach.ALL,
    },
    Scope.CONTROL: {
        Action.WORK_AS_AGENT: Reach.ALL,
        Action.WRAP_UP_CALLS: Reach.ALL,
        Action.HANG_UP_CALLS: Reach.ALL,
        Action.TRANSFER_CALLS: Reach.ALL,
        Action.PLACE_ORDERS: Reach.ALL,
        Action.CHANGE_ORDERS: Reach.ALL,
    },
}


class Actor(Protocol):
    """Who asks: a signed-in user or an API token. `agent_id` is None for one that is no agent."""

    @property
    def agent_id(self) -> str | None: ...

    def reach(self, action: Action) -> Reach: ...


def may(actor: Actor, action: Action, agent_id: str | None = None) -> bool:
    """Whether `actor` may do `action` to something that belongs to agent `agent_id` (None: to nobody)."""
    reach = actor.reach(action)
    if reach is Reach.OWN:
        return agent_id is not None and agent_id == actor.agent_id
    return reach is Reach.ALL


def compensation_limit(role: str) -> int:
    """Buckets that a person of this role may give for one complaint without asking."""
    return _COMPENSATION.get(Role(role), 0)
