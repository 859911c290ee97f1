"""The ledgers' clock: now, but while the demo writes down what its people did earlier.

`springline.business.orders.demo` alone may import this (pyproject.toml, import-linter); no request gets here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_then: ContextVar[datetime | None] = ContextVar("vouchers_then", default=None)


@contextmanager
def happened_at(moment: datetime) -> Iterator[None]:
    """What the system itself writes meanwhile happened at `moment`. Raises ValueError for one to come."""
    if moment > timezone.now():
        raise ValueError("that moment is still to come")
    token = _then.set(moment)
    try:
        yield
    finally:
        _then.reset(token)


def clock(by: object | None) -> datetime:
    """When what `by` asks for happens (None: the system itself). Raises ValueError for a person's past."""
    then = _then.get()
    if then is None:
        return timezone.now()
    if by is not None:
        raise ValueError("what somebody does happens now")
    return then
