"""Periodic work of the apps, run by the worker: each app registers its own in its AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called `seconds` after its last call ended; what it raises is logged and it is tried again."""

    name: str
    seconds: float
    run: Callable[[], object]


_jobs: dict[str, Job] = {}


def every(seconds: float, name: str, run: Callable[[], object]) -> None:
    """Register; the same name again replaces the first. `run` has a thread and a connection of its own."""
    _jobs[name] = Job(name, seconds, run)


def registered() -> tuple[Job, ...]:
    return tuple(_jobs.values())
