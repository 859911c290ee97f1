"""The in-memory socket: requests in, one after the other; responses and events out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from ..errors import AriDisconnected
from ..websocket import OnLost, OnText
from ..wire import RestRequest, RestResponse


class Reply(msgspec.Struct, frozen=True):
    """A response: ``body`` is encoded as JSON, None for no content."""

    status: int = 204
    body: Any = None


# A handler that cannot answer at once returns a future; until then no other request of the link is served.
Answer: TypeAlias = Reply | asyncio.Future[Reply]
Handler: TypeAlias = Callable[[RestRequest], Answer]

_requests = msgspec.json.Decoder(RestRequest)


class FakeLink:
    """One connection to the fake. Texts arrive in order, in a later step of the loop than they were sent."""

    def __init__(self, handle: Handler, on_text: OnText, on_lost: OnLost) -> None:
        self._loop = asyncio.get_running_loop()
        self._handle = handle
        self._on_text = on_text
        self._on_lost = on_lost
        self._waiting: deque[RestRequest] = deque()
        self._held: list[msgspec.Struct] = []
        self._busy = False
        self._stalled = False
        self.open = True

    def stall(self) -> None:
        """Nothing is read and nothing said until ``resume``."""
        self._stalled = True

    def resume(self) -> None:
        """What was sent meanwhile takes effect, even when the client has given the connection up."""
        self._stalled = False
        held, self._held = self._held, []
        for message in held:
            self.emit(message)
        self._serve(late=True)

    def send(self, text: bytes) -> None:
        if not self.open:
            raise AriDisconnected("the socket is closing")
        self._waiting.append(_requests.decode(text))
        self._loop.call_soon(self._serve)

    def close(self) -> None:
        self.open = False

    def drop(self) -> None:
        """Lose the connection, with everything under way."""
        if self.open:
            self.open = False
            self._loop.call_soon(self._on_lost)

    def emit(self, message: msgspec.Struct) -> None:
        if self._stalled:
            self._held.append(message)
            return
        text = msgspec.json.encode(message)
        self._loop.call_soon(self._arrive, text)

    def _arrive(self, text: bytes) -> None:
        if self.open:
            self._on_text(text)

    def _serve(self, late: bool = False) -> None:
        while self._waiting and not self._busy and not self._stalled and (self.open or late):
            request = self._waiting.popleft()
            answer = self._handle(request)
            if isinstance(answer, Reply):
                self._respond(request, answer)
            elif answer.done():
                self._respond(request, answer.result())
            else:
                self._busy = True
                answer.add_done_callback(lambda done, request=request: self._late(request, done))  # type: ignore[misc]

    def _late(self, request: RestRequest, done: asyncio.Future[Reply]) -> None:
        self._busy = False
        if not done.cancelled():
            self._respond(request, done.result())
            self._serve()

    def _respond(self, request: RestRequest, reply: Reply) -> None:
        body = None if reply.body is None else msgspec.json.encode(reply.body).decode()
        self.emit(RestResponse(request.request_id, reply.status, _REASONS.get(reply.status, ""), body))


_REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    400: "Bad Request",
    404: "Not Found",
    409: "Conflict",
}
