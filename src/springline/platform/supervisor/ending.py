"""Ends one process."""

import asyncio
import os
import signal
from contextlib import suppress

# Asterisk loses a signal that arrives at one moment of its start, and would then run on until it is killed.
AGAIN_SECONDS = 2.0


async def end(
    process: asyncio.subprocess.Process, timeout: float, number: signal.Signals = signal.SIGTERM
) -> bool:
    """Signals until the process ends; after `timeout` seconds kills it and its session, and returns False."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while process.returncode is None and (left := deadline - loop.time()) > 0:
        with suppress(ProcessLookupError):
            process.send_signal(number)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), min(left, AGAIN_SECONDS))
    if process.returncode is not None:
        return True
    with suppress(ProcessLookupError):
        process.kill()
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    return False
