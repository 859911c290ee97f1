"""The rows of the books and the calls, read with SQL of our own; Django lends the connection only."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from springline.day.books import (
    Books,
    BucketRow,
    DepositRow,
    LineRow,
    OrderRow,
    PaymentRow,
    Row,
    VoucherRow,
)
from springline.day.sheet import Stated

R = TypeVar("R", bound=Row)
_ACCOUNTS = "JOIN vouchers_bucketaccount account ON account.id = entry.account_id"

# What people did since the day began.
_WORK = {
    "orders": "SELECT count(*) FROM orders_order WHERE call_id <> '' AND placed_at >= %s",
    "deliveries": "SELECT count(*) FROM orders_order WHERE call_id <> '' AND delivered_at >= %s",
    "wrap_ups": "SELECT count(*) FROM calls_wrapup WHERE at >= %s",
    "complaints": "SELECT count(*) FROM complaints_complaint WHERE filed_at >= %s",
}


def books() -> Books:
    """Everything there is, in one read. Django must be set up."""
    from django.db import transaction

    with transaction.atomic():
        return Books(
            vouchers=_rows(VoucherRow, "vouchers_voucherentry", order="entry.lot_id, entry.seq"),
            buckets=_rows(BucketRow, "vouchers_bucketentry", _ACCOUNTS, "entry.account_id, entry.seq"),
            deposits=_rows(DepositRow, "vouchers_depositentry", _ACCOUNTS, "entry.account_id, entry.seq"),
            orders=_rows(OrderRow, "orders_order", order="entry.id"),
            lines=_rows(LineRow, "orders_orderline", order="entry.id"),
            payments=_rows(PaymentRow, "orders_payment", order="entry.id"),
        )


def stated(since: datetime, until: datetime) -> Stated:
    """The calls that came in [since, until]: what each row says, and what the product measures."""
    from springline.business.reports.selectors import measures

    rows = _read(
        "SELECT id, outcome, region FROM calls_call"
        " WHERE direction = 'in' AND arrived_at >= %s AND arrived_at <= %s",
        [since, until],
    )
    found = measures(since, until)
    return Stated(
        outcomes={str(key): outcome for key, outcome, _region in rows},
        regions={str(key): region for key, _outcome, region in rows},
        calls=found.calls,
        connected=found.connected,
        abandoned=found.abandoned,
        messages=found.messages,
        out_of_area=found.out_of_area,
        left_in_menu=found.left_in_menu,
        open=found.open,
        work={name: int(_read(text, [since])[0][0]) for name, text in _WORK.items()},
    )


def order_states() -> Mapping[str, int]:
    """Orders by state."""
    return dict(_read("SELECT state, count(*) FROM orders_order GROUP BY state", []))


def _rows(kind: type[R], table: str, join: str = "", order: str = "") -> list[R]:
    names = kind.__struct_fields__
    owner = {"customer_id": "account.customer_id"} if join else {}
    columns = ", ".join(owner.get(name, f"entry.{name}") for name in names)
    text = f"SELECT {columns} FROM {table} entry {join} ORDER BY {order}"  # noqa: S608 - names of our own
    return [msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in _read(text, [])]


def _read(text: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        return list(cursor.fetchall())
