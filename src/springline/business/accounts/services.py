"""All writes of accounts."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db import models, transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, AuditRow, Language, User
from springline.business.accounts.roles import Role, Scope
from springline.business.prepared import Prepared
from springline.business.tables.history import SYSTEM

TOKEN_PREFIX = "spl_"  # noqa: S105
_FEW_ITERATIONS = 1_000
_USE_NOTED_EVERY = timedelta(minutes=1)
_LIVE_TOKENS = Prepared(lambda digest: ApiToken.objects.filter(digest=digest, revoked_at=None).order_by())
_SAME_READING = timedelta(minutes=10)


def audit(
    actor: User | ApiToken | None,
    what: str,
    target: models.Model | None = None,
    *,
    why: str = "",
    **detail: Any,
) -> AuditRow:
    """Leave an audit row. `actor` None is the system; `detail` must hold no secret and no caller's number."""
    return AuditRow.objects.create(
        user=actor if isinstance(actor, User) else None,
        who=_who(actor),
        what=what,
        why=why[:200],
        object_type=target._meta.model_name or "" if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        detail=detail,
    )


def audit_reading(
    actor: User | ApiToken, what: str, target: models.Model | None = None, *, why: str = ""
) -> None:
    """Note that the actor read something personal; what repeats within ten minutes is one reading.

    A player fetches one recording in many ranges, and a list is loaded again and again.
    """
    recent = AuditRow.objects.filter(
        who=_who(actor),
        what=what,
        object_id=str(target.pk) if target is not None else "",
        why=why[:200],
        at__gte=timezone.now() - _SAME_READING,
    )
    if not recent.exists():
        audit(actor, what, target, why=why)


def _who(actor: User | ApiToken | None) -> str:
    return SYSTEM if actor is None else actor.signature


@transaction.atomic
def create_user(
    username: str,
    password: str,
    *,
    name: str,
    role: Role,
    agent_id: str | None = None,
    language: Language = Language.CHINESE,
    by: User | None = None,
    machine_made: bool = False,
) -> User:
    """`machine_made`: the password is long and random: its hash need not be slow until the first sign-in."""
    user = User.objects.create_user(
        username,
        None if machine_made else password,
        name=name,
        role=role,
        agent_id=agent_id,
        language=language,
    )
    if machine_made:
        user.password = _quick_hash(password)
        user.save(update_fields=["password"])
    audit(by, "user.created", user, role=str(role))
    return user


def _quick_hash(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=_FEW_ITERATIONS)
    return hasher.encode(password, hasher.salt())


@transaction.atomic
def set_password(user: User, password: str, by: User | None = None) -> None:
    """Also ends the user's other sessions: their hash no longer fits."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(by, "user.password_set", user)


@transaction.atomic
def create_token(name: str, scopes: list[Scope], by: User | None = None) -> str:
    """A new API token; this text is its only copy, the database keeps a hash.

    Raises ValueError when `scopes` is empty or names an unknown scope.
    """
    if not scopes:
        raise ValueError("a token needs a scope")
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name, digest=_digest(text), scopes=sorted({str(Scope(scope)) for scope in scopes})
    )
    audit(by, "token.created", token, scopes=token.scopes)
    return text


def find_token(text: str) -> ApiToken | None:
    """The live token of this text, its use noted at most once a minute; None when unknown or revoked."""
    found = _LIVE_TOKENS(_digest(text))
    if not found:
        return None
    [token] = found
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


@transaction.atomic
def revoke_token(token: ApiToken, by: User | None = None) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit(by, "token.revoked", token)


def _digest(text: str) -> str:
    # A plain hash is enough: the token is 256 random bits, not a password that could be guessed.
    return hashlib.sha256(text.encode()).hexdigest()
