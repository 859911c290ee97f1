"""How long something lasted, although the machine's clock was set meanwhile.

Events bear the time of day. A clock that is set by an hour made a talk of seconds one of an hour, in reports
and against the day's money. Steps that a former run of control saw are not known.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger("clock")

LOOK_SECONDS = 1.0
SMALLEST = timedelta(seconds=10)
"""Less than that is no harm, and may be a machine that was out of breath between two readings."""
SLACK = timedelta(seconds=5)
"""A step is seen a moment after it was made; events between are told by the new time already."""
MOST = 20


@dataclass(frozen=True)
class Step:
    """The same moment by the clock as it was, and as it is since."""

    before: datetime
    after: datetime


class ClockSteps:
    """`wall` is the time of day, `steady` goes on whoever sets the clock; both in seconds."""

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._origin = wall() - steady()
        self._steps: deque[Step] = deque(maxlen=MOST)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        wall, steady = self._wall(), self._steady()
        before, self._origin = self._origin + steady, wall - steady
        if abs(wall - before) >= SMALLEST.total_seconds():
            step = Step(datetime.fromtimestamp(before, UTC), datetime.fromtimestamp(wall, UTC))
            self._steps.append(step)
            log.warning("clock_was_set", seconds=round(wall - before, 3))

    def elapsed(self, begin: datetime, end: datetime) -> float:
        """Seconds from one moment to a later one, each by the clock of its time; never below 0."""
        self.look()
        seconds = (end - begin).total_seconds()
        for step in self._steps:
            moved = (step.after - step.before).total_seconds()
            # After a clock was set back the times of an hour come twice: only what ends before it began is
            # known to lie on both sides.
            across = moved > 0 or seconds < 0
            if across and begin <= step.before + SLACK and end >= step.after - SLACK:
                seconds -= moved
        return max(seconds, 0.0)


STEPS = ClockSteps()
"""Of this process."""


def elapsed(begin: datetime, end: datetime) -> float:
    """As ClockSteps.elapsed."""
    return STEPS.elapsed(begin, end)
