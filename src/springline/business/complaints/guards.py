"""The events of complaints are append-only, whoever asks: triggers for both kinds of database.

Only `note` and `facts` may be emptied, when a person's data are erased.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = "complaints_complaintevent"
_FIXED = "id, complaint_id, at, kind, who"
_TRIGGERS = {f"{EVENTS}_kept": "DELETE", f"{EVENTS}_unchanged": f"UPDATE OF {_FIXED}"}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the guards in place, new or again."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION complaints_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
            )
        for name, event in _TRIGGERS.items():
            body = (
                "FOR EACH ROW EXECUTE FUNCTION complaints_append_only()"
                if connection.vendor == "postgresql"
                else f"BEGIN SELECT RAISE(ABORT, 'append_only: {EVENTS}'); END"
            )
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {EVENTS} {body}")


def remove(connection: BaseDatabaseWrapper) -> None:
    on = f" ON {EVENTS}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def after_migrate(using: str, **_more: Any) -> None:
    """Receives post_migrate. The table may not be there yet when one migrates back to nothing."""
    from django.db import connections

    connection = connections[using]
    if EVENTS in connection.introspection.table_names():
        install(connection)
