"""What the journal cannot be told yet waits on disk, so that a control that is killed loses none of it.

While the bus answers, nothing is written. What is here after a power failure is what the kernel had written.
A thread of its own writes: a disk may take seconds for it, and calls must not wait. Room for it is set aside
at the start, because a bus that takes nothing and a full disk are often the same fault.
"""

import asyncio
import errno
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path

import structlog

from springline.contracts import codec
from springline.contracts.events import AnyEvent

log = structlog.get_logger("spool")

NAME = "journal.spool"
RESERVED_BYTES = 4 * 1024 * 1024
"""Some 600 calls."""
WRITTEN_AT_ONCE = 128
# Room for more than a batch of events; each has some 400 bytes.
READ_BYTES = 256 * 1024


class Spool:
    """A file of lines: appended at its end, read from its beginning, gone when all was read.

    A file that an earlier process left is read first; `found` counts its lines. `disk` does one thing after
    the other; by default it is a thread. `reserved` bytes, all zero, lie in a file beside `path`, which
    becomes this one when it is needed: lines end where the zeros begin.
    """

    def __init__(self, path: Path, disk: Executor | None = None, reserved: int = RESERVED_BYTES) -> None:
        self._path, self._reserve, self._reserved = path, path.with_suffix(".reserve"), reserved
        self._disk = disk or ThreadPoolExecutor(1, "spool")
        self._file: int | None = None
        # Positions count from the first line ever: the file begins at `_begin` and ends at `_end`; lines up
        # to `_read` are read, those up to `_known` were told of by `took`.
        self._begin = self._end = self._read = self._known = self.found = 0
        self.failing = False
        try:
            if path.exists():
                self._take_over()
        except OSError as error:
            self._fails(error)
        if self._file is None:
            self._disk.submit(self._set_aside)

    def __len__(self) -> int:
        """Bytes that are not read."""
        return self._known - self._read

    def append(self, data: bytes) -> "Future[bool]":
        """Whole lines, all or none; False when the disk does not take them. Tell `took` of it then."""
        return self._disk.submit(self._append, data)

    def took(self, size: int) -> None:
        """So many bytes were appended: they are among the lines from now on."""
        self._known += size

    def lines(self, count: int) -> list[bytes]:
        """The next ones, ends included; they stay the next ones until `forget`.

        Not asked of the thread: what was written of late, the kernel has in memory.
        """
        size = min(READ_BYTES, len(self))
        lines = BytesIO(os.pread(self._open(), size, self._read - self._begin)).readlines()
        if len(lines) > 1 and not lines[-1].endswith(b"\n"):
            del lines[-1]
        return lines[:count]

    def forget(self, size: int) -> None:
        """So many bytes more are read."""
        self._read += size
        if self._read == self._known:
            self._disk.submit(self._remove, self._read)

    # On the disk

    def _append(self, data: bytes) -> bool:
        try:
            self._write(data)
        except OSError as error:
            self._fails(error)
            return False
        if self.failing:
            log.info("spool_works_again", path=str(self._path))
        self.failing = False
        self._end += len(data)
        return True

    def _write(self, data: bytes) -> None:
        file, at = self._open(), self._end - self._begin
        try:
            if os.pwrite(file, data, at) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                # Half a line must not stay.
                self._clear(file, at, at + len(data))
            raise

    def _clear(self, file: int, begin: int, end: int) -> None:
        """Zeros in what is set aside, nothing beyond it."""
        if os.fstat(file).st_size > max(begin, self._reserved):
            os.ftruncate(file, max(begin, self._reserved))
        if begin < (end := min(end, os.fstat(file).st_size)):
            os.pwrite(file, bytes(end - begin), begin)

    def _remove(self, read: int) -> None:
        """The file, if all of it is read: more may have come to it since."""
        if read < self._end or self._file is None:
            return
        file, size = self._file, self._end - self._begin
        self._file, self._begin = None, self._end
        try:
            self._clear(file, 0, size)
            if self._reserved:
                self._path.replace(self._reserve)
        except OSError as error:
            log.warning("spool_has_no_reserve", error=str(error))
        finally:
            os.close(file)
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        self._set_aside()

    def _set_aside(self) -> None:
        """Room for the time when there is none."""
        if not self._reserved:
            return
        try:
            file = os.open(self._reserve, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(file).st_size < self._reserved:
                    os.posix_fallocate(file, 0, self._reserved)
            finally:
                os.close(file)
        except OSError as error:
            log.warning("spool_has_no_reserve", error=str(error))

    def _fails(self, error: OSError) -> None:
        if not self.failing:
            log.error("spool_fails", path=str(self._path), error=str(error))
        self.failing = True

    def _open(self) -> int:
        if self._file is None:
            if self._reserved and not self._path.exists():
                with suppress(OSError):
                    self._reserve.replace(self._path)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file

    def _take_over(self) -> None:
        data = self._path.read_bytes()
        # A writer that was killed may have left half a line.
        whole = data.rfind(b"\n") + 1
        if data[whole:].strip(b"\0"):
            self._clear(self._open(), whole, len(data))
        self._end = self._known = whole
        self.found = data.count(b"\n")
        log.info("spool_found", events=self.found)
        self._open()
        if not whole:
            self._remove(0)


@dataclass
class _Writing:
    """Lines on their way to the disk: the first of those in memory, of which `left` have left since."""

    lines: list[bytes]
    done: "Future[bool]"
    left: int = 0


class SpooledLine:
    """Events in the order they came: first those on disk, then those in memory.

    In memory while the bus takes them; from `delayed` on, on disk, until all have left. What a full disk
    does not take stays in memory, and so does what a slow one has not taken yet.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._memory: deque[AnyEvent] = deque()
        self._writing: _Writing | None = None
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
            if not lines:
                # Somebody else cut the file.
                log.error("spool_lost", bytes=len(self._spool))
                self._spool.forget(len(self._spool))
                break
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
        if self._writing is not None:
            self._writing.left += self._taken
        if self._taken_bytes:
            self._spool.forget(self._taken_bytes)
        self._taken_bytes = self._taken = 0
        if self._away and not self._spool and not self._memory:
            self._away = False

    def delayed(self) -> None:
        self._away = True
        self._to_disk()

    def keep(self, seconds: float) -> None:
        """Put all on disk, and wait for it so long at most. For the end of a run: calls wait too."""
        until = time.monotonic() + seconds
        self.delayed()
        while (writing := self._writing) is not None:
            futures.wait([writing.done], max(until - time.monotonic(), 0))
            if not writing.done.done():
                log.error("spool_too_slow", events=len(self._memory))
                return
            self._written(writing)

    def _to_disk(self) -> None:
        while self._memory and self._writing is None:
            lines = [codec.encode(event) + b"\n" for event in islice(self._memory, WRITTEN_AT_ONCE)]
            done = self._spool.append(b"".join(lines))
            self._writing = writing = _Writing(lines, done)
            if not done.done():
                done.add_done_callback(partial(_call, asyncio.get_running_loop(), self._written, writing))
                return
            if not self._count(writing):
                return

    def _written(self, writing: _Writing) -> None:
        if writing is self._writing and self._count(writing):
            self._to_disk()

    def _count(self, writing: _Writing) -> bool:
        """What was written is on disk from now on; False when it was not."""
        self._writing = None
        if not writing.done.result():
            return False
        left, rest = writing.lines[: writing.left], writing.lines[writing.left :]
        self._spool.took(sum(map(len, writing.lines)))
        if left:
            self._spool.forget(sum(map(len, left)))
        taken = rest[: self._taken]
        self._taken_bytes += sum(map(len, taken))
        self._taken -= len(taken)
        for _ in rest:
            self._memory.popleft()
        return True


def _call(
    loop: asyncio.AbstractEventLoop, callback: Callable[[_Writing], None], writing: _Writing, _done: object
) -> None:
    with suppress(RuntimeError):
        # The loop may be closed: the run is over.
        loop.call_soon_threadsafe(callback, writing)


def _read(line: bytes) -> AnyEvent | None:
    try:
        event: AnyEvent = codec.decode_any(line, AnyEvent)
    except codec.BadMessage as bad:
        log.error("spool_line_unreadable", size=len(line), error=str(bad))
        return None
    return event
