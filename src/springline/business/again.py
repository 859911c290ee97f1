"""A transaction that met another head on is done again, instead of asking a person to press once more."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 3
# PostgreSQL chose it as the one to give way: serialization_failure, deadlock_detected.
_GAVE_WAY = {"40001", "40P01"}


def again(work: Callable[P, T]) -> Callable[P, T]:
    """`work` opens its own transaction; within another's the error goes to whoever opened that one."""

    @wraps(work)
    def tried(*given: P.args, **named: P.kwargs) -> T:
        for _try in range(TRIES - 1):
            try:
                return work(*given, **named)
            except OperationalError as error:
                gave_way = getattr(error.__cause__, "sqlstate", None) in _GAVE_WAY
                if not gave_way or connection.in_atomic_block:
                    raise
        return work(*given, **named)

    return tried
