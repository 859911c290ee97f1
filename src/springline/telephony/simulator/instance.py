"""One Asterisk for the length of a block, with its process at hand: to be measured, or to lose its power."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from springline.platform.supervisor.program import die_with_parent
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.process import argv, discard_run_dir, prepare, stop, wait_ready

STOP_SECONDS = 20.0


@asynccontextmanager
async def running_instance(cfg: EngineConfig) -> AsyncIterator[asyncio.subprocess.Process]:
    """Ready inside the block, gone after it; the kernel ends it when this process is killed.

    Raises EngineError.
    """
    prepared = prepare(cfg)
    with (cfg.logs / "console").open("ab") as console:
        process = await asyncio.create_subprocess_exec(
            *argv(cfg),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        await wait_ready(prepared, process)
        yield process
    finally:
        await asyncio.shield(stop(process, STOP_SECONDS))
        discard_run_dir(cfg.directory)
