"""Finds what answers a request, with the statuses a real Asterisk gives."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from ..wire import RestRequest
from .bridge_routes import BridgeRoutes
from .channel_routes import ChannelRoutes
from .link import Answer, Reply
from .other_routes import OtherRoutes
from .routes import Call, Refused, Route

if TYPE_CHECKING:
    from .asterisk import FakeAsterisk


class Rest:
    """Finds the handler of a request; ``{}`` in a route stands for one segment."""

    def __init__(self, asterisk: FakeAsterisk) -> None:
        self._routes: dict[str, dict[tuple[str, ...], Route]] = {}
        for table in (
            ChannelRoutes(asterisk).table(),
            BridgeRoutes(asterisk).table(),
            OtherRoutes(asterisk).table(),
        ):
            for key, route in table.items():
                method, path = key.split(" ")
                self._routes.setdefault(method, {})[tuple(path.split("/"))] = route

    def handle(self, request: RestRequest) -> Answer:
        path, _, _ = request.uri.partition("?")
        segments = path.split("/")
        for pattern, route in self._routes.get(request.method, {}).items():
            if len(pattern) == len(segments) and all(
                p in ("{}", s) for p, s in zip(pattern, segments, strict=True)
            ):
                ids = [unquote(s) for p, s in zip(pattern, segments, strict=True) if p == "{}"]
                query = {pair["name"]: pair["value"] for pair in request.query_strings or []}
                body = msgspec.json.decode(request.message_body) if request.message_body else {}
                try:
                    return route(Call(ids, query, body))
                except Refused as refused:
                    return refused.reply
        return Reply(404, {"message": "Resource not found"})
