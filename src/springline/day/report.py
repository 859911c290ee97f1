"""The closing report of a day, for people and for programs."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from springline.day.sheet import Difference, Line, Note


class DayReport(msgspec.Struct, kw_only=True):
    """`seconds`: real, from the first call to the last row. `latest`: by how many real seconds the caller who
    was most behind the schedule called too late. `refused`: what the API said no to, in its own words."""

    ok: bool = False
    calls: int
    seed: int
    speed: float
    agents: int
    seconds: float = 0.0
    latest: float = 0.0
    lines: list[Line] = []
    differences: list[Difference] = []
    books: Mapping[str, int] = {}
    did: Mapping[str, int] = {}
    orders: Mapping[str, int] = {}
    refused: list[str] = []
    notes: list[Note] = []
    home: str = ""

    @property
    def verdict(self) -> bool:
        return not self.differences and all(line.same for line in self.lines)


_ZH = {
    "offered": "来电",
    "handled": "已接听",
    "abandoned_menu": "菜单中挂断",
    "abandoned_queue": "排队中挂断",
    "message": "留言",
    "out_of_area": "区域外",
    "rejected": "拒绝",
    "sum of these": "以上合计",
    "measures: calls": "统计：来电",
    "measures: connected": "统计：接通",
    "measures: abandoned": "统计：排队放弃",
    "measures: messages": "统计：留言",
    "measures: out of area": "统计：区域外",
    "measures: left in the menu": "统计：菜单中离开",
    "measures: still open": "统计：未结束",
    "answered by agents' phones": "坐席话机接听",
    "heard their agent": "听到坐席声音",
    "work: orders": "下单",
    "work: deliveries": "送达",
    "work: wrap_ups": "话后小结",
    "work: complaints": "投诉",
}


def write(report: DayReport, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def show(report: DayReport, console: Console) -> None:
    table = Table(title="一天的账 the day, balanced", title_justify="left")
    for heading in ("", "主叫 callers", "数据库 database", ""):
        table.add_column(heading)
    for line in report.lines:
        mark = "[green]=[/]" if line.same else "[red]≠[/]"
        words = f"{_ZH.get(line.what, '')} {line.what}"
        table.add_row(words, str(line.callers), str(line.database), mark)
    console.print(table)
    _counts(console, "做了 done", report.did)
    _counts(console, "订单 orders", report.orders)
    _counts(console, "重算的行 rows reckoned again", report.books)
    tempers = Counter(f"{note.temper}→{note.ending}" for note in report.notes)
    _counts(console, "主叫 callers", dict(tempers.most_common()))
    for refusal in report.refused:
        console.print(f"  [yellow]{refusal}[/]", highlight=False)
    for found in report.differences:
        console.print(
            f"  [red]{found.where}: {found.what}: 系统 stated {found.stated}, 重算 found {found.found}[/]",
            highlight=False,
        )
    verdict = "[green]逐笔相符 everything adds up[/]" if report.ok else "[red]有出入 differences[/]"
    console.print(
        f"{verdict}  {report.calls} 通 calls, {report.seconds:.0f} s, 最晚 latest {report.latest:.1f} s"
    )


def _counts(console: Console, title: str, counts: Mapping[str, int]) -> None:
    words = ", ".join(f"{name} {count}" for name, count in counts.items())
    console.print(f"{title}: {words or '—'}", highlight=False)
