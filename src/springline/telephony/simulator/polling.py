"""Waiting for what tells nobody: files, console output, conditions given by others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from springline.telephony.simulator.errors import StepFailed


async def poll(check: Callable[[], Awaitable[bool]], within: float, what: str, every: float = 0.05) -> None:
    """Until `check` is true; raises StepFailed after `within` seconds."""
    try:
        async with asyncio.timeout(within):
            while True:
                if await check():
                    return
                await asyncio.sleep(every)
    except TimeoutError:
        raise StepFailed("too-late", f"not within {within:g} s: {what}") from None
