"""What a check-up says: a fact, and what to do about it, in Chinese and English."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """WARNING: look at it today. FAULT: something does not work, or soon will not."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is stable and names the check. `do_zh`/`do_en` say what to do; empty when all is well."""

    code: str
    level: Level
    zh: str
    en: str
    do_zh: str = ""
    do_en: str = ""


def good(code: str, zh: str, en: str) -> Finding:
    return Finding(code=code, level=Level.GOOD, zh=zh, en=en)


def warning(code: str, zh: str, en: str, do_zh: str, do_en: str) -> Finding:
    return Finding(code=code, level=Level.WARNING, zh=zh, en=en, do_zh=do_zh, do_en=do_en)


def fault(code: str, zh: str, en: str, do_zh: str, do_en: str) -> Finding:
    return Finding(code=code, level=Level.FAULT, zh=zh, en=en, do_zh=do_zh, do_en=do_en)
