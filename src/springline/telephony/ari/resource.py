"""What the generated operations are built on."""

from __future__ import annotations

import re
from typing import Any, Protocol, TypeVar
from urllib.parse import quote as percent_encode

import msgspec

from .wire import Body, Query

T = TypeVar("T")
_plain = re.compile(r"[A-Za-z0-9._~-]+").fullmatch


class Requester(Protocol):
    """Sends one request and returns the JSON text of the response, None without content.

    Raises a subclass of ``AriError``.
    """

    async def request(
        self, method: str, uri: str, query: Query = (), body: Body = None, deadline: float | None = None
    ) -> str | None: ...


def quote(segment: str) -> str:
    """One segment of a path, percent-encoded."""
    return segment if _plain(segment) else percent_encode(segment, safe="")


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The JSON decoder of a result type."""
    return msgspec.json.Decoder(kind)


class Resource:
    """One resource of the API. Every operation takes ``deadline`` in seconds, by default the connection's."""

    def __init__(self, requester: Requester) -> None:
        self._request = requester.request

    async def _fetch(
        self,
        result: msgspec.json.Decoder[T],
        method: str,
        uri: str,
        query: Query,
        body: Body,
        deadline: float | None,
    ) -> T:
        return result.decode(await self._request(method, uri, query, body, deadline) or "null")

    async def _send(self, method: str, uri: str, query: Query, body: Body, deadline: float | None) -> None:
        await self._request(method, uri, query, body, deadline)
