"""Import of customers from CSV or XLSX: look first, then all rows or none."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from springline.business import sheets
from springline.business.accounts.services import audit
from springline.business.customers import places
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.import_rows import HEADERS, REQUIRED, Problem, Row, mapped, read_row
from springline.business.customers.import_writing import Batch
from springline.business.customers.models import CustomerPhone, ImportRun
from springline.business.customers.owned_by_nobody import everybodys_numbers
from springline.business.customers.regions import Locator
from springline.business.customers.services.shared import Actor, who

_ASKED_AT_ONCE = 900  # SQLite takes about a thousand parameters in one query
_SHOWN = 20
_TITLE_ROWS = 5
_REFUSED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """`columns`: ours → the file's header. `ignored`: headers that mean nothing to us. `good`: rows without a
    problem. `unlocated`: addresses whose county the text does not tell. `digest` names this very file.
    """

    digest: str
    columns: dict[str, str]
    ignored: tuple[str, ...]
    total: int
    good: int
    problems: tuple[Problem, ...]
    unlocated: int
    sample: tuple[Row, ...]


@dataclass(slots=True)
class _Plan:
    preview: Preview
    rows: list[Row]


def preview(data: bytes, name: str) -> Preview:
    """What would be taken in, and every bad row; nothing is written. Raises SheetError."""
    return _plan(data, name).preview


def take_in(data: bytes, name: str, by: Actor = None, digest: str | None = None) -> ImportRun:
    """All rows in one transaction. Raises SheetError, CustomerRefusal.

    `digest`: of the preview that somebody agreed to; another file is refused (`other_file`), so is one with a
    bad row (`bad_rows`, detail: the problems) and one that was taken in before (`taken_in`).
    """
    plan = _plan(data, name)
    if digest is not None and digest != plan.preview.digest:
        raise CustomerRefusal(
            "other_file", "这不是预览过的文件。", "This is not the file that was previewed."
        )
    if plan.preview.problems:
        raise CustomerRefusal(
            "bad_rows",
            "有错误行，未导入任何数据。",
            "Some rows are bad: nothing was taken in.",
            [asdict(p) for p in plan.preview.problems[:_REFUSED_SHOWN]],
        )
    batch = Batch(plan.rows, plan.preview.digest, who(by), timezone.now())
    with transaction.atomic():
        if ImportRun.objects.filter(digest=plan.preview.digest).exists():
            raise CustomerRefusal("taken_in", "该文件已导入过。", "This file was taken in before.")
        if taken := _bound_now([number for row in plan.rows for number in row.numbers]):
            raise CustomerRefusal(
                "phone_taken",
                "导入期间有号码被绑定，请重新预览。",
                "A number was bound meanwhile.",
                len(taken),
            )
        batch.write()
        run = ImportRun.objects.create(
            who=who(by),
            file=name[-120:],
            digest=plan.preview.digest,
            rows=len(plan.rows),
            customers=len(plan.rows),
        )
        audit(by, "customers.imported", run, rows=len(plan.rows))
    return run


def report(problems: Sequence[Problem]) -> bytes:
    """The bad rows as a CSV that spreadsheets open in Chinese (UTF-8 with BOM)."""
    header = ["行 line", "列 column", "内容 value", "问题", "problem"]
    return sheets.csv_of([header, *([p.line, p.column, p.value, p.zh, p.en] for p in problems)])


def _plan(data: bytes, name: str) -> _Plan:
    rows = sheets.rows_of(data, name)
    at = _head(rows)
    header, body = rows[at], rows[at + 1 :]
    columns = mapped(header)
    if missing := [HEADERS[column][0] for column in REQUIRED if column not in columns]:
        known = "、".join(aliases[0] for aliases in HEADERS.values())
        raise sheets.SheetError(
            f"缺少列：{'、'.join(missing)}。可用的列：{known}。", f"Missing columns: {', '.join(missing)}."
        )
    area_code = places.pack().city.area_code
    good: list[Row] = []
    problems: list[Problem] = []
    for line, cells in enumerate(body, at + 2):
        if any(cells):
            row, wrong = read_row(line, cells, columns, area_code)
            problems += wrong
            good.append(row)
    problems += _doubles(good) + _taken(good)
    titles = {column: header[at] for column, at in columns.items()}
    shown = [_titled(p, titles) for p in sorted(problems, key=lambda p: p.line)]
    bad = {p.line for p in problems}
    locator = places.locator()
    for row in good:
        row.county, row.town = _place(row, locator)
    unlocated = sum(1 for row in good if row.values.get("address") and not row.county)
    used = set(columns.values())
    return _Plan(
        Preview(
            digest=hashlib.sha256(data).hexdigest(),
            columns=titles,
            ignored=tuple(text for at, text in enumerate(header) if at not in used and text),
            total=len(good),
            good=len(good) - len(bad),
            problems=tuple(shown),
            unlocated=unlocated,
            sample=tuple(row for row in good if row.line not in bad)[:_SHOWN],
        ),
        good,
    )


def _head(rows: list[list[str]]) -> int:
    """Where the names of the columns are: often a title in merged cells stands above them."""
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        if all(column in mapped(row) for column in REQUIRED):
            return at
    return 0


def _titled(p: Problem, titles: dict[str, str]) -> Problem:
    return Problem(p.line, titles.get(p.column, p.column), p.value, p.zh, p.en)


def _doubles(rows: list[Row]) -> list[Problem]:
    first: dict[str, int] = {}
    found = []
    for row in rows:
        for number in row.numbers:
            if first.setdefault(number, row.line) != row.line:
                line = first[number]
                found.append(
                    Problem(
                        row.line, "phone", row.values.get("phone", "")[:60], f"与第 {line} 行号码重复。",
                        f"The same number as in line {line}.",
                    )
                )  # fmt: skip
    return found


def _taken(rows: list[Row]) -> list[Problem]:
    taken = _bound_now([number for row in rows for number in row.numbers])
    everybodys = everybodys_numbers()
    found = []
    for row in rows:
        value = row.values.get("phone", "")[:60]
        if any(number in taken for number in row.numbers):
            found.append(
                Problem(
                    row.line,
                    "phone",
                    value,
                    "号码已绑定其他客户。",
                    "The number belongs to a customer already.",
                )
            )
        if any(number in everybodys for number in row.numbers):
            found.append(
                Problem(
                    row.line, "phone", value, "这是热线或线路号码。", "A number of the hotline or its lines."
                )
            )
    return found


def _bound_now(numbers: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(numbers), _ASKED_AT_ONCE):
        rows = CustomerPhone.objects.filter(e164__in=numbers[at : at + _ASKED_AT_ONCE], unbound_at=None)
        found.update(rows.values_list("e164", flat=True))
    return found


def _place(row: Row, locator: Locator) -> tuple[str, str]:
    """(county, town) of a row: its columns 区县 and 乡镇 help the text."""
    parts = (row.values.get("county", ""), row.values.get("town", ""), row.values.get("address", ""))
    found = locator.locate("".join(parts))
    return found.county or "", found.town or ""
