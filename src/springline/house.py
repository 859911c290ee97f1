"""A whole house: the five programs of one home, started, watched and stopped together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from springline.platform import checkup
from springline.platform.settings import Settings
from springline.platform.supervisor import Supervisor, check_free, home_lock
from springline.platform.supervisor.supervisor import Report
from springline.programs import ports, stages, tidy
from springline.single import stop_on_signals

T = TypeVar("T")


@asynccontextmanager
async def running_house(
    settings: Settings, report: Report | None = None, prepare: Callable[[], None] | None = None
) -> AsyncIterator[Supervisor]:
    """Everything runs and is ready inside the block; after it no process is left.

    `prepare` writes to the home before the start, in a thread, while nobody else can hold the home.
    Raises HomeInUse, PortTaken, EngineError or StartFailed, each with what to do.
    """
    with home_lock(settings.state_dir):
        check_free(ports(settings))
        if prepare is not None:
            await asyncio.to_thread(prepare)
        checkup.note_clock(settings)
        supervisor = Supervisor(stages(settings), settings.log_dir, report)
        try:
            await supervisor.start()
            yield supervisor
        finally:
            await asyncio.shield(supervisor.stop())
            tidy(settings)


async def until_stopped(work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns; None when SIGINT or SIGTERM ended it. Its cleanup has run either way."""
    stop = stop_on_signals()
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        task.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
    return None if task.cancelled() else task.result()
