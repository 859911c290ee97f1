"""The socket: a WebSocket client without a task of its own.

The protocol of the ``websockets`` library runs inside the transport's callbacks, so that a message costs no
switch of tasks and a request may be sent before anybody reads.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Protocol, cast
from urllib.parse import quote, urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from .errors import AriBadRequest, AriDisconnected

OnText = Callable[[bytes], None]
OnLost = Callable[[], None]


class Link(Protocol):
    """An open connection that carries texts."""

    def send(self, text: bytes) -> None:
        """Raises ``AriDisconnected`` if the connection is closing."""

    def close(self) -> None:
        """Ends the connection; neither callback is called any more."""


class Connector(Protocol):
    """Opens a connection. Raises ``OSError`` or ``AriError`` if there is none to be had."""

    async def __call__(self, on_text: OnText, on_lost: OnLost) -> Link: ...


class WebSocketConnector:
    """Connects to ``/ari/events`` of an Asterisk with inbound ARI.

    ``base_url`` ends in ``/ari``. After ``silence`` seconds without a byte a ping is sent, after as many more
    the connection counts as lost.
    """

    def __init__(self, base_url: str, app: str, user: str, password: str, *, silence: float = 5.0) -> None:
        parts = urlsplit(base_url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        self._url = f"{scheme}://{parts.netloc}{parts.path}/events?app={quote(app, safe='')}"
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._silence = silence

    async def __call__(self, on_text: OnText, on_lost: OnLost) -> Link:
        uri = parse_uri(self._url)
        loop = asyncio.get_running_loop()
        link = WebSocketLink(ClientProtocol(uri, max_size=None), on_text, on_lost, self._silence)
        await loop.create_connection(lambda: link, uri.host, uri.port, ssl=True if uri.secure else None)
        try:
            await link.handshake(self._authorization)
        except BaseException:
            link.close()
            raise
        return link


class WebSocketLink(asyncio.Protocol):
    """One connection; see ``Link``."""

    _transport: asyncio.Transport

    def __init__(self, protocol: ClientProtocol, on_text: OnText, on_lost: OnLost, silence: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._on_text = on_text
        self._on_lost = on_lost
        self._silence = silence
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._fragments: list[bytes] = []
        self._heard = True
        self._pinged = False
        self._closed = False
        self._beat: asyncio.TimerHandle | None = None

    async def handshake(self, authorization: str) -> None:
        """Raises ``AriBadRequest`` if Asterisk refuses, ``AriDisconnected`` if it hangs up."""
        request = self._protocol.connect()
        request.headers["Authorization"] = authorization
        self._protocol.send_request(request)
        self._flush()
        await self._opened
        self._beat = self._loop.call_later(self._silence, self._watch)

    def send(self, text: bytes) -> None:
        if self._closed or self._protocol.state is not State.OPEN:
            raise AriDisconnected("the socket is closing")
        self._protocol.send_text(text)
        self._flush()

    def close(self) -> None:
        self._closed = True
        if self._beat is not None:
            self._beat.cancel()
        # Aborting instead of the closing handshake: our own end must not wait for a hanging Asterisk.
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Another event loop's transports are no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._frame(event)
            elif isinstance(event, Response):
                self._response()
        self._flush()
        if self._protocol.close_expected():
            self._transport.close()

    def eof_received(self) -> None:
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._beat is not None:
            self._beat.cancel()
        if not self._opened.done():
            self._opened.set_exception(AriDisconnected("closed during the handshake"))
        elif not self._closed:
            self._on_lost()
        self._closed = True

    def _frame(self, frame: Frame) -> None:
        if self._closed or frame.opcode not in (Opcode.TEXT, Opcode.CONT):
            return
        if frame.fin and not self._fragments:
            self._on_text(bytes(frame.data))
            return
        self._fragments.append(bytes(frame.data))
        if frame.fin:
            whole, self._fragments = b"".join(self._fragments), []
            self._on_text(whole)

    def _response(self) -> None:
        failure = self._protocol.handshake_exc
        if failure is None:
            self._opened.set_result(None)
        elif isinstance(failure, InvalidStatus):
            status = failure.response.status_code
            self._opened.set_exception(AriBadRequest("refused the event socket", status))
        else:
            self._opened.set_exception(AriDisconnected(f"handshake failed: {type(failure).__name__}"))

    def _watch(self) -> None:
        if not self._heard:
            if self._pinged:
                self._transport.abort()
                return
            self._protocol.send_ping(b"")
            self._flush()
        self._pinged = not self._heard
        self._heard = False
        self._beat = self._loop.call_later(self._silence, self._watch)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
