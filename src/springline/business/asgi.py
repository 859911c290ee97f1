"""The web process: Django, the SIP socket beside it, and the live state behind it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings")
_django = get_asgi_application()
# Views that are coroutines, for they wait long.
COROUTINES = {"/api/live", "/api/courier/live", "/metrics"}

# These need a configured Django.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from springline.business import answering, control, siblings, sip_proxy  # noqa: E402
from springline.business.live.present import hub  # noqa: E402
from springline.business.sqlite3_turns import checkpoints  # noqa: E402
from springline.business.threads import ThreadHandler  # noqa: E402

log = structlog.get_logger("web")

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
                asyncio.create_task(_connect(), name="connect"),
                asyncio.create_task(hub.run(), name="live"),
                asyncio.create_task(siblings.run(control.link), name="siblings"),
            ]
            if connection.vendor == "sqlite":
                kept = checkpoints.keep(settings.HOME.db_path)
                background.append(asyncio.create_task(kept, name="checkpoints"))
            for task in background:
                task.add_done_callback(_told)
            await send({"type": "lifespan.startup.complete"})
        else:
            await _stop(background)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _connect() -> None:
    """However long nats-server is away, pages are served; questions are answered from when it is there."""
    bus = await control.link.connect(settings.HOME, control.link.name)
    await answering.serve(bus, control.link.name)


def _told(task: asyncio.Task[object]) -> None:
    """A fault behind the pages would be seen by nobody otherwise, for the process serves on."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background_failed", task=task.get_name(), exc_info=error)


async def _stop(background: list[asyncio.Task[object]]) -> None:
    hub.close()
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    await control.link.close()
