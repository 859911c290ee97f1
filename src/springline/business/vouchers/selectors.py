"""All reads of vouchers, buckets and deposits. `ids`: a customer and the duplicates merged into it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from springline.business.catalog.models import BucketType, Product
from springline.business.catalog.states import ProductState
from springline.business.prepared import Prepared
from springline.business.vouchers import buckets, chain
from springline.business.vouchers.ledger import Held
from springline.business.vouchers.models import (
    BucketAccount,
    Iou,
    VoucherCase,
    VoucherEntry,
    VoucherLot,
)
from springline.business.vouchers.selection import fits
from springline.business.vouchers.states import EntryKind, IouState

_LOTS = Prepared(
    lambda ids: VoucherLot.objects.filter(customer_id__in=ids).annotate(
        head=Subquery(VoucherEntry.objects.filter(lot=OuterRef("pk")).order_by("-seq").values("pk")[:1])
    )
)
_ENTRIES = Prepared(lambda ids: VoucherEntry.objects.filter(pk__in=ids).order_by())
_SUMS = Prepared(
    lambda ids: (
        VoucherEntry.objects.filter(lot__customer_id__in=ids)
        .order_by()
        .values_list("lot__customer_id")
        .annotate(Sum("d_available"), Sum("d_reserved"), Sum("d_frozen"))
    )
)
_OWED = Prepared(
    lambda ids: (
        Iou.objects.filter(customer_id__in=ids, state=IouState.OPEN)
        .order_by()
        .values_list("customer_id")
        .annotate(Sum("qty"))
    )
)
# All of one call begin when it was answered: the newest of them is the one being mended.
_CASES = Prepared(
    lambda ids: VoucherCase.objects.filter(customer_id__in=ids).order_by("-started_at", "-pk")[:5]
)
_ACCOUNTS = Prepared(
    lambda ids: (
        BucketAccount.objects.filter(customer_id__in=ids)
        .select_related("bucket_type")
        .order_by("bucket_type_id")
    )
)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Vouchers of one customer; `owed` were delivered before they were redeemed."""

    available: int
    reserved: int
    frozen: int
    owed: int


@dataclass(frozen=True, kw_only=True)
class BucketStanding:
    """在外桶, 押桶数, 欠桶, and what could be refunded now (buckets; `held_fen` is all the money)."""

    bucket_type: BucketType
    out: int
    deposited: int
    owed: int
    refundable: int
    held_fen: int


@dataclass(frozen=True, kw_only=True)
class Audit:
    """`fingerprint` covers every lot's last hash: kept elsewhere, it shows entries cut off the end."""

    lots: int
    entries: int
    fingerprint: str
    breaks: tuple[chain.Break, ...]


def heads(ids: Sequence[int]) -> list[Held]:
    """Every lot of the customer and its last entry, the newest lot first."""
    lots = _LOTS(ids)
    entries = {entry.pk: entry for entry in _ENTRIES([lot.head for lot in lots if lot.head])}
    return [Held(lot, entries.get(lot.head)) for lot in lots]


def balance(ids: Sequence[int]) -> Balance:
    """The sum of all entries of the customer's lots, and what is owed."""
    sums = _SUMS(ids)
    return Balance(
        available=sum(row[1] for row in sums),
        reserved=sum(row[2] for row in sums),
        frozen=sum(row[3] for row in sums),
        owed=sum(owed for _customer, owed in _OWED(ids)),
    )


def bucket_standings(ids: Sequence[int]) -> list[BucketStanding]:
    sums: dict[int, buckets.Account] = {}
    for row in _ACCOUNTS(ids):
        now = buckets.standing(row)
        total = sums.setdefault(row.bucket_type_id, buckets.Account(row))
        total.out, total.deposited, total.fen = (
            total.out + now.out,
            total.deposited + now.deposited,
            total.fen + now.fen,
        )
    return [
        BucketStanding(
            bucket_type=total.row.bucket_type,
            out=total.out,
            deposited=total.deposited,
            owed=total.owed,
            refundable=total.refundable,
            held_fen=total.fen,
        )
        for total in sums.values()
    ]


def eligible(ids: Sequence[int], at: datetime | None = None) -> list[tuple[Product, int]]:
    """Products on sale that the customer's vouchers buy now, and how many of each (T02's way out)."""
    now = at or timezone.now()
    usable = [
        held for held in heads(ids) if held.available and (held.expires_at is None or held.expires_at > now)
    ]
    found = []
    for product in Product.objects.filter(state=ProductState.ACTIVE):
        count = sum(held.available for held in usable if fits(held, product))
        if count:
            found.append((product, count))
    return found


def last_cases(ids: Sequence[int]) -> list[VoucherCase]:
    return _CASES(ids)


def redemptions(ids: Sequence[int], since: datetime) -> list[tuple[VoucherEntry, int]]:
    """The last 20 since then, the newest first, and how much of each still stands."""
    rows = VoucherEntry.objects.filter(lot__customer_id__in=ids, kind=EntryKind.REDEEM, at__gt=since)
    rows = rows.select_related("lot").annotate(settled=Sum("settled_by__qty")).order_by("-id")
    return [(row, row.qty - (row.settled or 0)) for row in rows[:20]]


def open_ious(ids: Sequence[int]) -> QuerySet[Iou]:
    return Iou.objects.filter(customer_id__in=ids, state=IouState.OPEN).select_related("product")


def audit() -> Audit:
    """Check every chain. Reads all entries once; about a minute for a few millions."""
    lots = VoucherLot.objects.order_by("pk").iterator(2000)
    counter = _Counter()
    breaks = tuple(chain.audit(counter.lots(lots), counter.entries()))
    return Audit(
        lots=counter.lot_count,
        entries=counter.entry_count,
        fingerprint=counter.fingerprint.hexdigest(),
        breaks=breaks,
    )


class _Counter:
    def __init__(self) -> None:
        self.lot_count = self.entry_count = 0
        self.fingerprint = hashlib.sha256()

    def lots(self, rows: Iterator[VoucherLot]) -> Iterator[VoucherLot]:
        for row in rows:
            self.lot_count += 1
            yield row

    def entries(self) -> Iterator[VoucherEntry]:
        last: VoucherEntry | None = None
        for entry in VoucherEntry.objects.order_by("lot_id", "seq").iterator(2000):
            self.entry_count += 1
            if last is not None and last.lot_id != entry.lot_id:
                self._seal(last)
            last = entry
            yield entry
        if last is not None:
            self._seal(last)

    def _seal(self, entry: VoucherEntry) -> None:
        self.fingerprint.update(f"{entry.lot_id}:{entry.seq}:{entry.hash};".encode())


def entries_of(ids: Sequence[int], since: datetime, until: datetime) -> QuerySet[VoucherEntry]:
    """In [since, until), oldest first."""
    rows = VoucherEntry.objects.filter(lot__customer_id__in=ids, at__gte=since, at__lt=until)
    return rows.select_related("lot").order_by(F("at").asc(), "pk")
