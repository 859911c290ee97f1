"""An order's id and number are known before it is written, so that it is written once."""

from datetime import datetime
from functools import cache

from django.db import connection

from springline.business.cursors import lasting
from springline.business.orders.models import Order
from springline.business.orders.promising import SHANGHAI

# SQLite has one writer at a time, and this transaction is it.
_NEXT = {
    "postgresql": "SELECT nextval(%s::regclass)",
    "sqlite": "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s",
}


def draw() -> int:
    """The id of the next order. Must run in the transaction that writes it."""
    assert connection.in_atomic_block
    name = _sequence() if connection.vendor == "postgresql" else Order._meta.db_table
    cursor = lasting(connection)
    cursor.execute(_NEXT[connection.vendor], [name])
    return int(cursor.fetchall()[0][0])


def number(order_id: int, placed_at: datetime) -> str:
    """Day and a running number, short enough to be read out; unique, for the id is in it."""
    return f"{placed_at.astimezone(SHANGHAI):%y%m%d}{order_id:05d}"


@cache
def _sequence() -> str:
    """To look it up takes PostgreSQL longer than to draw from it."""
    cursor = lasting(connection)
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [Order._meta.db_table])
    return str(cursor.fetchall()[0][0])
