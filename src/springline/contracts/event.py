"""What every event of the journal has."""

import secrets
from datetime import UTC, datetime

import msgspec


def new_id() -> str:
    return secrets.token_hex(16)


def utcnow() -> datetime:
    return datetime.now(UTC)


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    at: datetime
    id: str = msgspec.field(default_factory=new_id)
    v: int = 1


class CallEvent(Event, frozen=True, kw_only=True):
    call_id: str
