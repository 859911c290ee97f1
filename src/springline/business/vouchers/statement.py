"""A customer's statement: every line of the three ledgers, with what it was about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from springline.business.vouchers import selectors
from springline.business.vouchers.models import BucketEntry, DepositEntry, VoucherEntry


@dataclass(frozen=True, kw_only=True)
class Line:
    """`ledger`: voucher, bucket or deposit. `change` and `after`: vouchers available, buckets out, deposits.

    `fen`: money that moved. `order_id`, `call_id`, `delivery_id`: what the line links to, if anything.
    """

    ledger: str
    at: datetime
    kind: str
    kind_name: str
    what: str
    qty: int
    change: int
    after: int
    fen: int
    order_id: int | None
    call_id: str
    delivery_id: int | None
    reason: str
    actor: str
    ref: str


@dataclass(frozen=True, kw_only=True)
class Totals:
    vouchers: int
    buckets: int
    deposits: int
    deposit_fen: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Lines in [since, until), oldest first; opening + Σ changes = closing in each ledger."""

    since: datetime
    until: datetime
    opening: Totals
    closing: Totals
    lines: tuple[Line, ...]


def statement(ids: Sequence[int], since: datetime, until: datetime) -> Statement:
    """`ids`: the customer and its merged duplicates."""
    opening = _totals(ids, since)
    lines: list[Line] = []
    running = {"voucher": opening.vouchers, "bucket": opening.buckets, "deposit": opening.deposits}
    for at, _order, row in sorted(_rows(ids, since, until), key=lambda found: found[:2]):
        ledger, what, change, fen, ref = _about(row)
        running[ledger] += change
        lines.append(
            Line(
                ledger=ledger,
                at=at,
                kind=row.kind,
                kind_name=str(row.get_kind_display()),
                what=what,
                qty=row.qty,
                change=change,
                after=running[ledger],
                fen=fen,
                order_id=row.order_id,
                call_id=row.call_id,
                delivery_id=row.delivery_id,
                reason=row.reason,
                actor=row.actor,
                ref=ref,
            )
        )
    closing = _totals(ids, until)
    return Statement(since=since, until=until, opening=opening, closing=closing, lines=tuple(lines))


_Row = VoucherEntry | BucketEntry | DepositEntry


def _rows(
    ids: Sequence[int], since: datetime, until: datetime
) -> list[tuple[datetime, tuple[int, int], _Row]]:
    found: list[tuple[datetime, tuple[int, int], _Row]] = [
        (entry.at, (1, entry.pk), entry) for entry in selectors.entries_of(ids, since, until)
    ]
    for number, model in ((2, BucketEntry), (3, DepositEntry)):
        rows = model.objects.filter(account__customer_id__in=ids, at__gte=since, at__lt=until)
        found += [(row.at, (number, row.pk), row) for row in rows.select_related("account__bucket_type")]
    return found


def _about(row: _Row) -> tuple[str, str, int, int, str]:
    """(ledger, what, change, fen, reference)."""
    if isinstance(row, VoucherEntry):
        return "voucher", row.lot.name, row.d_available, row.amount_fen, f"#{row.lot_id}/{row.seq}"
    name = row.account.bucket_type.name
    if isinstance(row, BucketEntry):
        return "bucket", name, row.d_out, 0, f"T{row.account_id}/{row.seq}"
    return "deposit", name, row.d_qty, row.d_fen, row.receipt_no or f"Y{row.account_id}/{row.seq}"


def _totals(ids: Sequence[int], before: datetime) -> Totals:
    def total(rows: object, field: str) -> int:
        return rows.aggregate(n=Sum(field, default=0))["n"]  # type: ignore[attr-defined, no-any-return]

    deposits = DepositEntry.objects.filter(account__customer_id__in=ids, at__lt=before)
    return Totals(
        vouchers=total(VoucherEntry.objects.filter(lot__customer_id__in=ids, at__lt=before), "d_available"),
        buckets=total(BucketEntry.objects.filter(account__customer_id__in=ids, at__lt=before), "d_out"),
        deposits=total(deposits, "d_qty"),
        deposit_fen=total(deposits, "d_fen"),
    )
