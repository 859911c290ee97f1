"""WebSocket /sip: the browser's SIP, passed to the private engine for signed-in agents only."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from springline.business.accounts.models import User
from springline.business.accounts.roles import Action, Reach

log = structlog.get_logger("sip_proxy")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SIP = Subprotocol("sip")
MAX_MESSAGE = 64 * 1024
GOING_AWAY, TRY_AGAIN_LATER = 1001, 1013


async def handle(scope: Scope, receive: Receive, send: Send, url: str) -> None:
    """Serve one browser; `url` is the engine's WebSocket. Refused handshakes answer 403."""
    await receive()
    agent = await sync_to_async(_agent_of)(scope)
    if agent is None or SIP not in scope.get("subprotocols", ()):
        await send({"type": "websocket.close", "code": 1008})
        return
    try:
        async with connect(
            url,
            subprotocols=[SIP],
            max_size=MAX_MESSAGE,
            open_timeout=3,
            close_timeout=1,
            compression=None,
            proxy=None,
        ) as engine:
            await send({"type": "websocket.accept", "subprotocol": "sip"})
            log.info("sip_open", agent=agent)
            await _pump(receive, send, engine)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        log.warning("sip_engine_away", agent=agent, error=type(error).__name__)
        await send({"type": "websocket.accept", "subprotocol": "sip"})
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
    log.info("sip_closed", agent=agent)


async def _pump(receive: Receive, send: Send, engine: ClientConnection) -> None:
    """Both ways until either side closes; then the other is closed too."""
    up = asyncio.create_task(_to_engine(receive, engine))
    down = asyncio.create_task(_to_browser(engine, send))
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done():
            await send({"type": "websocket.close", "code": GOING_AWAY})
    finally:
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)


async def _to_engine(receive: Receive, engine: ClientConnection) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        data = message.get("text")
        if data is None:
            data = message.get("bytes") or b""
        if len(data) > MAX_MESSAGE:
            return
        try:
            await engine.send(data)
        except ConnectionClosed:
            return


async def _to_browser(engine: ClientConnection, send: Send) -> None:
    async for data in engine:
        if isinstance(data, str):
            await send({"type": "websocket.send", "text": data})
        else:
            await send({"type": "websocket.send", "bytes": data})


def _agent_of(scope: Scope) -> str | None:
    """The extension of the signed-in agent; None when nobody is, or a page elsewhere opened the socket."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    name, _port = split_domain_port(host)
    if urlsplit(headers.get("origin", "")).netloc != host or not validate_host(name, settings.ALLOWED_HOSTS):
        return None
    cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if cookie is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    user = get_user(request)
    if not isinstance(user, User) or user.reach(Action.WORK_AS_AGENT) is Reach.NONE:
        return None
    return user.agent_id if user.agent and user.agent.active else None
