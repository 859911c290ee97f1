"""A whole house: the five programs of one home, started, watched and stopped together."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from springline.platform.settings import Settings
from springline.platform.supervisor import Supervisor, check_free, home_lock
from springline.platform.supervisor.supervisor import Report
from springline.programs import ports, stages


@asynccontextmanager
async def running_house(settings: Settings, report: Report | None = None) -> AsyncIterator[Supervisor]:
    """Everything runs and is ready inside the block; after it no process is left.

    Raises HomeInUse, PortTaken, EngineError or StartFailed, each with what to do.
    """
    with home_lock(settings.state_dir):
        check_free(ports(settings))
        supervisor = Supervisor(stages(settings), settings.log_dir, report)
        try:
            await supervisor.start()
            yield supervisor
        finally:
            await asyncio.shield(supervisor.stop())


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
