"""How fast customers are found, in a throw-away database (`python -m springline.business.customers.bench`).

Takes in invented customers through the importer, then measures the one box, the screen pop and addresses.
PostgreSQL instead of SQLite by SPRINGLINE_TEST_DATABASE_URL, which must name an empty database.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import typer

from springline.platform.benchmarks import Figure

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉国建志文斌"
_STREETS = (
    "解放路",
    "人民路",
    "皋城路",
    "迎宾大道",
    "梅山路",
    "光明路",
    "胜利街",
    "文化巷",
    "建设路",
    "和平路",
)
_FILE_ROWS = 100_000
_ROUNDS = 30
SEARCH_MS = 100


def main(customers: int = 200_000, seed: int = 7, json: Path | None = None) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings_test")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    _fill(customers, random.Random(seed))  # noqa: S311
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    typer.echo(f"\n{connection.vendor}, {customers} customers; milliseconds, median / worst of {_ROUNDS}")
    figures = []
    for name, work in _works():
        median, worst = _timed(work)
        typer.echo(f"{name:<44} {median:8.2f} {worst:8.2f}")
        most = SEARCH_MS if name.startswith("search") else None
        figures.append(Figure(name=f"{name}: worst", value=worst, unit="ms", most=most))
    if json is not None:
        json.write_bytes(msgspec.json.encode(figures))


def _fill(count: int, dice: random.Random) -> None:
    from springline.business.customers import importing

    written: list[float] = []
    write = importing.Batch.write

    def watched(batch: importing.Batch) -> None:
        started = time.perf_counter()
        write(batch)
        written.append(time.perf_counter() - started)

    importing.Batch.write = watched  # type: ignore[method-assign]
    for first in range(0, count, _FILE_ROWS):
        rows = min(_FILE_ROWS, count - first)
        data = "\n".join(["姓名,电话,地址,楼层", *_rows(first, rows, dice)]).encode()
        started = time.perf_counter()
        look = importing.preview(data, "bench.csv")
        looked = time.perf_counter()
        importing.take_in(data, "bench.csv", digest=look.digest)
        done = time.perf_counter()
        typer.echo(
            f"import of {look.good} rows: preview {looked - started:.1f} s, all {done - looked:.1f} s, "
            f"in the transaction {written[-1]:.1f} s"
        )


def _rows(first: int, count: int, dice: random.Random) -> Iterator[str]:
    from springline.business.customers import places

    towns = [f"{county.name}{town.name}" for county in places.pack().counties for town in county.towns]
    for number in range(first, first + count):
        name = dice.choice(_SURNAMES) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2))))
        street = f"{dice.choice(towns)}{dice.choice(_STREETS)}{dice.randint(1, 300)}号{dice.randint(1, 40)}栋"
        yield f"{name},139{number:08d},{street},{dice.randint(1, 12)}"


def _works() -> list[tuple[str, Callable[[], object]]]:
    from springline.business.customers import pops
    from springline.business.customers.places import locate
    from springline.business.customers.searching import search

    texts = [
        ("whole number", "13900123456"), ("tail of four", "3456"), ("tail of eight", "00123456"),
        ("name", "王伟"), ("beginning of a name", "欧阳"), ("initials", "zgq"), ("middle of a name", "国强"),
        ("address that many have", "皋城路"), ("address that one has", "解放路299号39栋"),
        ("nobody's text", "没有这样的人"),
        ("nobody's letters", "xqzkw"), ("nobody's digits", "999999999"), ("two words", "王 皋城路299号"),
        ("two words, nobody's", "王 没有这样"), ("name and tail", "王 3456"),
    ]  # fmt: skip
    works: list[tuple[str, Callable[[], object]]] = [
        (f"search: {name}", lambda text=text: search(text))  # type: ignore[misc]
        for name, text in texts
    ]
    works.append(("screen pop, read", lambda: pops.read("+8613900123456")))
    works.append(("screen pop, new number", lambda: pops.read("+8613700000000")))
    works.append(("address → county", lambda: locate("安徽省六安市霍山县衡山镇迎驾大道12号")))
    return works


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    taken = []
    for _round in range(_ROUNDS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), max(taken)


if __name__ == "__main__":
    typer.run(main)
