"""How fast the ledger is: `python -m springline.business.vouchers.bench [entries]`, in a throw-away database.

Fills it with lots of twenty entries, guards in place, then times the balance of one customer, one redemption,
and the audit of every chain. SQLite, or PostgreSQL by SPRINGLINE_TEST_DATABASE_URL (a database of its own).
Targets (issue 3): balance ≤ 5 ms, audit of 1,000,000 entries ≤ 60 s.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from springline.business.vouchers.models import VoucherEntry, VoucherLot

PER_LOT, LOTS_EACH, HEAVY_LOTS = 20, 2, 100
_BATCH = 2000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_KINDS = ["purchase", "gift"] + ["reserve", "redeem"] * 9


def main(entries: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings_test")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    began = time.perf_counter()
    _fill(entries)
    say(f"filled with {entries:,} entries in {time.perf_counter() - began:.1f} s")
    _measure()


def _measure() -> None:
    from springline.business.catalog.models import Product
    from springline.business.vouchers import selectors, services
    from springline.business.vouchers.ledger import Request
    from springline.business.vouchers.models import VoucherLot, VoucherPackage

    last = VoucherLot.objects.order_by("-customer_id").values_list("customer_id", flat=True)[0]
    for name, customer in (("one customer", last // 2 + 1), ("the largest customer", 1)):
        figures = _times(lambda customer=customer: selectors.balance([customer]), 200)
        say(f"balance of {name}: {figures}")
        say(f"lots of {name}: {_times(lambda customer=customer: selectors.heads([customer]), 50)}")
    product = Product.objects.get(sku="SPRING-18.9")
    package = VoucherPackage.objects.create(
        sku="BENCH", name_zh="压测", product=product, paid_qty=1000, price_fen=1
    )
    services.purchase(Request(key="bench-buy"), 10**9, package)
    keys = iter(range(10**6))
    redeem = _times(lambda: services.redeem(Request(key=f"bench-{next(keys)}"), 10**9, product, 1), 300)
    say(f"redemption: {redeem}")
    began = time.perf_counter()
    found = selectors.audit()
    seconds = time.perf_counter() - began
    counted = f"{found.entries:,} entries in {found.lots:,} chains"
    say(f"audit of {counted}: {seconds:.1f} s, {len(found.breaks)} broken")


def _times(work: Callable[[], object], count: int) -> str:
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return f"median {statistics.median(taken):.2f} ms, p99 {taken[int(count * 0.99) - 1]:.2f} ms"


def _fill(entries: int) -> None:
    from springline.business.catalog import demo
    from springline.business.catalog.models import Product
    from springline.business.vouchers.models import Operation, VoucherEntry, VoucherLot

    demo.write()
    product = Product.objects.get(sku="SPRING-18.9")
    operation = Operation.objects.create(key="bench", kind="bench", digest="", actor="system", at=_START)
    lots = iter(_lots(product, entries // PER_LOT))
    while batch := list(islice(lots, _BATCH // PER_LOT * 10)):
        VoucherLot.objects.bulk_create(batch)
        rows = (row for lot in batch for row in _entries(lot, operation))
        while some := list(islice(rows, _BATCH)):
            VoucherEntry.objects.bulk_create(some)


def _lots(product: Any, count: int) -> "Iterator[VoucherLot]":
    from springline.business.vouchers import chain
    from springline.business.vouchers.services import new_lot

    for number in range(1, count + 1):
        customer = 1 if number <= HEAVY_LOTS else 2 + (number - HEAVY_LOTS) // LOTS_EACH
        terms = {"name": product.name_zh, "scope": "dedicated", "paid_qty": 10, "gift_qty": 1}
        lot = new_lot(customer, product, _START, paid_fen=20_000, **terms)
        lot.pk = number
        lot.terms_hash = chain.digest(lot)
        yield lot


def _entries(lot: "VoucherLot", operation: Any) -> "Iterator[VoucherEntry]":
    from springline.business.vouchers import chain
    from springline.business.vouchers.models import VoucherEntry
    from springline.business.vouchers.states import EntryKind, deltas

    before, totals = lot.terms_hash, [0, 0, 0]
    for seq, kind in enumerate(_KINDS, 1):
        qty = {"purchase": 10}.get(kind, 1)
        moved = deltas(EntryKind(kind), qty)
        totals = [a + b for a, b in zip(totals, moved, strict=True)]
        number = (lot.pk - 1) * PER_LOT + seq
        entry = VoucherEntry(
            pk=number, lot=lot, seq=seq, kind=kind, qty=qty, customer_id=lot.customer_id, operation=operation,
            d_available=moved[0], d_reserved=moved[1], d_frozen=moved[2],
            available=totals[0], reserved=totals[1], frozen=totals[2],
            of_id=number - 1 if kind == "redeem" else None, idempotency_key=f"bench#{number}",
            order_id=number, sku=lot.sku, actor="system", at=_START + timedelta(minutes=number),
            prev_hash=before,
        )  # fmt: skip
        entry.hash = before = chain.digest(entry)
        yield entry


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
