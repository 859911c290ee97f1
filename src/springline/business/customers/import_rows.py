"""One row of a spreadsheet → a customer to be, or what is wrong with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from springline.business.customers.errors import NUMBER_PROBLEMS
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.numbers import NoNumber, to_e164

# Column → the headers it may have, compared without blanks and stars.
HEADERS = {
    "name": ("姓名", "客户", "客户名称", "客户姓名", "名称", "name", "customer"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "phone", "mobile"),
    "phone2": ("电话2", "手机2", "备用电话", "其他电话", "第二电话", "phone2"),
    "contact": ("联系人", "contact"),
    "type": ("类型", "客户类型", "type"),
    "level": ("等级", "客户等级", "级别", "level"),
    "settlement": ("结算", "结算方式", "settlement"),
    "address": ("地址", "送水地址", "收货地址", "送货地址", "详细地址", "address"),
    "county": ("区县", "县区", "区域", "片区", "county"),
    "town": ("乡镇", "街道", "乡镇街道", "town"),
    "building": ("楼栋", "门牌", "楼栋门牌", "building"),
    "floor": ("楼层", "层", "floor"),
    "lift": ("电梯", "有无电梯", "lift", "elevator"),
    "notes": ("送货备注", "配送备注", "notes"),
    "invoice_title": ("发票抬头", "抬头", "invoicetitle"),
    "tax_no": ("税号", "纳税人识别号", "taxno"),
    "remark": ("备注", "remark"),
}
REQUIRED = ("phone",)
_CHOICES = {
    "type": {
        "": "person", "个人": "person", "家庭": "person", "企业": "enterprise", "公司": "enterprise",
        "单位": "enterprise", "学校": "school", "机关": "office", "政府": "office",
        "person": "person", "enterprise": "enterprise", "school": "school", "office": "office",
    },
    "level": {
        "": "normal", "普通": "normal", "银牌": "silver", "金牌": "gold",
        "normal": "normal", "silver": "silver", "gold": "gold",
    },
    "settlement": {
        "": "cash", "现结": "cash", "现金": "cash", "月结": "monthly", "预付": "prepaid",
        "cash": "cash", "monthly": "monthly", "prepaid": "prepaid",
    },
    "lift": {
        "": "unknown", "有": "yes", "是": "yes", "无": "no", "没有": "no", "否": "no", "不详": "unknown",
        "yes": "yes", "no": "no", "unknown": "unknown",
    },
}  # fmt: skip
_FLOOR = re.compile(r"(-?\d{1,3})\s*(?:层|楼|f)?", re.IGNORECASE)
_MANY_NUMBERS = re.compile(r"[、;；/|\n]+|(?<=\d)[,，](?=\s*[+\d])")
_LENGTHS = {
    **{
        name: Customer._meta.get_field(name).max_length
        for name in ("name", "invoice_title", "tax_no", "remark")
    },
    **{name: CustomerAddress._meta.get_field(name).max_length for name in ("building", "notes")},
    "address": CustomerAddress._meta.get_field("text").max_length,
    "contact": 40,
}


Wrong = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """`line`: as the spreadsheet counts, the header being 1. `column`: its header there."""

    line: int
    column: str
    value: str
    zh: str
    en: str


@dataclass(slots=True)
class Row:
    """`values` by our columns; choices are already codes, `numbers` are E.164."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    floor: int | None = None
    county: str = ""
    town: str = ""


def mapped(header: list[str]) -> dict[str, int]:
    """Our columns → their places in the file; a doubled header counts where it comes first."""
    names = {_bare(text): at for at, text in reversed(list(enumerate(header)))}
    return {
        column: next(names[_bare(alias)] for alias in aliases if _bare(alias) in names)
        for column, aliases in HEADERS.items()
        if any(_bare(alias) in names for alias in aliases)
    }


def read_row(
    line: int, cells: list[str], columns: dict[str, int], area_code: str
) -> tuple[Row, list[Problem]]:
    row, problems = Row(line), []

    def wrong(column: str, zh: str, en: str) -> None:
        problems.append(Problem(line, column, values.get(column, "")[:60], zh, en))

    values = {column: cells[at] if at < len(cells) else "" for column, at in columns.items()}
    for column, text in values.items():
        longest = _LENGTHS.get(column)
        if longest and len(text) > longest:
            wrong(column, f"超过 {longest} 个字。", f"Longer than {longest} characters.")
    for column, choices in _CHOICES.items():
        text = values.get(column, "").strip().lower()
        if text not in choices:
            wrong(
                column,
                f"只能是：{'、'.join(k for k in choices if k and not k.isascii())}。",
                "Unknown value.",
            )
        values[column] = choices.get(text, choices[""])
    row.floor = _floor(values.get("floor", ""), wrong)
    row.numbers = _numbers(values, area_code, wrong)
    row.values = values
    return row, problems


def _floor(text: str, wrong: Wrong) -> int | None:
    if not text:
        return None
    match = _FLOOR.fullmatch(text.strip())
    if match is None or not -5 <= int(match[1]) <= 200:
        wrong("floor", "楼层应为数字。", "The floor must be a number.")
        return None
    return int(match[1])


def _numbers(values: dict[str, str], area_code: str, wrong: Wrong) -> list[str]:
    found: list[str] = []
    for column in ("phone", "phone2"):
        for text in _MANY_NUMBERS.split(values.get(column, "")) if values.get(column) else [""]:
            if not text.strip() and (column != "phone" or found):
                continue
            try:
                number = to_e164(text, area_code)
            except NoNumber as error:
                wrong(column, *NUMBER_PROBLEMS[error.code])
            else:
                if number not in found:
                    found.append(number)
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊_（(].*$|[\s*＊_]", "", text).lower() if text else ""
