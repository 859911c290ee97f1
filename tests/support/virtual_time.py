"""An event loop whose clock jumps to the next timer when nothing is ready: hours of calls in milliseconds.

In a test directory whose async tests shall all run in virtual time, put into ``conftest.py``::

    from tests.support.virtual_time import VirtualTimePolicy

    @pytest.fixture
    def event_loop_policy():
        return VirtualTimePolicy()

or run one coroutine with ``run_virtual(main())``. Deterministic: the same program makes the same steps at the
same times. There is no outside world: waiting for a socket, a subprocess or a thread never ends, and the loop
raises ``NothingWillHappen`` when all tasks wait and no timer is set.
"""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


class NothingWillHappen(RuntimeError):
    """Every task waits for something that nobody will do: a deadlock, or a wait for the outside world."""


class _JumpingSelector(selectors.SelectSelector):
    """Instead of sleeping until the next timer, moves the clock to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.stopping = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # Only the loop's own wake-up pipe can be ready here (a signal, or a thread that ended).
        ready = super().select(0)
        if ready or self.stopping:
            return ready
        if timeout is None:
            raise NothingWillHappen("no task can run and no timer is set")
        self.now += timeout
        return ready


class _OrderedTimer(asyncio.TimerHandle):
    """Of two timers for the same moment the one set first runs first; the loop's heap does not promise it."""

    __slots__ = ("order",)
    order: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _OrderedTimer):
            return NotImplemented
        return (self.when(), self.order) < (other.when(), other.order)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``loop.time()`` starts at 0.0 and counts virtual seconds."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self._orders = count()
        super().__init__(self._jumping)
        # The loop rounds timers by this; a coarser one would run two timers of different times together.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jumping.now

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        self._check_closed()
        timer = _OrderedTimer(when, callback, args, self, context)
        timer.order = next(self._orders)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def close(self) -> None:
        self._jumping.stopping = True
        super().close()


class VirtualTimePolicy(asyncio.DefaultEventLoopPolicy):
    """Makes every new loop a virtual one."""

    def new_event_loop(self) -> VirtualTimeLoop:
        return VirtualTimeLoop()


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


async def settle(rounds: int = 50) -> None:
    """Let everything that can run now run, without moving the clock."""
    for _ in range(rounds):
        await asyncio.sleep(0)
