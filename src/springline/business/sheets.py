"""CSV and XLSX: rows of text out of a file, in whatever encoding it was left, and files out of rows."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from springline.business.typed import seen

MOST_ROWS = 100_000
MOST_BYTES = 30 * 1024 * 1024
# An XLSX is a ZIP: a small file may unpack to gigabytes.
_MOST_UNPACKED = 400 * 1024 * 1024


class SheetError(ValueError):
    """The file cannot be read at all. `zh`, `en`: why, for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


# Files of Excel before 2007, and encrypted ones of any year, whatever they are called.
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")


def rows_of(data: bytes, name: str) -> list[list[str]]:
    """Rows without trailing blanks, the header first; empty rows are kept so that numbers of lines stay
    right.

    Raises SheetError.
    """
    if len(data) > MOST_BYTES:
        raise SheetError("文件超过 30 MB。", "The file is larger than 30 MB.")
    if data.startswith(_OLD_EXCEL):
        raise SheetError(
            "这是旧版 Excel（.xls）或带密码的文件，请另存为不带密码的 .xlsx。",
            "An old Excel file (.xls), or one with a password: save it as .xlsx without one.",
        )
    rows = []
    for row in _xlsx(data) if name.lower().endswith((".xlsx", ".xlsm")) or data[:2] == b"PK" else _csv(data):
        rows.append(row)
        if len(rows) > MOST_ROWS + 1:
            raise SheetError(
                f"超过 {MOST_ROWS} 行，请分批导入。", f"More than {MOST_ROWS} rows: split the file."
            )
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise SheetError("文件是空的。", "The file is empty.")
    return rows


def decoded(data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with one, else GB18030, which holds GBK. Raises SheetError."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetError("不是文本表格（CSV）或 XLSX 文件。", "Neither a CSV nor an XLSX file.")


def _csv(data: bytes) -> Iterator[list[str]]:
    text = decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    try:
        yield from (_clean(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SheetError("CSV 格式有误，请重新导出。", f"Broken CSV: {error}") from error


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise SheetError("文件解压后过大。", "The file unpacks to too much.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = _the_sheet(book)
        for row in sheet.iter_rows(values_only=True):
            yield _clean(row)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("XLSX 文件损坏，请重新保存。", "The XLSX file is damaged.") from error


def _the_sheet(book: Workbook) -> Any:
    """The one that has rows; of two, nobody could say which was meant. Raises SheetError."""
    filled = []
    for sheet in book.worksheets:
        # What the file claims as its size is often wrong, and then rows would be missing.
        sheet.reset_dimensions()
        cells = chain.from_iterable(sheet.iter_rows(values_only=True))
        if sheet.sheet_state == "visible" and any(map(_text, cells)):
            filled.append(sheet)
    if len(filled) > 1:
        names = "、".join(sheet.title for sheet in filled)
        raise SheetError(
            f"有 {len(filled)} 张工作表有内容：{names}。请每次只保留一张。",
            f"{len(filled)} sheets have rows: {names}. Leave one of them in the file.",
        )
    return filled[0] if filled else book.worksheets[0]


def _clean(row: Iterable[object]) -> list[str]:
    cells = [_text(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: object) -> str:
    """A number as a spreadsheet keeps it, 13800012345.0 included, becomes its digits again."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return seen(str(cell)).strip()


_FORMULA = tuple("=+-@\t\r")


def csv_of(rows: Iterable[Iterable[object]]) -> bytes:
    """UTF-8 with BOM, as spreadsheets need it for Chinese. What would be run as a formula gets a `'`."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerows(
        [f"'{c}" if isinstance(c, str) and c.startswith(_FORMULA) else c for c in r] for r in rows
    )
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(rows: Iterable[Iterable[object]], title: str) -> bytes:
    """One sheet, the first row bold and fixed. Numbers stay numbers, texts are never formulas."""
    book = Workbook(write_only=True)
    # Excel refuses these in a sheet's name, and more than 31 characters.
    sheet = book.create_sheet("".join(char for char in title if char not in "[]:*?/\\")[:31] or "1")
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, value, bold=number == 0) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: object, *, bold: bool) -> object:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "0.00"
        return cell
    if not bold and not (isinstance(value, str) and value.startswith("=")):
        return value
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = Font(bold=bold)
    return cell
