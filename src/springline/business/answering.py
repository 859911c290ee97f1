"""What every process of this floor answers over the bus, from the moment on that it can."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from django.db import DatabaseError

from springline.business.customers import callers
from springline.platform import metrics
from springline.platform.bus import AnyBus, BusError

log = structlog.get_logger("answering")

RETRY_SECONDS = 0.5


async def serve(bus: AnyBus, program: str) -> None:
    """Return when all is answered. What the bus, the database or the disk refuses now is tried again."""
    await _until_done("metrics", lambda: metrics.serve(bus, program))
    await _until_done("callers", lambda: callers.serve(bus))


async def _until_done(what: str, begin: Callable[[], Awaitable[None]]) -> None:
    said = False
    while True:
        try:
            await begin()
        except (BusError, DatabaseError, OSError) as error:
            if not said:
                log.warning("not_answering_yet", what=what, error=f"{type(error).__name__}: {error}")
            said = True
            await asyncio.sleep(RETRY_SECONDS)
        else:
            if said:
                log.info("answering", what=what)
            return
