"""What the command line asks of the business floor: set up Django, migrate, seed, tokens."""

import json
import os
import secrets
from pathlib import Path

import msgspec

from springline.contracts.config import Device
from springline.platform.files import write_whole
from springline.platform.settings import Settings

LAST_SINGLE_STEPS = "7ea18ad"
"""The commit whose `springline migrate` still knows every single step before the first release."""


class SeededUser(msgspec.Struct, frozen=True, kw_only=True):
    """`password` is known only to those who read demo-users.json."""

    username: str
    name: str
    role: str
    password: str
    agent: str | None = None


class SeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """`created` is False when everything was there already. `hotline`: the demo's printed number (digits)."""

    hotline: str
    users: tuple[SeededUser, ...]
    created: bool


class HomeTooOldError(RuntimeError):
    """An older checkout made the home's database and left it half-way to the squashed migrations."""

    ADVICE_ZH = (
        f"先备份，再检出 {LAST_SINGLE_STEPS}，执行 make setup 与 springline migrate，然后回到现在的版本。"
    )
    ADVICE_EN = (
        f"After a backup check out {LAST_SINGLE_STEPS}, run `make setup` and `springline migrate`, "
        "then come back to this version."
    )

    def __init__(self, apps: list[str]) -> None:
        names = ", ".join(apps)
        super().__init__(
            f"数据库来自更早的检出，未升级完（{names}）。{self.ADVICE_ZH}\n"
            f"The database is of an older checkout, not brought up to date ({names}). {self.ADVICE_EN}"
        )


def bootstrap_django(settings: Settings) -> None:
    """Configure Django for `settings.home`, whatever the environment names; a second call changes nothing."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    os.environ["SPRINGLINE_HOME"] = str(settings.home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "springline.business.settings"
    django.setup()


def migrate() -> None:
    """Bring the database to the present schema. Raises HomeTooOldError or django.db.DatabaseError."""
    from django.core.management import call_command
    from django.db import connection

    from springline.business.upgrading import stranded

    if apps := stranded(connection):
        raise HomeTooOldError(apps)
    call_command("migrate", interactive=False, verbosity=0)
    from springline.business.knowledge.services import ship as ship_articles
    from springline.business.messaging.services import ship

    ship()
    ship_articles()


def seed_demo(flow_document: str, flow_version: str) -> SeedResult:
    """The demo's hotline, queues, agents, codes, users, catalogue, customers and orders; what is there stays.

    Passwords are random and stand only in `demo-users.json` of the home (mode 0600). A `flow_document` whose
    version is new becomes the live flow.
    """
    from django.conf import settings
    from django.db import transaction

    from springline.business import seed

    path = settings.HOME.home / "demo-users.json"
    former = _read_users(path)
    known = {user.username: user.password for user in former}
    with transaction.atomic():
        created = seed.write_config(flow_document, flow_version)
        created |= seed.write_business()
        users = tuple(seed.users(known, _new_password))
        for user in users:
            seed.ensure_user(user, known=user.username in known)
        created |= seed.write_couriers()
        # Before the commit: a user whose password nobody knows would be worse than a password without user.
        if users != former:
            _write_users(path, users)
    return SeedResult(hotline=seed.HOTLINE, users=users, created=created or users != former)


def demo_users(settings: Settings) -> tuple[SeededUser, ...]:
    """The users that the demo made, from the home's demo-users.json; empty when there is no demo."""
    return _read_users(settings.home / "demo-users.json")


def create_token(name: str, scopes: list[str]) -> str:
    """A new API token, shown once. Raises ValueError on an unknown or missing scope (read, control)."""
    from springline.business.accounts import services
    from springline.business.accounts.roles import Scope

    return services.create_token(name, [Scope(scope) for scope in scopes])


def set_agent_device(agent_id: str, device: Device) -> None:
    """Raises KeyError when there is no such agent."""
    from springline.business.hotline import services
    from springline.business.hotline.models import Agent

    try:
        services.set_agent_device(agent_id, device)
    except Agent.DoesNotExist:
        raise KeyError(agent_id) from None


def _new_password() -> str:
    # Letters and digits that nobody mistakes for one another when read from a terminal.
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(14))


def _read_users(path: Path) -> tuple[SeededUser, ...]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[SeededUser, ...])
    except FileNotFoundError:
        return ()


def _write_users(path: Path, users: tuple[SeededUser, ...]) -> None:
    text = json.dumps(msgspec.to_builtins(users), ensure_ascii=False, indent=2) + "\n"
    write_whole(path, text.encode(), 0o600)
