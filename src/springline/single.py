"""One of our three programs, as the supervisor runs it."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from springline.platform import logging, waiting
from springline.platform import settings as settings_of
from springline.platform.settings import Settings, SettingsError
from springline.telephony.engine.errors import EngineError
from springline.telephony.prompts import PromptMissing

NAMES = ("control", "web", "worker")


def main(name: str, called: str = "") -> int:
    """The exit status. What the program writes is for the home's owner alone. `called`: which of several."""
    if name not in NAMES:
        print(f"{name}: not one of {', '.join(NAMES)}", file=sys.stderr)  # noqa: T201
        return 2
    os.umask(0o077)
    waiting.mend()
    called = called or name
    logging.configure(called, aside=True)
    try:
        with asyncio.Runner(loop_factory=None if name == "worker" else _fast_loop()) as runner:
            runner.run(run_program(name, settings_of.load(None), called))
    except (SettingsError, EngineError, PromptMissing) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """For control and web, which read and write sockets all the time."""
    import uvloop

    return uvloop.new_event_loop


async def run_program(name: str, settings: Settings, called: str) -> None:
    """Until SIGTERM. Each program imports only its own floor."""
    if name == "control":
        from springline.telephony.control.process import run as run_control

        await run_control(settings, stop_on_signals())
    elif name == "worker":
        from springline.business.bootstrap import bootstrap_django

        bootstrap_django(settings)
        from springline.business.worker import run as run_worker

        await run_worker(settings, stop_on_signals())
    else:
        from springline.business.web import run as run_web

        await run_web(settings, called)
