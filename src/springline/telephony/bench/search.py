"""Looks for the highest clean rate of one side: upwards by a grid, then by halves. Pure."""

from __future__ import annotations

from collections.abc import Sequence


class Search:
    """`next` is the rate to try, None when the answer is known to `step` calls/s. `best` is the highest clean
    rate so far, 0.0 while none was."""

    def __init__(self, grid: Sequence[float], step: float) -> None:
        self.best = 0.0
        self._grid = list(grid)
        self._step = step
        self._fails_at: float | None = None

    @property
    def next(self) -> float | None:
        if self._fails_at is None:
            return next((rate for rate in self._grid if rate > self.best), None)
        gap = self._fails_at - self.best
        if gap <= self._step * 1.001:
            return None
        return self.best + max(self._step, round(gap / 2 / self._step) * self._step)

    def tried(self, rate: float, clean: bool) -> None:
        if clean:
            self.best = max(self.best, rate)
        else:
            self._fails_at = rate if self._fails_at is None else min(self._fails_at, rate)
