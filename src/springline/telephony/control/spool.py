"""What the journal cannot be told yet waits on disk, so that a control that is killed loses none of it.

While the bus answers, nothing is written. What is here after a power failure is what the kernel had written.
"""

import errno
import os
from collections import deque
from contextlib import suppress
from io import BytesIO
from itertools import islice
from pathlib import Path

import structlog

from springline.contracts import codec
from springline.contracts.events import AnyEvent

log = structlog.get_logger("spool")

NAME = "journal.spool"
WRITTEN_AT_ONCE = 128
# Room for more than a batch of events; each has some 400 bytes.
READ_BYTES = 256 * 1024


class Spool:
    """A file of lines: appended at its end, read from its beginning, gone when all was read.

    A file that an earlier process left is read first; `found` counts its lines.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._read = self._size = self.found = 0
        self.failing = False
        try:
            if path.exists():
                self._take_over()
        except OSError as error:
            self._fails(error)

    def __len__(self) -> int:
        """Bytes that are not read."""
        return self._size - self._read

    def append(self, data: bytes) -> bool:
        """Whole lines, all or none; False when the disk does not take them."""
        try:
            self._write(data)
        except OSError as error:
            self._fails(error)
            return False
        if self.failing:
            log.info("spool_works_again", path=str(self._path))
        self.failing = False
        self._size += len(data)
        return True

    def lines(self, count: int) -> list[bytes]:
        """The next ones, ends included; they stay the next ones until `forget`."""
        lines = BytesIO(os.pread(self._open(), READ_BYTES, self._read)).readlines()
        if len(lines) > 1 and not lines[-1].endswith(b"\n"):
            del lines[-1]
        return lines[:count]

    def forget(self, size: int) -> None:
        """So many bytes more are read."""
        self._read += size
        if self._read < self._size or self._file is None:
            return
        os.close(self._file)
        self._path.unlink(missing_ok=True)
        self._file = None
        self._read = self._size = 0

    def _write(self, data: bytes) -> None:
        file = self._open()
        try:
            if os.write(file, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                # Half a line must not stay.
                os.ftruncate(file, self._size)
            raise

    def _fails(self, error: OSError) -> None:
        if not self.failing:
            log.error("spool_fails", path=str(self._path), error=str(error))
        self.failing = True

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        return self._file

    def _take_over(self) -> None:
        data = self._path.read_bytes()
        # A writer that was killed may have left half a line.
        whole = data.rfind(b"\n") + 1
        os.ftruncate(self._open(), whole)
        self._size, self.found = whole, data.count(b"\n")
        log.info("spool_found", events=self.found)
        self.forget(0)


class SpooledLine:
    """Events in the order they came: first those on disk, then those in memory.

    In memory while the bus takes them; from `delayed` on, on disk, until all have left. What a full disk
    does not take stays in memory.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._memory: deque[AnyEvent] = deque()
        self._away = bool(spool)
        # What `first` gave: so many bytes of the disk and, after them, so many events in memory.
        self._taken_bytes = self._taken = 0

    def put(self, event: AnyEvent) -> None:
        self._memory.append(event)
        if self._away and not self._spool.failing:
            self._to_disk()

    @property
    def in_memory(self) -> int:
        return len(self._memory)

    def first(self, count: int) -> list[AnyEvent]:
        while self._spool:
            lines = self._spool.lines(count)
            self._taken_bytes, self._taken = sum(map(len, lines)), 0
            if events := [event for line in lines if (event := _read(line)) is not None]:
                return events
            self.drop()
        events = list(islice(self._memory, count))
        self._taken_bytes, self._taken = 0, len(events)
        return events

    def drop(self) -> None:
        for _ in range(self._taken):
            self._memory.popleft()
        if self._taken_bytes:
            self._spool.forget(self._taken_bytes)
        self._taken_bytes = self._taken = 0
        if self._away and not self._spool and not self._memory:
            self._away = False

    def delayed(self) -> None:
        self._away = True
        self._to_disk()

    def _to_disk(self) -> None:
        while self._memory:
            lines = [codec.encode(event) + b"\n" for event in islice(self._memory, WRITTEN_AT_ONCE)]
            if not self._spool.append(b"".join(lines)):
                return
            taken = lines[: self._taken]
            self._taken_bytes += sum(map(len, taken))
            self._taken -= len(taken)
            for _ in lines:
                self._memory.popleft()


def _read(line: bytes) -> AnyEvent | None:
    try:
        event: AnyEvent = codec.decode_any(line, AnyEvent)
    except codec.BadMessage as bad:
        log.error("spool_line_unreadable", size=len(line), error=str(bad))
        return None
    return event
