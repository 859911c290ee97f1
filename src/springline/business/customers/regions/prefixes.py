"""Mobile prefix → city, from a file that the operator drops in. None is shipped: their licences are unclear.

Two formats. `phone.dat`, as several public packages spread it: four characters of version (YYMM), the offset
of the index as a little-endian int32, records "province|city|zip|area code\\0" in UTF-8, then index entries
of nine bytes, sorted: prefix of seven digits (int32), offset of the record (int32), kind of carrier (int8).
And a CSV of our own with the columns prefix, province, city, area_code, its prefixes of three to seven
digits, the longest winning, with a first line "# YYYY-MM" that dates it.
"""

import csv
import io
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_HEADER = struct.Struct("<4si")
_ENTRY = struct.Struct("<iib")
_CSV_DATE = re.compile(r"#\s*(\d{4})-(\d{2})")


class PrefixFileError(ValueError):
    """The file is in neither format; the message names what is wrong."""


@dataclass(frozen=True, slots=True)
class PrefixPlace:
    """Where a mobile number was registered; never finer than a city. `area_code` has its leading 0."""

    province: str
    city: str
    area_code: str


class PrefixTable(Protocol):
    """`dated` is "YYYY-MM", or "" when the file does not say."""

    dated: str

    def find(self, e164: str) -> PrefixPlace | None:
        """None when the number is no mainland mobile number or its prefix is not in the table."""

    def __len__(self) -> int: ...


class PhoneDat:
    def __init__(self, data: bytes) -> None:
        """Raises PrefixFileError."""
        if len(data) < _HEADER.size:
            raise PrefixFileError("phone.dat: too short")
        version, start = _HEADER.unpack_from(data)
        size = len(data) - start
        if not _HEADER.size <= start <= len(data) or size % _ENTRY.size:
            raise PrefixFileError("phone.dat: the index is not where the header says")
        self._data, self._start, self._count = data, start, size // _ENTRY.size
        digits = version.decode("ascii", "replace")
        self.dated = f"20{digits[:2]}-{digits[2:]}" if digits.isdigit() else ""
        self._check()

    def __len__(self) -> int:
        return self._count

    def find(self, e164: str) -> PrefixPlace | None:
        digits = mobile_digits(e164)
        if digits is None:
            return None
        wanted, low, high = int(digits[:7]), 0, self._count
        while low < high:
            middle = (low + high) // 2
            prefix, offset, _carrier = self._entry(middle)
            if prefix == wanted:
                return self._record(offset)
            low, high = (middle + 1, high) if prefix < wanted else (low, middle)
        return None

    def _entry(self, number: int) -> tuple[int, int, int]:
        return _ENTRY.unpack_from(self._data, self._start + number * _ENTRY.size)  # type: ignore[return-value]

    def _record(self, offset: int) -> PrefixPlace:
        end = self._data.find(b"\0", offset, self._start)
        province, city, _zip, area = self._data[offset:end].decode("utf-8").split("|")[:4]
        return PrefixPlace(province, city, _area(area))

    def _check(self) -> None:
        """Entries in order and readable records, so that a damaged file is refused when it is dropped in."""
        former = 0
        seen: set[int] = set()
        for number in range(self._count):
            prefix, offset, _carrier = self._entry(number)
            if prefix <= former or not _HEADER.size <= offset < self._start:
                raise PrefixFileError(f"phone.dat: entry {number} is damaged")
            former = prefix
            seen.add(offset)
        for offset in seen:
            try:
                self._record(offset)
            except ValueError as error:
                raise PrefixFileError(f"phone.dat: the record at {offset} is damaged") from error


class PrefixCsv:
    def __init__(self, text: str) -> None:
        """Raises PrefixFileError."""
        date = _CSV_DATE.match(text.lstrip("\ufeff"))
        self.dated = f"{date[1]}-{date[2]}" if date else ""
        lines = [line for line in text.lstrip("\ufeff").splitlines() if line and not line.startswith("#")]
        rows = csv.DictReader(io.StringIO("\n".join(lines)))
        if not {"prefix", "city", "area_code"} <= set(rows.fieldnames or ()):
            raise PrefixFileError("prefixes.csv: needs the columns prefix, province, city, area_code")
        self._places: dict[str, PrefixPlace] = {}
        for row in rows:
            prefix = (row["prefix"] or "").strip()
            if not re.fullmatch(r"1\d{2,6}", prefix):
                raise PrefixFileError(f"prefixes.csv, line {rows.line_num}: {prefix!r} is no prefix")
            self._places[prefix] = PrefixPlace(
                (row.get("province") or "").strip(),
                (row["city"] or "").strip(),
                _area(row["area_code"] or ""),
            )

    def __len__(self) -> int:
        return len(self._places)

    def find(self, e164: str) -> PrefixPlace | None:
        digits = mobile_digits(e164)
        if digits is None:
            return None
        return next((self._places[digits[:n]] for n in range(7, 2, -1) if digits[:n] in self._places), None)


class NoPrefixes:
    """No file was dropped in: every prefix is unknown."""

    dated = ""

    def find(self, e164: str) -> None:
        return None

    def __len__(self) -> int:
        return 0


def read(path: Path) -> PrefixTable:
    """By its ending: .dat or .csv. Raises PrefixFileError, OSError."""
    if path.suffix == ".csv":
        return PrefixCsv(path.read_text("utf-8-sig"))
    return PhoneDat(path.read_bytes())


def mobile_digits(e164: str) -> str | None:
    """The eleven digits of a mainland mobile number, None for anything else."""
    return e164[3:] if re.fullmatch(r"\+861[3-9]\d{9}", e164) else None


def _area(code: str) -> str:
    code = code.strip()
    return f"0{code}" if code and not code.startswith("0") else code
