"""One lasting connection to Asterisk: requests with deadlines, reconnection, events in order.

Asterisk serves the requests of a socket one after another, and some are answered by a channel's own thread,
which on a busy machine takes its time. Such requests go over a second socket where there is one, so that the
ring of a telephone does not wait for them. Both sockets are one connection: they are lost together.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
import structlog
from prometheus_client import Counter

from .errors import AriDisconnected, AriError, AriReplaced, AriTimeout, error_for
from .generated.events import AnyEvent, ApplicationReplaced
from .waits import waits_for_channel
from .websocket import Connector, Link
from .wire import Body, Query, RestResponse, UnknownEvent, decode_message, encode_request

log = structlog.get_logger(__name__)
CONNECTIONS = Counter("springline_ari_connections_total", "Connections to Asterisk", ["outcome"])
STALLED = Counter("springline_ari_stalled_total", "Connections given up because a request got no answer")
LATE_RESPONSES = Counter("springline_ari_late_responses_total", "Responses nobody waited for any more")

OnEvent = Callable[[AnyEvent | UnknownEvent], None]
OnConnected = Callable[[bool], Awaitable[None]]


@dataclass
class Backoff:
    """Seconds to wait before the next attempt: doubling from ``first`` to ``cap``, times 0.5 … 1."""

    first: float = 0.1
    cap: float = 5.0
    jitter: Callable[[], float] = random.random
    _attempts: int = field(default=0, init=False)

    def next(self) -> float:
        span = min(self.cap, self.first * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        return span * (0.5 + self.jitter() / 2)

    def reset(self) -> None:
        self._attempts = 0


class AriConnection:
    """Keeps one connection open while ``run`` runs.

    ``on_connected(first)`` is awaited after every connect, before any event is handed on: events that come
    meanwhile are kept and delivered after it, in order. It may send requests. ``on_event`` is called for
    every event and must not block. All waiting follows the running loop's clock; ``sleep`` is the pause
    between attempts. ``aside`` opens the second socket, as an application of its own that has no channels.
    """

    def __init__(
        self,
        connector: Connector,
        *,
        aside: Connector | None = None,
        on_event: OnEvent,
        on_connected: OnConnected,
        deadline: float = 5.0,
        backoff: Backoff | None = None,
        settled_after: float = 10.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connectors = (connector,) if aside is None else (connector, aside)
        self._on_event = on_event
        self._on_connected = on_connected
        self._deadline = deadline
        self._backoff = backoff or Backoff()
        self._settled_after = settled_after
        self._sleep = sleep
        self._link: Link | None = None
        self._aside: Link | None = None
        self._lost: asyncio.Event = asyncio.Event()
        self._ready: asyncio.Event = asyncio.Event()
        self._held: list[AnyEvent | UnknownEvent] | None = []
        self._pending: dict[str, asyncio.Future[RestResponse]] = {}
        self._last_id = 0
        self._first = True
        self._replaced = False

    @property
    def connected(self) -> bool:
        """A request can be sent."""
        return self._link is not None

    async def wait_ready(self) -> None:
        """Until connected and resynchronised."""
        await self._ready.wait()

    async def wait_lost(self) -> None:
        """Until the connection that is there now is lost."""
        await self._lost.wait()

    async def run(self) -> None:
        """Connect and stay connected until cancelled.

        Raises ``AriReplaced`` when another process has taken the application: going on without events would
        leave every call unattended, and reconnecting would only take it back and forth.
        """
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._session()
            except (OSError, AriError) as failure:
                CONNECTIONS.labels("failed").inc()
                log.warning("ari.connection_failed", error=type(failure).__name__, detail=str(failure))
            else:
                CONNECTIONS.labels("lost").inc()
                log.warning("ari.connection_lost", lasted_s=round(loop.time() - began, 1))
            if self._replaced:
                raise AriReplaced("another process has connected as this application")
            if loop.time() - began >= self._settled_after:
                self._backoff.reset()
            await self._sleep(self._backoff.next())

    async def request(
        self, method: str, uri: str, query: Query = (), body: Body = None, deadline: float | None = None
    ) -> str | None:
        """The JSON text of the response, None if it has no content.

        ``uri`` has percent-encoded segments and no leading slash. Raises the ``AriError`` of the status, or
        (at once without a connection) ``AriDisconnected``. A request that gets no answer within the
        connection's deadline is the loss of the connection, because it holds up all others; one with a
        ``deadline`` of its own, in seconds, raises ``AriTimeout`` and harms no other.
        """
        main, aside = self._link, self._aside
        if main is None or aside is None:
            raise AriDisconnected("not connected")
        link = aside if waits_for_channel(method, uri) else main
        loop = asyncio.get_running_loop()
        self._last_id += 1
        request_id = str(self._last_id)
        answer: asyncio.Future[RestResponse] = loop.create_future()
        self._pending[request_id] = answer
        what = f"{method} {uri.partition('/')[0]}"
        if deadline is None:
            timer = loop.call_later(self._deadline, self._stalled, main, answer, what)
        else:
            timer = loop.call_later(deadline, _expire, answer, what)
        try:
            link.send(encode_request(request_id, method, uri, query, body))
            response = await answer
        except AriDisconnected:
            # A socket that is closing refuses before it reports its loss.
            if self._link is main:
                self._pending.pop(request_id, None)
                self._disconnected()
            raise
        finally:
            timer.cancel()
            self._pending.pop(request_id, None)
        if response.status_code >= 400:
            raise error_for(response.status_code, _message(response))
        return response.message_body

    async def _session(self) -> None:
        self._lost.clear()
        self._held = []
        sockets: list[Link] = []
        try:
            async with asyncio.timeout(self._deadline):
                for connector in self._connectors:
                    sockets.append(await connector(self._received, self._disconnected))
            self._link, self._aside = sockets[0], sockets[-1]
            if self._lost.is_set():
                raise AriDisconnected("lost right after the handshake")
            CONNECTIONS.labels("opened").inc()
            await self._on_connected(self._first)
            self._first = False
            self._release()
            await self._lost.wait()
        except TimeoutError as failure:
            raise AriTimeout("no connection in time") from failure
        finally:
            self._disconnected()
            for socket in sockets:
                socket.close()

    def _release(self) -> None:
        """Hand on what was kept; an event that arrives meanwhile cannot overtake, this does not await."""
        if self._lost.is_set():
            return
        held, self._held = self._held or [], None
        for event in held:
            self._on_event(event)
        self._ready.set()

    def _received(self, text: bytes) -> None:
        try:
            message = decode_message(text)
        except msgspec.DecodeError:
            log.error("ari.not_json", size=len(text))
            return
        if type(message) is RestResponse:
            answer = self._pending.get(message.request_id)
            if answer is None or answer.done():
                LATE_RESPONSES.inc()
            else:
                answer.set_result(message)
        elif type(message) is ApplicationReplaced:
            self._replaced = True
            self._disconnected()
        elif self._held is not None:
            self._held.append(message)  # type: ignore[arg-type]
        else:
            self._on_event(message)  # type: ignore[arg-type]

    def _stalled(self, link: Link, answer: asyncio.Future[RestResponse], what: str) -> None:
        if not answer.done() and self._link is link:
            STALLED.inc()
            log.warning("ari.connection_stalled", request=what)
            link.close()
            self._disconnected()

    def _disconnected(self) -> None:
        self._link = self._aside = None
        self._ready.clear()
        self._lost.set()
        pending, self._pending = self._pending, {}
        for answer in pending.values():
            if not answer.done():
                answer.set_exception(AriDisconnected("connection lost before the answer"))


def _expire(answer: asyncio.Future[RestResponse], what: str) -> None:
    if not answer.done():
        answer.set_exception(AriTimeout(f"no answer to {what}"))


class _Failure(msgspec.Struct):
    message: str = ""


_failure = msgspec.json.Decoder(_Failure)


def _message(response: RestResponse) -> str:
    try:
        return _failure.decode(response.message_body or "{}").message or response.reason_phrase
    except msgspec.DecodeError:
        return response.reason_phrase
