"""Statements whose SQL is made once.

Django makes a query's SQL anew each time, which takes longer than the database takes to answer it. What every
order asks and writes is prepared; the answer is read from the database each time.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from springline.business.cursors import lasting

T = TypeVar("T")
_EARLY = datetime(2, 1, 1, tzinfo=UTC)


class Prepared(Generic[T]):
    """`Prepared(lambda key: Order.objects.filter(request_key=key))(key)` is the list of that queryset.

    `build` is called once for each shape of its arguments (which are None, how long are sequences): it must
    not look at them otherwise, and each must end up in a condition as it is, else ValueError. No prefetching;
    who locks rows must be in a transaction.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, T]"]) -> None:
        self._build = build
        self._kept = threading.local()

    def __call__(self, *arguments: Any) -> list[T]:
        shape = _shape(arguments)
        if 0 in shape:
            return list(self._build(*arguments))
        select = self._kept.__dict__.get(shape)
        if select is None or select.outdated:
            select = self._kept.__dict__[shape] = _Select(self._build, arguments)
        return select.rows(_flat(arguments))  # type: ignore[no-any-return]


class PreparedUpdate:
    """`PreparedUpdate(lambda pk, at: (Courier.objects.filter(pk=pk), {"last_offer_at": at}))(7, now)` is how
    many rows `update` changed. `build` is called as that of Prepared is.
    """

    def __init__(self, build: Callable[..., "tuple[QuerySet[Any, Any], dict[str, Any]]"]) -> None:
        self._build = build
        self._kept: dict[tuple[Any, ...], tuple[str, _Slots]] = {}

    def __call__(self, *arguments: Any) -> int:
        shape = _shape(arguments)
        if shape not in self._kept:
            marks = _marks(arguments)
            queryset, values = self._build(*marks)
            query = queryset.query.chain(UpdateQuery)
            query.add_update_values(values)
            sql, params = query.get_compiler(queryset.db).as_sql()
            self._kept[shape] = sql, _Slots(marks, params, connections[DEFAULT_DB_ALIAS].ops)
        sql, slots = self._kept[shape]
        connection = connections[DEFAULT_DB_ALIAS]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
            cursor = lasting(connection)
            cursor.execute(sql, slots.filled(_flat(arguments), connection.ops))
            return int(cursor.rowcount)


def plan_once() -> None:
    """For the rest of the transaction PostgreSQL keeps to one plan a statement, whatever the values.

    Left to itself it weighs up again and again whether these values deserve a plan of their own, and now and
    then takes longer for that than for a whole order. Only where every statement goes by a key.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        lasting(connection).execute("SET LOCAL plan_cache_mode = force_generic_plan")


class _Select:
    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], arguments: Sequence[Any]) -> None:
        marks = _marks(arguments)
        # Named, so that Django's routers are not asked each time.
        self._queryset = build(*marks).using(DEFAULT_DB_ALIAS)
        self._compiler = self._queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, params = self._compiler.as_sql()
        self._slots = _Slots(marks, params, self._compiler.connection.ops)
        converters = self._compiler.get_converters(column[0] for column in self._compiler.select)
        self._compiler.get_converters = lambda _columns: converters
        self._queryset.query.get_compiler = lambda *_args, **_how: self._compiler
        if self._compiler.has_extra_select:
            raise ValueError("distinct() adds columns that are not asked for")

    @property
    def outdated(self) -> bool:
        """The thread has another connection by now, as tests make them."""
        return self._compiler.connection is not connections[DEFAULT_DB_ALIAS]

    def rows(self, values: Sequence[Any]) -> list[Any]:
        params = self._slots.filled(values, self._compiler.connection.ops)
        cursor = lasting(self._compiler.connection)
        cursor.execute(self._sql, params)
        self._compiler.execute_sql = lambda *_args, **_how: [cursor.fetchall()]
        return list(self._queryset._iterable_class(self._queryset))


class _Slots:
    """Where each value goes among a statement's parameters."""

    def __init__(self, marks: Sequence[Any], params: Sequence[Any], ops: BaseDatabaseOperations) -> None:
        known = [_adapted(mark, ops) for mark in _flat(marks)]
        # A position among the values and what type the database is told, or the value that never changes.
        self._slots = [
            (known.index(one), type(one) if isinstance(one, int) else None, None)
            if one in known
            else (-1, None, one)
            for one in params
        ]
        if {at for at, _kind, _fixed in self._slots} - {-1} != set(range(len(known))):
            raise ValueError("an argument is not in the SQL as it is")

    def filled(self, values: Sequence[Any], ops: BaseDatabaseOperations) -> tuple[Any, ...]:
        adapted = [_adapted(value, ops) for value in values]
        return tuple(
            fixed if at < 0 else adapted[at] if kind is None else kind(adapted[at])
            for at, kind, fixed in self._slots
        )


def _adapted(value: Any, ops: BaseDatabaseOperations) -> Any:
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    return ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _shape(arguments: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(len(one) if _many(one) else None if one is None else type(one) for one in arguments)


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
