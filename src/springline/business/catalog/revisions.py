"""What seldom changes is read once for each process, and again as soon as anybody has changed it.

A trigger on each of its tables gives a name another random number, within the transaction of the change: who
sees the change sees the number, and what was rolled back leaves none behind.
"""

# ruff: noqa: S608 (names of our own tables; no value from outside gets here)
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper

from springline.business.catalog.models import Revision
from springline.business.prepared import Prepared

T = TypeVar("T")
TABLE = Revision._meta.db_table
CATALOG = "catalog"
# For each table the columns that count, "" for all.
CATALOG_TABLES = dict.fromkeys(
    (
        "catalog_product",
        "catalog_buckettype",
        "catalog_batch",
        "catalog_pricerule",
        "catalog_servicearea",
    ),
    "",
)
_AGAIN = {
    # Not INSERT OR REPLACE: Django adds many-to-many rows by INSERT OR IGNORE, and SQLite then ignores what
    # conflicts in a trigger as well.
    "sqlite": f"INSERT INTO {TABLE} (name, number) VALUES ({{name}}, random()) "
    "ON CONFLICT (name) DO UPDATE SET number = excluded.number",
    "postgresql": f"INSERT INTO {TABLE} (name, number) VALUES ({{name}}, (random() * 9e15)::bigint) "
    "ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number",
}
_NUMBER = Prepared(lambda name: Revision.objects.filter(pk=name).order_by().values_list("number", flat=True))


class Kept(Generic[T]):
    """`Kept(name, read)()` is what `read()` answers now, mostly without asking. Nobody changes it."""

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        self._name, self._read = name, read
        self._held: tuple[int, T] | None = None

    def __call__(self) -> T:
        return self.read()[1]

    @property
    def held(self) -> tuple[int | None, T] | None:
        """What was read last and its number, for who reads the number together with something else."""
        return self._held

    def read(self) -> tuple[int | None, T]:
        number = self.number()
        return number, self.at(number)

    def number(self) -> int | None:
        return next(iter(_NUMBER(self._name)), None)

    def at(self, number: int | None) -> T:
        """The same for who has just read the number. None: nothing was ever changed, or all is gone."""
        held = self._held
        if held is not None and held[0] == number:
            return held[1]
        # The number was read first: what changes in between is newer than it, and read again the next time.
        found = self._read()
        self._held = None if number is None else (number, found)
        return found


def install(connection: BaseDatabaseWrapper, name: str, tables: Mapping[str, str]) -> None:
    """Put the triggers in place, new or again. Tables that are not there yet get theirs later."""
    there = set(connection.introspection.table_names())
    if TABLE not in there:
        return
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            for statement in make(name, table, f" OF {columns}" if columns else "") if table in there else ():
                cursor.execute(statement)
        # What was changed while there were no triggers.
        cursor.execute(_AGAIN[connection.vendor].format(name=f"'{name}'"))


def remove(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Take the triggers off tables that no longer count."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in there.intersection(tables):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_revised ON {table}")
                continue
            for event in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_revised_{event}")


def _sqlite(name: str, table: str, of: str) -> list[str]:
    made = []
    for event in ("INSERT", f"UPDATE{of}", "DELETE"):
        trigger = f"{table}_revised_{event[:6].lower()}"
        made += [
            f"DROP TRIGGER IF EXISTS {trigger}",
            f"CREATE TRIGGER {trigger} AFTER {event} ON {table} "
            f"BEGIN {_AGAIN['sqlite'].format(name=repr(name))}; END",
        ]
    return made


def _postgresql(name: str, table: str, of: str) -> list[str]:
    """Before the change, so that everybody locks the number first and the rows after it."""
    return [
        "CREATE OR REPLACE FUNCTION catalog_revise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_AGAIN['postgresql'].format(name='TG_ARGV[0]')}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {table}_revised ON {table}",
        f"CREATE TRIGGER {table}_revised BEFORE INSERT OR UPDATE{of} OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION catalog_revise('{name}')",
    ]
