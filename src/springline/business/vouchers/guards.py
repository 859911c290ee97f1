"""What the database itself refuses, whoever asks: triggers, from one table for both kinds.

Each rule is a condition that refuses a row, in SQL both understand; `{same}` is "equal or both null".
A refusal is an IntegrityError whose text begins with the rule's name. The migration installs them, and every
later `migrate` does so again.
"""

# ruff: noqa: S608 (names of our own tables; no value from outside gets here)
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY, LOT, OPERATION = "vouchers_voucherentry", "vouchers_voucherlot", "vouchers_operation"
BUCKET, DEPOSIT, CLEARING = "vouchers_bucketentry", "vouchers_depositentry", "vouchers_clearingentry"
APPEND_ONLY = (ENTRY, OPERATION, BUCKET, DEPOSIT, CLEARING, LOT)
_LOT_MAY_CHANGE = {"id", "customer_id", "remark"}


def _follows(table: str, group: str, totals: dict[str, str], more: str = "1=1") -> str:
    """Not the first row of its group, and not the one after the row before it."""
    sums = " AND ".join(f"NEW.{total} = p.{total} + NEW.{delta}" for total, delta in totals.items())
    return (
        f"NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM {table} p WHERE p.{group} = NEW.{group} "
        f"AND p.seq = NEW.seq - 1 AND {sums} AND {more})"
    )


def _begins(totals: dict[str, str], more: str = "1=1") -> str:
    sums = " AND ".join(f"NEW.{total} = NEW.{delta}" for total, delta in totals.items())
    return f"NEW.seq = 1 AND NOT ({sums} AND {more})"


def _again(table: str, group: str) -> str:
    """SQLite's INSERT OR REPLACE would take an old row away without asking its delete trigger."""
    return (
        f"EXISTS (SELECT 1 FROM {table} p WHERE (p.{group} = NEW.{group} AND p.seq = NEW.seq) "
        "OR p.id = NEW.id OR p.idempotency_key = NEW.idempotency_key)"
    )


_COUNTS = {"available": "d_available", "reserved": "d_reserved", "frozen": "d_frozen"}
_OUT = {"out_after": "d_out"}
_HELD = {"qty_after": "d_qty", "fen_after": "d_fen"}
_SETTLES = (
    "((NEW.kind IN ('release', 'redeem') AND c.kind = 'reserve') "
    "OR (NEW.kind = 'reverse' AND c.kind = 'redeem') "
    "OR (NEW.kind = 'unfreeze' AND c.kind IN ('freeze', 'expire')))"
)
RULES: dict[str, dict[str, str]] = {
    ENTRY: {
        "voucher_entry_again": _again(ENTRY, "lot_id"),
        "voucher_entry_begins": _begins(
            _COUNTS,
            f"EXISTS (SELECT 1 FROM {LOT} l WHERE l.id = NEW.lot_id AND l.terms_hash = NEW.prev_hash "
            "AND l.customer_id = NEW.customer_id AND l.expires_at {same} NEW.expires_at)",
        ),
        "voucher_entry_follows": _follows(
            ENTRY,
            "lot_id",
            _COUNTS,
            "p.hash = NEW.prev_hash AND (p.customer_id = NEW.customer_id OR NEW.kind = 'rebind') "
            "AND (p.expires_at {same} NEW.expires_at OR NEW.kind = 'extend')",
        ),
        "voucher_settled_twice": (
            f"NEW.of_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {ENTRY} c WHERE c.id = NEW.of_id "
            f"AND c.lot_id = NEW.lot_id AND {_SETTLES} AND c.qty >= NEW.qty + "
            f"(SELECT COALESCE(SUM(s.qty), 0) FROM {ENTRY} s WHERE s.of_id = NEW.of_id))"
        ),
        "voucher_negative": "NEW.available < 0 OR NEW.reserved < 0 OR NEW.frozen < 0",
    },
    BUCKET: {
        "bucket_entry_again": _again(BUCKET, "account_id"),
        "bucket_entry_begins": _begins(_OUT),
        "bucket_entry_follows": _follows(BUCKET, "account_id", _OUT),
    },
    DEPOSIT: {
        "deposit_entry_again": _again(DEPOSIT, "account_id"),
        "deposit_entry_begins": _begins(_HELD),
        "deposit_entry_follows": _follows(DEPOSIT, "account_id", _HELD),
        "deposit_refund_without_bucket": (
            f"NEW.kind = 'refund' AND NEW.qty_after < COALESCE((SELECT b.out_after FROM {BUCKET} b "
            "WHERE b.account_id = NEW.account_id ORDER BY b.seq DESC LIMIT 1), 0)"
        ),
    },
    OPERATION: {"operation_again": f"EXISTS (SELECT 1 FROM {OPERATION} p WHERE p.key = NEW.key)"},
}
# A bucket or deposit row alone cannot lock the other ledger; its account can.
_LOCKS = {ENTRY: (LOT, "lot_id"), BUCKET: ("vouchers_bucketaccount", "account_id")}
_LOCKS[DEPOSIT] = _LOCKS[BUCKET]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place, new or again."""
    remove(connection)
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for statement in make(_fixed_columns(connection)):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away: only to restore a backup, and for tests of what chains find."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table, name in _names():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgresql else ""))


def after_migrate(using: str, **_more: Any) -> None:
    """Receives post_migrate. The tables may not be there yet when one migrates back to nothing."""
    from django.db import connections

    connection = connections[using]
    if set(APPEND_ONLY) <= set(connection.introspection.table_names()):
        install(connection)


def _names() -> list[tuple[str, str]]:
    kept = [(table, f"{table}_{verb}") for table in APPEND_ONLY for verb in ("kept", "unchanged")]
    return kept + [(table, f"{table}_checked") for table in RULES]


def _fixed_columns(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        columns = [row.name for row in connection.introspection.get_table_description(cursor, LOT)]
    return ", ".join(f'"{name}"' for name in columns if name not in _LOT_MAY_CHANGE)


def _sqlite(lot_columns: str) -> list[str]:
    made = []
    for table in APPEND_ONLY:
        what = f"UPDATE OF {lot_columns}" if table == LOT else "UPDATE"
        for name, event in ((f"{table}_kept", "DELETE"), (f"{table}_unchanged", what)):
            made.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
            )
    for table, rules in RULES.items():
        checks = "".join(
            f"SELECT RAISE(ABORT, '{name}') WHERE {rule.format(same='IS')}; " for name, rule in rules.items()
        )
        made.append(f"CREATE TRIGGER {table}_checked BEFORE INSERT ON {table} BEGIN {checks} END")
    return made


def _postgresql(lot_columns: str) -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION vouchers_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
    ]
    for table in APPEND_ONLY:
        what = f"UPDATE OF {lot_columns}" if table == LOT else "UPDATE"
        for name, event in ((f"{table}_kept", "DELETE"), (f"{table}_unchanged", what)):
            made.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION vouchers_append_only()"
            )
    for table, rules in RULES.items():
        lock = ""
        if table in _LOCKS:
            parent, column = _LOCKS[table]
            lock = f"PERFORM 1 FROM {parent} WHERE id = NEW.{column} FOR UPDATE; "
        checks = "".join(
            f"IF {rule.format(same='IS NOT DISTINCT FROM')} THEN RAISE EXCEPTION '{name}' "
            "USING ERRCODE = '23514'; END IF; "
            for name, rule in rules.items()
        )
        made.append(
            f"CREATE OR REPLACE FUNCTION {table}_check() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {lock}{checks}RETURN NEW; END $$"
        )
        made.append(
            f"CREATE TRIGGER {table}_checked BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_check()"
        )
    return made
