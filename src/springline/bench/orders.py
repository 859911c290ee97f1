"""Orders placed over HTTP as fast as they come and as fast as they can."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import msgspec
import psycopg

from springline.bench.connection import Connection, open_still
from springline.bench.shop import Shop
from springline.bench.sides import BenchFault, environment, fresh
from springline.platform import settings as settings_of
from springline.platform.benchmarks import Figure, percentile
from springline.platform.settings import Settings
from springline.platform.supervisor import Supervisor, free_port
from springline.programs import stages

P99_MS, LEAST_PER_SECOND = 80, {"SQLite": 50, "PostgreSQL": 200}
PATH = "/api/orders"
_WARM_UP = 40
# Each connection's first orders are slow, PostgreSQL's plans among them; `steady` is what comes after.
_WARM_SECONDS = 4.0
_BARE_SECONDS = 3.0


@dataclass(frozen=True)
class Plan:
    seconds: float
    rate: float
    clients: int

    @property
    def customers(self) -> int:
        """Enough that nobody orders twice, which would be asked back."""
        return int(self.seconds * (self.rate + 400) + _WARM_SECONDS * self.rate) + _WARM_UP


@dataclass
class Taken:
    """Milliseconds of each order that was placed, and the first words of those that were not."""

    ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def run(side: str, plan: Plan) -> list[Figure]:
    """Raises BenchFault, EngineError."""
    with fresh(side) as url, tempfile.TemporaryDirectory(prefix="springline-bench-") as folder:
        home = Path(folder)
        settings = settings_of.create(
            home, web_port=free_port(), nats_port=free_port(), **({"database_url": url} if url else {})
        )
        made = subprocess.run(
            [sys.executable, "-m", "springline.bench.shop", str(home), str(plan.customers)],
            env=environment(None), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise BenchFault(made.stderr[-2000:])
        shop = msgspec.json.decode((home / "shop.json").read_bytes(), type=Shop)
        steady, full, seconds = asyncio.run(_measure(settings, shop, plan))
        said = (settings.log_dir / f"{settings.web_names[0]}.log").read_text(errors="replace")
        bare = _bare_postgres(url) if url else _bare_sqlite(home / "bare.sqlite3")
    refused = steady.refused + full.refused
    if not steady.ms or not full.ms:
        raise BenchFault(f"{len(refused)} orders were refused: {refused[:1]}\n{said[-3000:]}")
    placed = len(full.ms) / seconds
    return [
        Figure(
            name=f"steady {plan.rate:g}/s: p99", value=percentile(steady.ms, 99) or 0, unit="ms", most=P99_MS
        ),
        Figure(name=f"steady {plan.rate:g}/s: median", value=percentile(steady.ms, 50) or 0, unit="ms"),
        Figure(name="at full speed: orders", value=placed, unit="/s", least=LEAST_PER_SECOND[side]),
        Figure(name="at full speed: p99", value=percentile(full.ms, 99) or 0, unit="ms"),
        Figure(name="web processes", value=len(settings.web_names), unit=""),
        Figure(name="orders refused", value=len(refused), unit="", most=0),
        Figure(name="the bare database: INSERTs", value=bare, unit="/s"),
        Figure(name="orders ÷ bare INSERTs", value=placed / bare, unit=""),
    ]


async def _measure(settings: Settings, shop: Shop, plan: Plan) -> tuple[Taken, Taken, float]:
    wanted = {"nats-server", *settings.web_names}
    programs = [[one for one in stage if one.name in wanted] for stage in stages(settings)]
    supervisor = Supervisor(programs, settings.log_dir, None)
    await supervisor.start()
    try:
        orders = _bodies(shop)
        for _ in range(2):
            await _closed(settings, shop, orders, Taken(), clients=2, count=_WARM_UP // 4)
        await _open(settings, shop, orders, Taken(), replace(plan, seconds=_WARM_SECONDS))
        await asyncio.to_thread(_know_tables, settings.database_url)
        steady = Taken()
        await _open(settings, shop, orders, steady, plan)
        full, began = Taken(), time.perf_counter()
        await _closed(settings, shop, orders, full, clients=plan.clients, until=began + plan.seconds)
        return steady, full, time.perf_counter() - began
    finally:
        await supervisor.stop()


def _know_tables(url: str | None) -> None:
    """What autovacuum does within the first minute of service: plans made for empty tables are made anew."""
    if url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("ANALYZE")


def _bodies(shop: Shop) -> Iterator[bytes]:
    for number, customer in enumerate(shop.customers):
        yield msgspec.json.encode(
            {
                "customer_id": customer,
                "lines": [{"sku": shop.sku, "qty": 2}],
                "request_key": f"bench-order-{number:06d}",
            }
        )


async def _open(settings: Settings, shop: Shop, orders: Iterator[bytes], taken: Taken, plan: Plan) -> None:
    """Arrivals at even distances, whatever the answers do."""
    idle: list[Connection] = []

    async def arrive(body: bytes) -> None:
        began = time.perf_counter()
        connection = open_still(idle) or await Connection.open(settings, shop.token, PATH)
        await _order(connection, body, taken, began)
        idle.append(connection)

    start = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, body in enumerate(itertools.islice(orders, int(plan.seconds * plan.rate))):
            await asyncio.sleep(max(0.0, start + number / plan.rate - time.perf_counter()))
            tasks.create_task(arrive(body))
    for connection in idle:
        connection.close()


async def _closed(
    settings: Settings, shop: Shop, orders: Iterator[bytes], taken: Taken, *,
    clients: int, count: int | None = None, until: float = float("inf"),
) -> None:  # fmt: skip
    async def client() -> None:
        connection = await Connection.open(settings, shop.token, PATH)
        for body in itertools.islice(orders, count):
            if time.perf_counter() >= until:
                break
            await _order(connection, body, taken, time.perf_counter())
        connection.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(client())


async def _order(connection: Connection, body: bytes, taken: Taken, began: float) -> None:
    status, answer = await connection.post(body)
    if status == httpx.codes.OK:
        taken.ms.append((time.perf_counter() - began) * 1000)
    else:
        taken.refused.append(answer[:300].decode(errors="replace"))


def _bare_sqlite(path: Path) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
        return _rate(lambda: database.execute("INSERT INTO bare (text) VALUES ('x')"))


def _bare_postgres(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, text text)")
        return _rate(lambda: database.execute("INSERT INTO bare (text) VALUES ('x')"))


def _rate(insert: object) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < _BARE_SECONDS:
        insert()  # type: ignore[operator]
        count += 1
    return count / (time.perf_counter() - began)
