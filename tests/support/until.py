"""Waiting for what announces nothing: files, rows, other processes."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], object], within: float = 10.0, every: float = 0.02) -> None:
    """Until `condition` holds, asked `every` so many seconds of the loop's time. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(every)


async def until_true(
    condition: Callable[[], Awaitable[object]], within: float = 10.0, every: float = 0.05
) -> None:
    """`until` for a coroutine function."""
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(every)
