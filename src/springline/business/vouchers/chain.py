"""The hash chain of a lot: what is hashed, how, and where a chain breaks.

Canonical form: a JSON array of the fields below in this order, `ensure_ascii`, no spaces; times as UTC
ISO 8601 with microseconds and `+00:00`; absent values as null. `hash` is the SHA-256 (hex) of that text.
An entry's array begins with the hash of the entry before it; the first entry's with the lot's `terms_hash`,
which is the hash of the lot's own array. A change of any term or field breaks the chain there.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from springline.business.vouchers.models import VoucherEntry, VoucherLot
from springline.business.vouchers.states import EntryKind, deltas

LOT_FIELDS = (
    "package_id",
    "product_id",
    "sku",
    "name",
    "volume_ml",
    "scope",
    "source",
    "paid_qty",
    "gift_qty",
    "paid_fen",
    "bought_at",
    "expires_at",
    "min_per_delivery",
    "regions",
    "station_id",
    "terms_version",
)
ENTRY_FIELDS = (
    "prev_hash",
    "lot_id",
    "seq",
    "kind",
    "qty",
    "d_available",
    "d_reserved",
    "d_frozen",
    "available",
    "reserved",
    "frozen",
    "amount_fen",
    "customer_id",
    "expires_at",
    "of_id",
    "operation_id",
    "idempotency_key",
    "order_id",
    "delivery_id",
    "call_id",
    "sku",
    "station_id",
    "reason",
    "actor",
    "at",
)


@dataclass(frozen=True, kw_only=True)
class Break:
    """The first bad place of a lot. `entry` None: the lot's own terms, or its owner. `seq` counts from 1."""

    lot: int
    seq: int
    entry: int | None
    what: str


def canonical(row: VoucherLot | VoucherEntry) -> str:
    fields = LOT_FIELDS if isinstance(row, VoucherLot) else ENTRY_FIELDS
    values = [_plain(getattr(row, name)) for name in fields]
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def digest(row: VoucherLot | VoucherEntry) -> str:
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def verify(lot: VoucherLot, entries: Iterable[VoucherEntry]) -> Break | None:
    """The first entry, in order, that does not follow from the one before it; None when all is well.

    A chain that lost its last entries is whole in itself: an audit's fingerprint over all heads tells.
    """
    if digest(lot) != lot.terms_hash:
        return Break(lot=lot.pk, seq=0, entry=None, what="terms")
    before, totals, owner = lot.terms_hash, (0, 0, 0), None
    number = 0
    for number, entry in enumerate(entries, 1):
        what = _wrong(entry, number, before, totals, owner)
        if what:
            return Break(lot=lot.pk, seq=number, entry=entry.pk, what=what)
        before, owner = entry.hash, entry.customer_id
        totals = (entry.available, entry.reserved, entry.frozen)
    if number == 0:
        return Break(lot=lot.pk, seq=0, entry=None, what="empty")
    if owner != lot.customer_id:
        return Break(lot=lot.pk, seq=number, entry=None, what="owner")
    return None


def audit(lots: Iterable[VoucherLot], entries: Iterable[VoucherEntry]) -> Iterator[Break]:
    """Every lot's first break. Both must come ordered by lot id; entries by seq within it.

    Reads once and keeps one lot's entries in memory at a time.
    """
    groups = groupby(entries, key=lambda entry: entry.lot_id)
    group = next(groups, None)
    for lot in lots:
        while group is not None and group[0] < lot.pk:
            yield Break(lot=group[0], seq=1, entry=None, what="no lot")
            group = next(groups, None)
        mine = group is not None and group[0] == lot.pk
        found = verify(lot, group[1] if mine and group is not None else ())
        if found:
            yield found
        if mine:
            group = next(groups, None)


def _wrong(
    entry: VoucherEntry, number: int, before: str, totals: tuple[int, int, int], owner: int | None
) -> str:
    moved = (entry.d_available, entry.d_reserved, entry.d_frozen)
    now = (entry.available, entry.reserved, entry.frozen)
    if entry.seq != number:
        return "seq"
    if entry.prev_hash != before:
        return "prev_hash"
    if moved != deltas(EntryKind(entry.kind), entry.qty):
        return "deltas"
    if now != tuple(a + b for a, b in zip(totals, moved, strict=True)) or min(now) < 0:
        return "totals"
    if owner is not None and entry.customer_id != owner and entry.kind != EntryKind.REBIND:
        return "owner"
    return "" if digest(entry) == entry.hash else "hash"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
