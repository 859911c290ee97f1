"""The page of all benches: targets, sides beside one another, sections that replace themselves alone."""

from datetime import UTC, datetime
from pathlib import Path

from springline.bench.orders import Plan
from springline.platform.benchmarks import Bench, Figure, markdown, write


def bench(**sides: list[Figure]) -> Bench:
    return Bench(
        name="x", title="X", method="How.", began=datetime(2026, 11, 26, tzinfo=UTC), seconds=1,
        machine="2 × CPU", load=0.5, sides=sides,
    )  # fmt: skip


def test_a_missed_target_is_marked_and_listed() -> None:
    found = bench(
        SQLite=[
            Figure(name="p99", value=81, unit="ms", most=80),
            Figure(name="orders", value=50, unit="/s", least=50),
        ],
        PostgreSQL=[
            Figure(name="p99", value=80, unit="ms", most=80),
            Figure(name="orders", value=9, unit="/s", least=200),
        ],
    )
    assert found.missed == ["SQLite: p99", "PostgreSQL: orders"]
    text = markdown(found)
    assert "| p99 | ≤ 80 ms | 81 ms ✗ | 80 ms |" in text
    assert "| orders | ≥ 50 /s; ≥ 200 /s | 50 /s | 9 /s ✗ |" in text


def test_exactly_one_is_neither_none_nor_two() -> None:
    found = [Figure(name="redeemed", value=value, unit="times", most=1, least=1).met for value in (0, 1, 2)]
    assert found == [False, True, False]


def test_a_figure_that_only_one_side_has() -> None:
    text = markdown(bench(A=[Figure(name="n", value=1, unit="")], B=[]))
    assert "| n |  | 1 | – |" in text
    assert Figure(name="n", value=1, unit="").met is None


def test_a_section_replaces_its_former_one_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "docs/benchmarks.md"
    write("call-path", "# A\nfirst", page)
    write("orders", "# B", page)
    write("call-path", "# A\nsecond", page)
    text = page.read_text()
    assert "first" not in text
    assert text.count("<!-- bench:") == 2
    assert "# A\nsecond" in text
    assert "# B" in text


def test_there_are_customers_enough() -> None:
    plan = Plan(seconds=20, rate=50, clients=8)
    assert plan.customers > 20 * 50 + 20 * 200


def test_the_target_of_one_side_stands_alone() -> None:
    ours = [Figure(name="failed", value=2, unit="", most=0), Figure(name="calls", value=6000, unit="")]
    text = markdown(bench(A=ours, B=[Figure(name="failed", value=3, unit="")]))
    assert "| failed | ≤ 0 | 2 ✗ | 3 |" in text
    assert "| calls |  | 6000 | – |" in text
