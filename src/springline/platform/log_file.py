"""A log that never holds up who writes to it, nor fails them: the disk may be slow, or full."""

import atexit
import io
import os
import threading
from collections import deque

MOST_WAITING = 20_000
"""Lines; what a stuck disk leaves behind beyond that is lost, and counted."""
LAST_WORDS_SECONDS = 2.0


class AsideWriter(io.TextIOBase):
    """Text to the file `descriptor`, written by a thread of its own in the order it came.

    What the disk does not take is dropped; the next line that it takes is preceded by how many are missing.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[bytes] = deque()
        self._lost = 0
        self._news = threading.Condition()
        self._writing = False
        threading.Thread(target=self._run, name="log", daemon=True).start()
        atexit.register(self.drain, LAST_WORDS_SECONDS)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._news:
            if len(self._lines) < MOST_WAITING:
                self._lines.append(text.encode(errors="backslashreplace"))
            else:
                self._lost += 1
            self._news.notify_all()
        return len(text)

    def drain(self, seconds: float) -> bool:
        """Wait until all is written; False after `seconds`."""
        with self._news:
            return self._news.wait_for(lambda: not self._lines and not self._writing, seconds)

    def _run(self) -> None:
        while True:
            with self._news:
                self._writing = False
                self._news.notify_all()
                self._news.wait_for(lambda: self._lines)
                self._writing = True
                lines, lost = list(self._lines), self._lost
                self._lines.clear()
                self._lost = 0
            told = [b'{"event": "log_lines_lost", "level": "warning", "lines": %d}\n' % lost] if lost else []
            if not self._put(b"".join([*lines, *told])):
                with self._news:
                    self._lost += lost + len(lines)

    def _put(self, data: bytes) -> bool:
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            return False
        return True
