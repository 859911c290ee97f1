"""One program to supervise."""

import ctypes
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """`ready` returns when the program serves and raises when it cannot; times in seconds.

    `prepare` runs before every start (render config, clear a stale socket). `stop_timeout` is the patience
    between the stop signal and SIGKILL.
    """

    name: str
    argv: Sequence[str]
    ready: Callable[[], Awaitable[None]]
    env: Mapping[str, str] = {}
    prepare: Callable[[], None] | None = None
    ready_timeout: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0


def die_with_parent() -> None:
    """Runs in the child before exec: the kernel ends it when its supervisor is killed."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
