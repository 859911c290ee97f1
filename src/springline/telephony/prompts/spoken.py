"""Written prompt text to what a person would say: no digit and no Latin letter is left.

Rules from requirements §6.1: a telephone number digit by digit with 1 as 幺, "18.9L" as 十八点九升, "400" as
四零零, keys as plain numbers. Pure.
"""

import re
from collections.abc import Callable

PLAIN = "零一二三四五六七八九"
ON_THE_PHONE = "零幺二三四五六七八九"

_MEASURES = "位|个|桶|瓶|件|次|张|元|块|天|年|月|日|号|分钟|小时|分|秒|楼|单元|户|升|毫升|公斤|倍"
_PAIRED = "位|个|桶|瓶|件|次|张|元|块|天|年|分钟|小时|单元|户|升|倍"


class NotSpeakable(ValueError):
    """The text has digits, letters or signs that no rule says how to read; the message names them."""


def spoken(text: str) -> str:
    """`"请按 1"` to `"请按一"`. Only Chinese characters and punctuation remain, or NotSpeakable is raised."""
    for pattern, say in _RULES:
        text = re.sub(pattern, say, text)
    text = re.sub(r"(?<=[^\s])\s+(?=[^\s])", "", text).strip()
    left = re.findall(r"[^一-鿿，。？！：；、（）]+", text)
    if left:
        raise NotSpeakable(f"{left} in {text!r}")
    return text


def digits(number: str, names: str = ON_THE_PHONE) -> str:
    """`"0564"` to `"零五六四"`, one character per digit; anything else in `number` is dropped."""
    return "".join(names[int(d)] for d in number if d.isdigit())


def quantity(number: str) -> str:
    """`"105"` to `"一百零五"`, `"18.9"` to `"十八点九"`; whole part below 100 million."""
    whole, _, part = number.partition(".")
    said = _whole(int(whole))
    return said + ("点" + digits(part, PLAIN) if part else "")


def _whole(n: int) -> str:
    if n >= 10_000:
        rest = n % 10_000
        return (
            _whole(n // 10_000) + "万" + (("零" if rest < 1000 else "") + _below_10000(rest) if rest else "")
        )
    said = _below_10000(n)
    return said.removeprefix("一") if 10 <= n < 20 else said


def _below_10000(n: int) -> str:
    if n == 0:
        return "零"
    said, gap = "", False
    for weight, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // weight % 10
        if digit:
            said += ("零" if gap and said else "") + PLAIN[digit] + unit
            gap = False
        else:
            gap = True
    return said


def _counted(number: str, measure: str) -> str:
    said = "两" if number == "2" and re.fullmatch(_PAIRED, measure) else quantity(number)
    return said + measure


def _clock(hour: str, minute: str) -> str:
    past = {"00": "", "30": "半"}.get(minute) if minute in ("00", "30") else None
    if past is None:
        past = ("零" if minute[0] == "0" else "") + quantity(str(int(minute))) + "分"
    return ("两" if int(hour) == 2 else quantity(str(int(hour)))) + "点" + past


def _groups(number: str, *lengths: int) -> str:
    parts, at = [], 0
    for length in lengths:
        parts.append(digits(number[at : at + length]))
        at += length
    return "，".join(parts)


_RULES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)", lambda m: _groups("".join(m.groups()), 3, 4, 4)),
    (r"(?<!\d)(400)-?(\d{3,4})-?(\d{3,4})(?!\d)", lambda m: "，".join(digits(g) for g in m.groups())),
    (r"(?<!\d)(0\d{2,3})-?(\d{3,4})(\d{4})(?!\d)", lambda m: "，".join(digits(g) for g in m.groups())),
    (r"(?<!\d)400(?!\d|\.)(?=\s*(?:电话|热线|号码|客服))", lambda _: "四零零"),
    (r"(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)", lambda m: _clock(m[1], m[2])),
    (r"(?<=[点半分])\s*[-–~至]\s*(?=[零一二三四五六七八九十两早上下午晚])", lambda _: "到"),
    (r"按\s*(\d)(?!\d)", lambda m: "按" + PLAIN[int(m[1])]),
    (r"[¥￥]\s*(\d+(?:\.\d+)?)", lambda m: _counted(m[1], "元")),
    (r"(\d+(?:\.\d+)?)\s*(?:L|l|升)(?![A-Za-z])", lambda m: _counted(m[1], "升")),
    (r"(\d{3,4})\s*室", lambda m: digits(m[1]) + "室"),
    (r"(\d{4})\s*年", lambda m: digits(m[1], PLAIN) + "年"),
    (rf"(\d+(?:\.\d+)?)\s*({_MEASURES})", lambda m: _counted(m[1], m[2])),
    (r"(?<!\d)(\d{5,})(?!\d)", lambda m: digits(m[1])),
    (r"(\d+(?:\.\d+)?)", lambda m: quantity(m[1])),
]  # fmt: skip
