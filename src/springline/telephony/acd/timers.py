"""Deadlines in a heap. One that was moved or cancelled stays there and is skipped when it comes up."""

import heapq
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias


class Timer(StrEnum):
    RING = "ring"
    WRAP_UP = "wrap_up"
    COOL_DOWN = "cool_down"
    MAX_WAIT = "max_wait"
    OVERFLOW = "overflow"


Entry: TypeAlias = tuple[float, int, Timer, str]
"""(when, number of this setting, kind, id of the agent or call)"""


class Timers:
    """At most one deadline of each kind for each agent or call."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._settings = 0
        self._in_force: dict[tuple[Timer, str], int] = {}

    def set(self, when: float, kind: Timer, subject: str) -> None:
        self._settings += 1
        self._in_force[kind, subject] = self._settings
        heapq.heappush(self._heap, (when, self._settings, kind, subject))

    def cancel(self, kind: Timer, subject: str) -> None:
        self._in_force.pop((kind, subject), None)

    def next(self) -> float | None:
        while self._heap:
            when, number, kind, subject = self._heap[0]
            if self._in_force.get((kind, subject)) == number:
                return when
            heapq.heappop(self._heap)
        return None

    def due(self, now: float) -> Iterator[tuple[Timer, str]]:
        """Take out what is due, earliest first."""
        while (when := self.next()) is not None and when <= now:
            _, _, kind, subject = heapq.heappop(self._heap)
            self.cancel(kind, subject)
            yield kind, subject
