"""First come, first served."""

import threading
from collections import deque


class Turns:
    """A lock that goes to whoever has waited longest. Not re-entrant; any thread may give it back."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, timeout: float) -> bool:
        """Whether it became ours within `timeout` seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(timeout):
            return True
        with self._guard:
            # It may have become ours in this very moment.
            if mine.is_set():
                return True
            self._waiting.remove(mine)
        return False

    def give(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
