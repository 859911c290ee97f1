"""`springline bench …`: orders, ledger, customers, on both databases; calls_cli.py has what calls need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from springline.bench import calls_cli as calls_cli
from springline.bench import orders as order_bench
from springline.bench.publishing import Json, Report, run
from springline.bench.sides import SIDES, fresh, measured
from springline.platform.benchmarks import Figure
from springline.telephony.bench.cli import app

Only = Annotated[str | None, typer.Option("--only", help=f"只测一种数据库 · one of {', '.join(SIDES)}.")]

_ORDERS = """\
`springline bench orders`: the web processes as they are (uvicorn, token, `POST /api/orders`), one on SQLite
and one a core on PostgreSQL, nats-server beside them, the client on the same processors. Customers, each with
an address in one of a county's towns, order two buckets; every third has vouchers; each town has a station
with three couriers on shift. *steady*: {rate:g} orders a second arrive whatever the answers do, after some
seconds of the same that warm connections up, and PostgreSQL's ANALYZE, which autovacuum does within a minute.
*at full speed*: {clients} clients, each sends its next order when the last is answered. Bare database: one
INSERT a transaction, by the driver alone, with the same settings.
"""
_LEDGER = """\
`springline bench ledger`: {entries:,} voucher entries in lots of twenty with their hash chains, guards in
place. The last voucher is redeemed {redemptions:,} times by 64 clients at once.
"""
_CUSTOMERS = """\
`springline bench customers`: {customers:,} invented customers, taken in by the importer; the worst of thirty.
"""


@app.command("orders")
def orders(
    json: Json = None, report: Report = None, only: Only = None,
    seconds: Annotated[float, typer.Option(min=2, help="每段秒数 · seconds a part.")] = 20,
    rate: Annotated[float, typer.Option(min=1, help="每秒订单 · orders/s of the steady part.")] = 50,
    clients: Annotated[int, typer.Option(min=1, help="并发 · clients at full speed.")] = 16,
) -> None:  # fmt: skip
    """下单 · orders placed over HTTP, on SQLite and PostgreSQL."""
    plan = order_bench.Plan(seconds=seconds, rate=rate, clients=clients)
    method = _ORDERS.format(rate=rate, clients=clients)
    _run("orders", "Orders over HTTP", method, lambda side: order_bench.run(side, plan), json, report, only)


@app.command("ledger")
def ledger(
    json: Json = None, report: Report = None, only: Only = None,
    entries: Annotated[int, typer.Option(min=1000, help="流水行数 · entries.")] = 1_000_000,
    redemptions: Annotated[int, typer.Option(min=64, help="核销次数 · redemptions.")] = 10_000,
) -> None:  # fmt: skip
    """水票台账 · the voucher ledger: balance, audit, and one voucher for everybody."""
    method = _LEDGER.format(entries=entries, redemptions=redemptions)
    module = "springline.business.vouchers.bench"
    asked = (f"--entries={entries}", f"--redemptions={redemptions}")
    _run(
        "ledger", "The voucher ledger", method,
        lambda side: _of(module, side, *asked), json, report, only,
    )  # fmt: skip


@app.command("customers")
def customers(
    json: Json = None, report: Report = None, only: Only = None,
    count: Annotated[int, typer.Option(min=1000, help="客户数 · customers.")] = 200_000,
) -> None:  # fmt: skip
    """客户 · the search box, the screen pop and addresses."""
    module = "springline.business.customers.bench"
    method = _CUSTOMERS.format(customers=count)
    _run(
        "customers",
        "Finding customers",
        method,
        lambda side: _of(module, side, f"--customers={count}"),
        json,
        report,
        only,
    )


def _of(module: str, side: str, *arguments: str) -> list[Figure]:
    with fresh(side) as url:
        return measured(module, url, *arguments)


def _run(
    name: str,
    title: str,
    method: str,
    work: Callable[[str], list[Figure]],
    json: Path | None,
    report: Path | None,
    only: str | None,
) -> None:
    """On both databases, or `only` one."""
    if only is not None and only not in SIDES:
        raise typer.BadParameter(f"one of {', '.join(SIDES)}", param_hint="--only")

    def both() -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for side in (only,) if only else SIDES:
            typer.echo(f"== {name}: {side}")
            found[side] = work(side)
        return found

    run(name, title, method, both, json, report)
