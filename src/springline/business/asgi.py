"""The web process: Django, the SIP socket beside it, and the live state behind it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings")
_django = get_asgi_application()
# Views that are coroutines, for they wait long.
COROUTINES = {"/api/live", "/api/courier/live", "/metrics"}

# These need a configured Django.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from springline.business import control, siblings, sip_proxy  # noqa: E402
from springline.business.customers import callers  # noqa: E402
from springline.business.live.views import hub  # noqa: E402
from springline.business.sqlite3_turns import checkpoints  # noqa: E402
from springline.business.threads import ThreadHandler  # noqa: E402
from springline.platform import metrics  # noqa: E402

_threads = ThreadHandler()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif scope["path"] in COROUTINES:
        await _django(scope, receive, send)
    else:
        await _threads(scope, receive, send)


async def _websocket(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/sip":
        url = f"ws://127.0.0.1:{settings.HOME.asterisk_http_port}/ws"
        await sip_proxy.handle(scope, receive, send, url)
    else:
        await receive()
        await send({"type": "websocket.close", "code": 1008})


async def _lifespan(receive: Receive, send: Send) -> None:
    background: list[asyncio.Task[object]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            background = [
                asyncio.create_task(_connect()),
                asyncio.create_task(hub.run()),
                asyncio.create_task(siblings.run(control.link)),
            ]
            if connection.vendor == "sqlite":
                background.append(asyncio.create_task(checkpoints.keep(settings.HOME.db_path)))
            await send({"type": "lifespan.startup.complete"})
        else:
            await _stop(background)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _connect() -> None:
    bus = await control.link.connect(settings.HOME, control.link.name)
    await metrics.serve(bus, control.link.name)
    await callers.serve(bus)


async def _stop(background: list[asyncio.Task[object]]) -> None:
    hub.close()
    for task in background:
        task.cancel()
    for task in background:
        with suppress(asyncio.CancelledError):
            await task
    await control.link.close()
