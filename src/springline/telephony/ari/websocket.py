"""The socket: texts to Asterisk and back, on callbacks, without a task of its own.

`picows` reads and writes the frames in compiled code; a message costs no switch of tasks, and a request may
be sent before anybody reads.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote, urlsplit

from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from .errors import AriBadRequest, AriDisconnected

OnText = Callable[[bytes], None]
OnLost = Callable[[], None]
LARGEST_FRAME_BYTES = 256 * 1024 * 1024
"""A list of all channels comes in one frame."""


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
        link = WebSocketLink(on_text, on_lost)
        try:
            await ws_connect(
                lambda: link,
                self._url,
                extra_headers={"Authorization": self._authorization},
                enable_auto_ping=True,
                auto_ping_idle_timeout=self._silence,
                auto_ping_reply_timeout=self._silence,
                max_frame_size=LARGEST_FRAME_BYTES,
                max_redirects=0,
            )
        except WSHandshakeError as refused:
            if refused.response is None:
                raise AriDisconnected(f"handshake failed: {type(refused).__name__}") from refused
            raise AriBadRequest("refused the event socket", int(refused.response.status)) from refused
        except WSError as failure:
            raise AriDisconnected(f"handshake failed: {type(failure).__name__}") from failure
        except TimeoutError as failure:
            raise AriDisconnected("no answer to the handshake") from failure
        return link


class WebSocketLink(WSListener):
    """One connection; see ``Link``."""

    _transport: WSTransport

    def __init__(self, on_text: OnText, on_lost: OnLost) -> None:
        self._on_text = on_text
        self._on_lost = on_lost
        self._fragments: list[bytes] = []
        self._closed = False

    def send(self, text: bytes) -> None:
        if self._closed or self._transport.is_close_frame_sent:
            raise AriDisconnected("the socket is closing")
        self._transport.send(WSMsgType.TEXT, text)

    def close(self) -> None:
        self._closed = True
        # Aborting instead of the closing handshake: our own end must not wait for a hanging Asterisk.
        self._transport.disconnect(graceful=False)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.CLOSE:
            transport.disconnect()
        elif self._closed or kind not in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            return
        elif frame.fin and not self._fragments:
            self._on_text(frame.get_payload_as_bytes())
        else:
            self._fragments.append(frame.get_payload_as_bytes())
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), []
                self._on_text(whole)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self._closed:
            self._closed = True
            self._on_lost()
