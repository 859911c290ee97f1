"""What the database refuses when somebody goes around the services."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from springline.business.catalog.models import Product
from springline.business.vouchers import chain, services
from springline.business.vouchers.models import Operation, VoucherEntry, VoucherLot, VoucherPackage
from tests.unit.vouchers.people import WANG, bought, req, standing

pytestmark = pytest.mark.django_db


def next_of(lot: VoucherLot, **change: object) -> VoucherEntry:
    """A good reservation of one, but for `change`; its hash is right for what it says."""
    head = lot.entries.order_by("seq").last()
    assert head is not None
    fields: dict[str, object] = {
        "lot": lot,
        "seq": head.seq + 1,
        "kind": "reserve",
        "qty": 1,
        "d_available": -1,
        "d_reserved": 1,
        "d_frozen": 0,
        "available": head.available - 1,
        "reserved": head.reserved + 1,
        "frozen": head.frozen,
        "customer_id": head.customer_id,
        "operation": head.operation,
        "idempotency_key": "attack",
        "actor": "somebody",
        "at": head.at,
        "prev_hash": head.hash,
    }
    entry = VoucherEntry(**{**fields, **change})
    entry.hash = chain.digest(entry)
    return entry


def test_a_good_row_is_taken(package: VoucherPackage) -> None:
    lot = bought(package)
    next_of(lot).save()
    assert standing(lot) == (10, 1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2},
        {"seq": 4},
        {"seq": 0},
        {"seq": 1},
        {"available": 11},
        {"available": 9},
        {"reserved": 0},
        {"d_reserved": 0, "reserved": 0},
        {"kind": "purchase"},
        {"kind": "nonsense"},
        {"qty": 0, "d_available": 0, "d_reserved": 0, "available": 11, "reserved": 0},
        {"qty": 12, "d_available": -12, "d_reserved": 12, "available": -1, "reserved": 12},
        {"prev_hash": "0" * 64},
        {"customer_id": 5},
        {"kind": "redeem", "d_available": 0, "d_reserved": -1, "available": 11, "reserved": -1},
    ],
)
def test_a_bad_row_is_not(package: VoucherPackage, change: dict[str, object]) -> None:
    lot = bought(package)
    with pytest.raises(IntegrityError), transaction.atomic():
        next_of(lot, **change).save()
    assert standing(lot) == (11, 0, 0)


def test_one_reservation_is_not_redeemed_twice_at_anothers_cost(
    package: VoucherPackage, spring: Product
) -> None:
    lot = bought(package)
    services.reserve(req(order_id=1), WANG, spring, 1)
    services.reserve(req(order_id=2), WANG, spring, 1)
    first = services.redeem(req(order_id=1), WANG, spring, 1).entries[-1].of
    change = {
        "kind": "redeem",
        "d_available": 0,
        "d_reserved": -1,
        "available": 9,
        "reserved": 0,
        "of": first,
    }
    with pytest.raises(IntegrityError, match="voucher_settled_twice"), transaction.atomic():
        next_of(lot, **change).save()


@pytest.mark.parametrize("model", [VoucherEntry, Operation, VoucherLot])
def test_nothing_is_changed_or_deleted(package: VoucherPackage, model: type[models.Model]) -> None:
    bought(package)
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    column = {"vouchers_voucherentry": "reason", "vouchers_operation": "actor"}.get(table, "name")
    for sql in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="append_only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{sql} WHERE {key} IS NOT NULL")


def test_a_lots_remark_may_change(package: VoucherPackage) -> None:
    lot = bought(package)
    VoucherLot.objects.filter(pk=lot.pk).update(remark="放在门口")
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherLot.objects.filter(pk=lot.pk).update(paid_fen=1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="an SQLite statement")
def test_a_row_is_not_replaced(package: VoucherPackage) -> None:
    bought(package)
    columns = ", ".join(f'"{f.column}"' for f in VoucherEntry._meta.concrete_fields)
    changed = columns.replace('"reason"', "'other'")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO vouchers_voucherentry ({columns}) "
            f"SELECT {changed} FROM vouchers_voucherentry"
        )
    assert not VoucherEntry.objects.filter(reason="other").exists()
