"""What every bench shares: figures with their targets, sides beside one another, one page for all of them."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one side. `most`, `least`: the target, if there is one."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """None without a target."""
        if self.most is None and self.least is None:
            return None
        low = self.least is None or self.value >= self.least
        return low and (self.most is None or self.value <= self.most)


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """`sides`: what was compared in this run → its figures, in the same order."""

    name: str
    title: str
    method: str
    began: datetime
    seconds: float
    machine: str
    load: float
    sides: dict[str, list[Figure]]

    @property
    def missed(self) -> list[str]:
        return [f"{side}: {f.name}" for side, found in self.sides.items() for f in found if f.met is False]


def machine_name() -> str:
    """Processor model, number of processors, memory, kernel."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown"
    )
    memory = Path("/proc/meminfo").read_text(encoding="ascii").split()[1]
    return f"{os.cpu_count()} × {model}, {int(memory) / 2**20:.0f} GiB, Linux {os.uname().release}"


def load_before() -> float:
    """What else the machine does: the load of the last minute. Figures of a busy machine say little."""
    return os.getloadavg()[0]


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: a value that occurred; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def markdown(bench: Bench) -> str:
    """A section: the method, where and when, a table with a column for each side."""
    names = list(dict.fromkeys(figure.name for found in bench.sides.values() for figure in found))
    rows = [
        f"# {bench.title}",
        "",
        bench.method.strip(),
        "",
        f"{bench.began:%Y-%m-%d}, {bench.machine}; load before {bench.load:.1f}; {bench.seconds:.0f} s.",
        "",
        f"| measure | target | {' | '.join(bench.sides)} |",
        "|---|---|" + "---|" * len(bench.sides),
    ]
    for name in names:
        found = [next((f for f in side if f.name == name), None) for side in bench.sides.values()]
        targets = "; ".join(
            dict.fromkeys(target for figure in found if figure is not None and (target := _target(figure)))
        )
        rows.append(f"| {name} | {targets} | {' | '.join(_cell(figure) for figure in found)} |")
    return "\n".join(rows) + "\n"


def write(name: str, text: str, report: Path) -> None:
    """Put the section of bench `name` into the page, in place of its former one; the others stay."""
    mark = f"<!-- bench: {name} -->"
    page = report.read_text(encoding="utf-8") if report.exists() else ""
    parts = re.split(r"(?=<!-- bench: [\w-]+ -->\n)", page)
    kept = [part.strip() for part in parts if part.strip() and not part.startswith(mark)]
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n\n".join([*kept, f"{mark}\n{text.strip()}"]) + "\n", encoding="utf-8")


def _target(figure: Figure) -> str:
    if figure.most is not None and figure.most == figure.least:
        return f"{figure.most:g} {figure.unit}".rstrip()
    if figure.most is not None:
        return f"≤ {figure.most:g} {figure.unit}".rstrip()
    return "" if figure.least is None else f"≥ {figure.least:g} {figure.unit}".rstrip()


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{_digits(figure.value)} {figure.unit}".rstrip() + (" ✗" if figure.met is False else "")


def _digits(value: float) -> str:
    """Three digits that count, and no power of ten where the figure is a number of things."""
    return f"{value:.0f}" if 1000 <= value < 1_000_000 else f"{value:.3g}"
