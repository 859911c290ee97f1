"""What was committed goes from SQLite's log into its file while others write.

Else whoever fills the log does it at the end of a transaction, within its turn: it waits twice for the disk,
and everybody behind it.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

log = structlog.get_logger("web")
EVERY_SECONDS = 0.5
RETRY_SECONDS = 15.0


async def keep(path: Path) -> None:
    """Until it is cancelled. What fails is logged and tried again; SQLite itself sees to a long log."""
    database = await asyncio.to_thread(_opened, path)
    with closing(database):
        while True:
            try:
                await asyncio.to_thread(once, database)
            except sqlite3.Error as error:
                log.warning("checkpoint_failed", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(EVERY_SECONDS)


def once(database: sqlite3.Connection) -> None:
    """As far as no reader still needs what was there before; waits for nobody. Raises sqlite3.Error."""
    database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)
