"""Keeps the engine's logs from growing without end: it rotates them itself, when it is told to."""

import asyncio
from pathlib import Path

import structlog

from springline.telephony.ari import Ari, AriError

log = structlog.get_logger("control")

LOOK_SECONDS = 30.0
LARGEST_BYTES = 10_000_000
KEPT = 5
NAMES = ("messages", "security", "offers")


class EngineLogs:
    def __init__(self, folder: Path, ari: Ari) -> None:
        self._folder = folder
        self._ari = ari

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for name in NAMES:
                await self._look(name)

    async def _look(self, name: str) -> None:
        current = self._folder / name
        if not current.exists() or current.stat().st_size < LARGEST_BYTES:
            return
        try:
            await self._ari.asterisk.rotate_log(name)
        except AriError as error:
            log.info("log_not_rotated", log=name, error=error.code)
            return
        await asyncio.to_thread(self._remove_old, name)

    def _remove_old(self, name: str) -> None:
        # The engine numbers them from the newest one, 0.
        for old in self._folder.glob(f"{name}.*"):
            number = old.suffix.removeprefix(".")
            if number.isdigit() and int(number) >= KEPT:
                old.unlink(missing_ok=True)
