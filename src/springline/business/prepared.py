"""Selects whose SQL is made once for each thread.

Django makes a query's SQL anew each time, which takes longer than the database takes to answer it. What every
order asks is prepared; the answer is read from the database each time.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet

T = TypeVar("T")
_EARLY = datetime(2, 1, 1, tzinfo=UTC)


class Prepared(Generic[T]):
    """`Prepared(lambda key: Order.objects.filter(request_key=key))(key)` is the list of that queryset.

    `build` is called once for each shape of its arguments (which are None, how long are sequences): it must
    not look at them otherwise, and each must end up in a condition as it is, else ValueError. No locks and no
    prefetching.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, T]"]) -> None:
        self._build = build
        self._kept = threading.local()

    def __call__(self, *arguments: Any) -> list[T]:
        shape = tuple(len(one) if _many(one) else None if one is None else type(one) for one in arguments)
        if 0 in shape:
            return list(self._build(*arguments))
        select = self._kept.__dict__.get(shape)
        if select is None or select.outdated:
            select = self._kept.__dict__[shape] = _Select(self._build, arguments)
        return select.rows(_flat(arguments))  # type: ignore[no-any-return]


class _Select:
    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], arguments: Sequence[Any]) -> None:
        marks = _marks(arguments)
        self._queryset = build(*marks)
        self._compiler = self._queryset.query.get_compiler(self._queryset.db)
        self._sql, params = self._compiler.as_sql()
        known = [self._adapted(mark) for mark in _flat(marks)]
        # Where the value comes from (a position among the arguments), or the value that is always the same.
        self._slots = [(known.index(one), None) if one in known else (-1, one) for one in params]
        if {at for at, _fixed in self._slots} - {-1} != set(range(len(known))):
            raise ValueError("an argument is not in the SQL as it is")
        converters = self._compiler.get_converters(column[0] for column in self._compiler.select)
        self._compiler.get_converters = lambda _columns: converters
        self._queryset.query.get_compiler = lambda *_args, **_how: self._compiler

    @property
    def outdated(self) -> bool:
        """The thread has another connection by now, as tests make them."""
        return self._compiler.connection is not connections[self._queryset.db]

    def rows(self, values: Sequence[Any]) -> list[Any]:
        adapted = [self._adapted(value) for value in values]
        params = tuple(fixed if at < 0 else adapted[at] for at, fixed in self._slots)
        self._compiler.as_sql = lambda *_args, **_how: (self._sql, params)
        return list(self._queryset._iterable_class(self._queryset))

    def _adapted(self, value: Any) -> Any:
        ops = self._compiler.connection.ops
        if isinstance(value, datetime):
            return ops.adapt_datetimefield_value(value)
        return ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _many(value: Any) -> bool:
    return isinstance(value, list | tuple | set)


def _flat(arguments: Sequence[Any]) -> list[Any]:
    """Every value that is not None, sequences in their order."""
    found: list[Any] = []
    for one in arguments:
        found += one if _many(one) else [one]
    return [one for one in found if one is not None]


def _marks(arguments: Sequence[Any]) -> list[Any]:
    """Values of the same types that occur nowhere else, to be found again in the SQL's parameters."""
    made = iter(range(1, 100_000))
    return [
        [_mark(value, next(made)) for value in one] if _many(one) else _mark(one, next(made))
        for one in arguments
    ]


def _mark(value: Any, number: int) -> Any:
    if value is None:
        return None
    if isinstance(value, datetime):
        return _EARLY + timedelta(days=number)
    if isinstance(value, date):
        return _EARLY.date() + timedelta(days=number)
    return -2_000_000_000 + number if isinstance(value, int) else f"\x01{number}\x01"
