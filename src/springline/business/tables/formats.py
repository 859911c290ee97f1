"""The two kinds of sheets: CSV as Chinese spreadsheets read it, and XLSX. Both read by sheets.py."""

import tablib
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from import_export.formats.base_formats import Format

from springline.business import sheets

# A preview is one transaction that is rolled back; more rows would keep other writers waiting.
MOST_IMPORTED = 5000


class _Sheet(Format):  # type: ignore[misc]
    name = extension = content_type = ""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return self.name

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return self.content_type

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def create_dataset(self, data: bytes) -> tablib.Dataset:
        """Rows without the empty ones; the content says whether it is CSV or XLSX. Raises SheetError."""
        rows = sheets.rows_of(data, "")
        header, body = rows[0], {line: row for line, row in enumerate(rows[1:], 2) if any(row)}
        if len(body) > MOST_IMPORTED:
            raise sheets.SheetError(
                f"超过 {MOST_IMPORTED} 行，请分批导入。", f"More than {MOST_IMPORTED} rows: split the file."
            )
        width = len(header)
        cells = ([_plain(cell) for cell in (row + [""] * width)[:width]] for row in body.values())
        dataset = tablib.Dataset(*cells, headers=header)
        # What people see beside a row; resources.py names bad rows by it.
        dataset.lines = list(body)
        return dataset


class Csv(_Sheet):
    name, extension, content_type = "CSV", "csv", "text/csv; charset=utf-8"

    def export_data(self, dataset: tablib.Dataset) -> bytes:
        return sheets.csv_of([dataset.headers, *dataset])


class Xlsx(_Sheet):
    name, extension = "XLSX", "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def export_data(self, dataset: tablib.Dataset) -> bytes:
        return sheets.xlsx_of([dataset.headers, *dataset], dataset.title or _("Back office"))


class AnySheet(_Sheet):
    """For imports: which kind it is, the file itself says."""

    name = "XLSX / CSV"


def said(error: sheets.SheetError) -> str:
    """Why a sheet cannot be read, in the request's language."""
    return error.en if (get_language() or "").startswith("en") else error.zh


def _plain(cell: str) -> str:
    """Without the `'` that our own CSV puts before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell
