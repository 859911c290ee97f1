"""How the virtual day runs on the real clock."""

import asyncio
import time

from springline.day.profile import DAY_SECONDS

# What people and the network cannot do faster, however compressed the day is (s).
LEAST_TALK, LEAST_PATIENCE, LEAST_ANSWER, LEAST_MAX_WAIT = 0.6, 0.3, 0.8, 12.0


class Pace:
    """`speed`: virtual seconds in a real one. The clock starts with the first question."""

    def __init__(self, speed: float) -> None:
        if speed < 1:
            raise ValueError("a day is not slower than a day")
        self.speed = speed
        self._began: float | None = None

    def start(self) -> None:
        self._began = time.monotonic()

    def scaled(self, seconds: float, least: float) -> float:
        """Virtual seconds as real ones."""
        return max(seconds / self.speed, least)

    @property
    def virtual(self) -> float:
        """Virtual seconds since the opening, at most to the closing."""
        return 0.0 if self._began is None else min((time.monotonic() - self._began) * self.speed, DAY_SECONDS)

    async def until(self, at: float) -> float:
        """Until virtual `at`; how many real seconds late that was."""
        assert self._began is not None, "start() comes first"
        rest = self._began + at / self.speed - time.monotonic()
        await asyncio.sleep(max(rest, 0.0))
        return max(-rest, 0.0)
