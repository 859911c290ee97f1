"""New rows written by one statement, whose SQL is made once for each model and count of rows."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from springline.business.cursors import lasting

_Adapt = Callable[[Any, BaseDatabaseWrapper], Any]
_forms: dict[tuple[type[models.Model], int, bool], "_Form"] = {}


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model, as `bulk_create` does: no signals, and their ids follow.

    Either all of them have their id already, or none has. Raises IntegrityError.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    shape = type(rows[0]), len(rows), rows[0].pk is not None
    form = _forms.get(shape)
    if form is None:
        form = _forms[shape] = _Form(connection, *shape)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
        cursor = lasting(connection)
        cursor.execute(form.sql, form.params(rows, connection))
        ids = cursor.fetchall() if form.returns else [(row.pk,) for row in rows]
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, DEFAULT_DB_ALIAS


class _Form:
    def __init__(
        self, connection: BaseDatabaseWrapper, model: type[models.Model], count: int, keyed: bool
    ) -> None:
        meta, quoted = model._meta, connection.ops.quote_name
        self.returns = not keyed
        fields = [field for field in meta.concrete_fields if keyed or not field.primary_key]
        self._fields = [(_read(field), _adapt(field)) for field in fields]
        names = ", ".join(quoted(field.column) for field in fields)
        places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * count)
        self.sql = f"INSERT INTO {quoted(meta.db_table)} ({names}) VALUES {places}"  # noqa: S608 (our own names)
        if self.returns:
            self.sql += f" RETURNING {quoted(meta.pk.column)}"

    def params(self, rows: Sequence[models.Model], connection: BaseDatabaseWrapper) -> list[Any]:
        return [
            None if (value := read(row)) is None else adapt(value, connection)
            for row in rows
            for read, adapt in self._fields
        ]


def _read(field: Any) -> Callable[[models.Model], Any]:
    if type(field).pre_save is models.Field.pre_save:
        return attrgetter(field.attname)
    return lambda row: field.pre_save(row, add=True)


def _adapt(field: Any) -> _Adapt:
    """`field.get_db_prep_save` without its detours where the value's type is sure."""
    kind = (field.target_field if field.remote_field else field).get_internal_type()
    kind = "BigIntegerField" if kind == "BigAutoField" else kind
    if kind in ("CharField", "TextField"):
        return lambda value, _connection: value if type(value) is str else str(value)
    if kind == "BooleanField":
        return lambda value, _connection: value
    if kind == "DateTimeField":
        return lambda value, connection: connection.ops.adapt_datetimefield_value(value)
    if kind.endswith("IntegerField"):
        return lambda value, connection: connection.ops.adapt_integerfield_value(value, kind)
    return lambda value, connection: field.get_db_prep_save(value, connection)
