"""The JSON texts on the socket: events, requests and responses of REST over WebSocket (Asterisk ≥ 22.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec
from prometheus_client import Counter

from .generated.events import AnyEvent

UNKNOWN_EVENTS = Counter(
    "springline_ari_unknown_events_total", "Messages from Asterisk that no generated class fits", ["type"]
)

QueryValue: TypeAlias = str | int | bool | Sequence[str] | None
Query: TypeAlias = Iterable[tuple[str, QueryValue]]
Body: TypeAlias = Mapping[str, object] | None


class RestRequest(
    msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="RESTRequest"
):
    """``query_strings`` are name/value pairs, not percent-encoded; the ``uri`` has no leading slash."""

    request_id: str
    method: str
    uri: str
    query_strings: list[dict[str, str]] | None = None
    content_type: str | None = None
    message_body: str | None = None


class RestResponse(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="RESTResponse"):
    """A response. ``message_body`` is JSON inside JSON, decoded only by who wants it."""

    request_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str | None = None


class UnknownEvent(msgspec.Struct, frozen=True, gc=False):
    """A message that no generated class fits: a newer Asterisk, or a field of another type than described."""

    type: str
    raw: bytes


class _Typed(msgspec.Struct, gc=False):
    type: str = ""


Message: TypeAlias = AnyEvent | RestResponse | UnknownEvent

_known: msgspec.json.Decoder[AnyEvent | RestResponse] = msgspec.json.Decoder(AnyEvent | RestResponse)
_typed = msgspec.json.Decoder(_Typed)
_encoder = msgspec.json.Encoder()


def decode_message(text: bytes) -> Message:
    """One message of Asterisk. Raises ``msgspec.DecodeError`` only if the text is not a JSON object."""
    try:
        return _known.decode(text)
    except msgspec.ValidationError:
        kind = _typed.decode(text).type
        UNKNOWN_EVENTS.labels(kind).inc()
        return UnknownEvent(kind, text)


def encode_request(request_id: str, method: str, uri: str, query: Query, body: Body) -> bytes:
    """The text of a request; pairs whose value is None are left out."""
    pairs = [{"name": name, "value": _text(value)} for name, value in query if value is not None]
    if body is None:
        return _encoder.encode(RestRequest(request_id, method, uri, pairs or None))
    content = _encoder.encode(body).decode()
    return _encoder.encode(RestRequest(request_id, method, uri, pairs or None, "application/json", content))


def _text(value: str | int | bool | Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return ",".join(value)
