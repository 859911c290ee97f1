"""Deadlines in a heap. One that was moved or dropped stays there and is skipped when it comes up."""

import heapq
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeAlias


class Timer(StrEnum):
    RING = "ring"
    WRAP_UP = "wrap_up"
    COOL_DOWN = "cool_down"
    MAX_WAIT = "max_wait"


Entry: TypeAlias = tuple[float, int, Timer, str]
"""(when, order of setting, kind, id of the agent or call)"""


class Timers:
    """`in_force(when, kind, id)` tells whether a deadline is still meant."""

    def __init__(self, in_force: Callable[[float, Timer, str], bool]) -> None:
        self._heap: list[Entry] = []
        self._set = 0
        self._in_force = in_force

    def set(self, when: float, kind: Timer, subject: str) -> None:
        self._set += 1
        heapq.heappush(self._heap, (when, self._set, kind, subject))

    def next(self) -> float | None:
        while self._heap:
            when, _, kind, subject = self._heap[0]
            if self._in_force(when, kind, subject):
                return when
            heapq.heappop(self._heap)
        return None

    def due(self, now: float) -> Iterator[tuple[Timer, str]]:
        """Take out what is due, earliest first."""
        while self._heap and self._heap[0][0] <= now:
            when, _, kind, subject = heapq.heappop(self._heap)
            if self._in_force(when, kind, subject):
                yield kind, subject
