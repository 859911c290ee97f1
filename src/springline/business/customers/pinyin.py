"""Initials of Chinese names: 张三 → zs. Surnames with a reading of their own are known."""

from functools import lru_cache
from itertools import product

# Characters that as a surname are read otherwise than pypinyin's default.
_SURNAMES = {
    "曾": "z", "单": "s", "查": "z", "仇": "q", "解": "x", "盖": "g", "朴": "p", "区": "o", "翟": "z",
    "乐": "y", "尉": "w", "员": "y", "覃": "q", "缪": "m", "召": "s", "秘": "b", "种": "c", "重": "c",
    "折": "s", "黑": "h",
}  # fmt: skip
# Ways to write a character that pypinyin has no reading for, and the usual one: 𠮷野 is read as 吉野.
_SAME = str.maketrans("𠮷㐂﨑㕔𡈽", "吉喜崎厅土")
_VARIANTS = 4


def initials(name: str, *, person: bool = True) -> str:
    """Small letters and digits; other characters are left out. At most 40."""
    return spellings(name, person=person)[0]


@lru_cache(maxsize=20_000)
def spellings(name: str, *, person: bool = True) -> list[str]:
    """The likely initials first, then up to three that other readings of its characters give."""
    # Imported late: its dictionaries take a second and tens of megabytes, which most processes never need.
    from pypinyin import Style, lazy_pinyin

    text = name.strip().lower()[:40].translate(_SAME)
    letters = [_letter(part) for part in lazy_pinyin(text, style=Style.FIRST_LETTER, errors=list)]
    choices = [
        [letter, *(other for other in _readings(char) if other != letter)]
        for letter, char in zip(letters, text, strict=False)
    ]
    if person and text[:1] in _SURNAMES and choices:
        letter = _SURNAMES[text[0]]
        choices[0] = [letter, *(other for other in choices[0] if other != letter)]
    found: list[str] = []
    for combination in product(*choices[:6]):
        spelled = "".join(combination) + "".join(choice[0] for choice in choices[6:])
        if spelled not in found:
            found.append(spelled)
        if len(found) == _VARIANTS:
            break
    return found or [""]


@lru_cache(maxsize=20_000)
def _readings(char: str) -> list[str]:
    from pypinyin import Style, pinyin

    return sorted(
        {_letter(part) for part in pinyin(char, style=Style.FIRST_LETTER, heteronym=True, errors=list)[0]}
    )


def _letter(part: str) -> str:
    return part[:1] if part[:1].isascii() and part[:1].isalnum() else ""
