"""Who is behind a softphone's socket, and whether they still are."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from springline.business.accounts.models import User
from springline.business.accounts.roles import Action, Reach
from springline.business.hotline.services import softphone_secret


@dataclass(frozen=True)
class Standing:
    """A signed-in person who works as an agent by the browser. `secret` is the engine's and stays here."""

    session_key: str
    user: User
    agent: str
    secret: str

    @property
    def endpoint(self) -> str:
        return f"agent-{self.agent}"


def standing_of(scope: Mapping[str, Any]) -> Standing | None:
    """None when nobody is signed in who works as an agent, or a page elsewhere opened the socket."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    name, _port = split_domain_port(host)
    if urlsplit(headers.get("origin", "")).netloc != host or not validate_host(name, settings.ALLOWED_HOSTS):
        return None
    cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return None if cookie is None else _standing(cookie.value)


def still_standing(former: Standing) -> bool:
    """Whether the same person is signed in, by the same password, as the same agent. Raises DatabaseError."""
    now = _standing(former.session_key)
    return now is not None and _bound(now) == _bound(former)


def _bound(standing: Standing) -> tuple[object, ...]:
    return standing.user.pk, standing.user.get_session_auth_hash(), standing.agent, standing.secret


def _standing(session_key: str) -> Standing | None:
    # This thread is no request's: a connection that the database closed would never be opened again.
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User) or user.reach(Action.WORK_AS_AGENT) is Reach.NONE:
        return None
    if user.agent is None or not user.agent.active:
        return None
    return Standing(session_key, user, user.agent.id, softphone_secret(user.agent))
