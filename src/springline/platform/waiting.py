"""Waiting with a deadline, and being told to stop meanwhile.

Until Python 3.12 `asyncio.wait_for` loses a cancellation that comes in the same turn of the loop as what it
waited for (python/cpython#86296). A program that is told to stop then goes on until it is killed. The client
of nats-server waits in this way for each answer, so it is mended for the whole process.
"""

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

MENDED_IN = (3, 12)


def mend() -> None:
    """From now on `asyncio.wait_for` keeps cancellations, for libraries too. Before the first loop runs."""
    if sys.version_info < MENDED_IN:
        asyncio.wait_for = wait_for  # type: ignore[assignment]


async def wait_for(awaited: Awaitable[T], timeout: float | None) -> T:
    """As `asyncio.wait_for` of Python 3.12: raises TimeoutError after `timeout` seconds; None waits on."""
    async with asyncio.timeout(timeout):
        return await awaited
