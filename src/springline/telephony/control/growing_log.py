"""Reads what the engine adds to one of its logs, also when the log is rotated under the reader."""

import asyncio
from collections.abc import Callable
from itertools import islice
from pathlib import Path

LINES_AT_ONCE = 500


class GrowingLog:
    """Begins at the present end of `path`; `see` gets each line that is whole."""

    def __init__(self, path: Path, see: Callable[[str], None]) -> None:
        self._path, self._see = path, see
        self._position = path.stat().st_size if path.exists() else 0

    async def read(self) -> None:
        """What has come since."""
        while (further := self._read()) != self._position:
            self._position = further
            # A flood's lines must not hold up calls.
            await asyncio.sleep(0.01)

    def _read(self) -> int:
        position = self._position
        size = self._path.stat().st_size if self._path.exists() else 0
        if size < position:
            # A smaller file is a new one, and none at all is one to come: the log was rotated.
            position = 0
        if size == position:
            return position
        with self._path.open("rb") as file:
            file.seek(position)
            for line in islice(file, LINES_AT_ONCE):
                if not line.endswith(b"\n"):
                    # Its other half is still to be written.
                    break
                self._see(line.decode(errors="replace"))
                position += len(line)
        return position
