"""Passwords of the desk's softphone: each of one session, one person and one agent, for minutes (ADR 15).

None is stored: it is derived from what it is bound to, so that it ends with any of it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.crypto import salted_hmac
from ninja import Schema

from springline.business import siblings
from springline.business.accounts.models import User
from springline.business.hotline.models import Agent

# A password is good in the window in which it was made and in the next one: for 5 to 10 minutes.
WINDOW = timedelta(minutes=5)
_DOUBT = "softphone"


class Ticket(Schema):
    """What proves at a registration that this browser is signed in; to be shown before `expires_at`."""

    password: str
    expires_at: datetime


def ticket(user: User, session_key: str, now: datetime) -> Ticket:
    window = _window(now)
    ends = datetime.fromtimestamp((window + 2) * WINDOW.total_seconds(), UTC)
    return Ticket(password=_password(user, session_key, window), expires_at=ends)


def passwords(user: User, session_key: str, now: datetime) -> tuple[str, ...]:
    """Those that may be shown at this moment."""
    window = _window(now)
    return _password(user, session_key, window), _password(user, session_key, window - 1)


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())


def _password(user: User, session_key: str, window: int) -> str:
    # The session's hash changes with the person's own password.
    bound = f"{session_key}|{user.pk}|{user.get_session_auth_hash()}|{user.agent_id}|{window}"
    return salted_hmac("springline.softphone.ticket", bound, algorithm="sha256").hexdigest()


class Doubts:
    """Wakes the open sockets when somebody signed out, was blocked or changed, whichever process heard it."""

    def __init__(self) -> None:
        self._sockets: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """Set at every doubt; whoever waits clears it."""
        mine = (asyncio.get_running_loop(), asyncio.Event())
        self._sockets.add(mine)
        try:
            yield mine[1]
        finally:
            self._sockets.discard(mine)

    def raise_(self) -> None:
        """From any thread, in all processes."""
        self.wake()
        siblings.tell(_DOUBT)

    def wake(self) -> None:
        """Those of this process alone."""
        for loop, event in list(self._sockets):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


doubts = Doubts()
siblings.on(_DOUBT, lambda _about: doubts.wake(), missed=doubts.wake)


@receiver(post_save, sender=User)
@receiver(post_save, sender=Agent)
def _changed(sender: type[Model], update_fields: frozenset[str] | None = None, **_: object) -> None:
    if update_fields != {"last_login"}:
        transaction.on_commit(doubts.raise_)
