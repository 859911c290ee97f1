"""How fast the ledger is: `python -m springline.business.vouchers.bench`, in a throw-away database.

Fills it with lots of twenty entries, guards in place, then times the balance of one customer, one redemption,
and the audit of every chain; at last many clients want one voucher. SQLite, or PostgreSQL by
SPRINGLINE_TEST_DATABASE_URL (a database of its own). `springline bench ledger` runs both.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from springline.platform.benchmarks import Figure, percentile

if TYPE_CHECKING:
    from springline.business.vouchers.models import VoucherEntry, VoucherLot

PER_LOT, LOTS_EACH, HEAVY_LOTS = 20, 2, 100
BALANCE_MS, AUDIT_SECONDS, CLIENTS = 5, 60, 64
_BATCH = 2000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_KINDS = ["purchase", "gift"] + ["reserve", "redeem"] * 9
_CROWD, _BUYER = 10**9 + 1, 10**9


def main(entries: int = 1_000_000, redemptions: int = 10_000, json: Path | None = None) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings_test")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    began = time.perf_counter()
    _fill(entries)
    seconds = time.perf_counter() - began
    typer.echo(f"filled with {entries:,} entries in {seconds:.1f} s")
    figures = [*_measure(), *_crowd(redemptions)]
    for figure in figures:
        typer.echo(f"{figure.name}: {figure.value:.4g} {figure.unit}")
    if json is not None:
        json.write_bytes(msgspec.json.encode(figures))


def _measure() -> Iterator[Figure]:
    from springline.business.catalog.models import Product
    from springline.business.vouchers import selectors, services
    from springline.business.vouchers.ledger import Request
    from springline.business.vouchers.models import VoucherLot, VoucherPackage

    last = VoucherLot.objects.order_by("-customer_id").values_list("customer_id", flat=True)[0]
    for name, customer in (("one customer", last // 2 + 1), ("the largest customer", 1)):
        taken = _times(lambda customer=customer: selectors.balance([customer]), 200)
        most = BALANCE_MS if name == "one customer" else None
        yield Figure(name=f"balance of {name}: p99", value=percentile(taken, 99) or 0, unit="ms", most=most)
    product = Product.objects.get(sku="SPRING-18.9")
    package = VoucherPackage.objects.create(
        sku="BENCH", name_zh="压测", product=product, paid_qty=1000, price_fen=1
    )
    services.purchase(Request(key="bench-buy"), _BUYER, package)
    keys = iter(range(10**6))
    taken = _times(lambda: services.redeem(Request(key=f"bench-{next(keys)}"), _BUYER, product, 1), 300)
    yield Figure(name="one redemption: p99", value=percentile(taken, 99) or 0, unit="ms")
    began = time.perf_counter()
    found = selectors.audit()
    seconds = time.perf_counter() - began
    assert not found.breaks, found.breaks
    yield Figure(name="audit of all chains", value=seconds, unit="s", most=AUDIT_SECONDS)


def _crowd(redemptions: int) -> list[Figure]:
    """Everybody wants the last voucher: once it is redeemed, every other time it is refused."""
    from django.db import connection, connections

    from springline.business.catalog.models import Product
    from springline.business.vouchers import selectors, services
    from springline.business.vouchers.ledger import Request
    from springline.business.vouchers.models import VoucherEntry, VoucherPackage
    from springline.business.vouchers.refusals import VoucherRefused

    product = Product.objects.get(sku="SPRING-18.9")
    one = VoucherPackage.objects.create(
        sku="LAST", name_zh="最后一张", product=product, paid_qty=1, price_fen=1
    )
    services.purchase(Request(key="crowd-buy"), _CROWD, one)
    results: Counter[str] = Counter()

    def client(number: int) -> Counter[str]:
        mine: Counter[str] = Counter()
        connection.ensure_connection()
        try:
            for turn in range(number, redemptions, CLIENTS):
                try:
                    services.redeem(Request(key=f"crowd-{turn}"), _CROWD, product, 1)
                    mine["redeemed"] += 1
                except VoucherRefused as refusal:
                    mine[refusal.code.value] += 1
        finally:
            connections.close_all()
        return mine

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for mine in pool.map(client, range(CLIENTS)):
            results += mine
    seconds = time.perf_counter() - began
    negative = VoucherEntry.objects.filter(available__lt=0).count()
    left = selectors.balance([_CROWD]).available
    typer.echo(f"the last voucher: {dict(results)}, {negative} negative, {left} left")
    return [
        Figure(name="the last voucher: redeemed", value=results["redeemed"], unit="times", most=1, least=1),
        Figure(
            name="the last voucher: refused", value=sum(results.values()) - results["redeemed"], unit="times"
        ),
        Figure(name="the last voucher: negative balances", value=negative, unit="", most=0),
        Figure(name="the last voucher: redemptions answered", value=redemptions / seconds, unit="/s"),
    ]


def _times(work: Callable[[], object], count: int) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


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
    _numbers_go_on(VoucherLot, VoucherEntry)


def _numbers_go_on(*models: Any) -> None:
    """PostgreSQL's sequences know nothing of the ids that were given."""
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


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


if __name__ == "__main__":
    typer.run(main)
