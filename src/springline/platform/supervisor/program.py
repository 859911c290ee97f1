"""One program to supervise."""

import ctypes
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """`ready` returns when the program serves and raises when it cannot; times in seconds.

    `prepare` runs before every start (render config, clear a stale socket). `stop_timeout` is the patience
    between the stop signal and SIGKILL. `well` is asked now and then while it runs: one that is not
    for several times is started again. Neighbours of one `kind` are stopped together.
    """

    name: str
    argv: Sequence[str]
    ready: Callable[[], Awaitable[None]]
    env: Mapping[str, str] = {}
    prepare: Callable[[], None] | None = None
    well: Callable[[], Awaitable[bool]] | None = None
    ready_timeout: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    kind: str = ""


def dies_with_me() -> Callable[[], None]:
    """For `preexec_fn`: the kernel kills the program when this process ends, however it ends.

    With SIGKILL, because a program can be deaf to everything else: it waits for a bus that died too, or is at
    the one moment of its start at which Asterisk loses a signal. Each may be killed at any time (ADR 14).
    It is the starting *thread* whose end counts: start programs in one that lasts as long as they shall.
    """
    parent = os.getpid()

    def before_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            # It died before the kernel was asked, so no signal would ever come.
            os._exit(1)

    return before_exec
