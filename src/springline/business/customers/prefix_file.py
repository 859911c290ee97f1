"""The file of mobile prefixes that the operator dropped in: which it is, how old, whether it is of use."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from springline.business.customers import places

OLD_MONTHS = 24
"""Carriers are given new prefixes every year; what an older file does not know is an unknown home."""


@dataclass(frozen=True)
class PrefixFile:
    """`name`: None without a file. `dated`: YYYY-MM, "" when the file does not say."""

    name: str | None
    dated: str
    count: int

    @property
    def unusable(self) -> bool:
        return self.name is not None and self.count == 0

    def old(self, today: date) -> bool:
        if not self.dated:
            return False
        year, month = (int(part) for part in self.dated.split("-"))
        return (today.year - year) * 12 + today.month - month > OLD_MONTHS

    def words(self) -> tuple[str, str]:
        """In Chinese and English."""
        if self.name is None:
            return (
                "没有手机号段文件：手机号归属一律未知，没有人会听到“目前仅支持六安区域送水”。",
                "No file of mobile prefixes: every number's home is unknown, and nobody is out of area.",
            )
        if self.unusable:
            return (
                f"手机号段文件 {self.name} 无法读取，归属一律未知。",
                f"The file of mobile prefixes, {self.name}, cannot be read: every home is unknown.",
            )
        return (
            f"手机号段文件：{self.name}，数据日期 {self.dated or '未注明'}，{self.count:,} 个号段。",
            f"Mobile prefixes: {self.name}, of {self.dated or 'unknown date'}, {self.count:,} prefixes.",
        )


def present() -> PrefixFile:
    table = places.prefixes()
    return PrefixFile(places.prefix_file_name(), table.dated, len(table))


def is_old(found: PrefixFile) -> bool:
    return found.old(timezone.localdate())
