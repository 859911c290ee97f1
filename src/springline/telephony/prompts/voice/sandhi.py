"""Tone changes of Standard Mandarin: 不, 一, and two third tones in a row. Pure; words in, words out."""

from dataclasses import dataclass, replace

_DIGITS = "零一二三四五六七八九十百千万点幺"


@dataclass(frozen=True)
class Syllable:
    """One character and its pinyin with a tone number, e.g. ("水", "shui3")."""

    char: str
    pinyin: str

    @property
    def tone(self) -> str:
        return self.pinyin[-1]

    def toned(self, tone: str) -> "Syllable":
        return replace(self, pinyin=self.pinyin[:-1] + tone)


Word = list[Syllable]


def apply(words: list[Word]) -> list[Word]:
    """The words of one phrase (no punctuation inside) as they are spoken."""
    flat = [s for word in words for s in word]
    flat = [_bu_or_yi(flat, i) for i in range(len(flat))]
    spoken, at = [], 0
    for word in words:
        spoken.append(_third_tones_in(flat[at : at + len(word)]))
        at += len(word)
    return _third_tones_between(spoken)


def _bu_or_yi(flat: Word, i: int) -> Syllable:
    here = flat[i]
    if i + 1 == len(flat) or here.char not in "不一":
        return here
    before = flat[i - 1].char if i else ""
    after = flat[i + 1]
    if here.char == "不":
        return here.toned("2") if after.tone == "4" else here
    counted_off = after.char in _DIGITS[:11] or (before and before in _DIGITS + "按第")
    if counted_off:
        return here
    return here.toned("2" if after.tone == "4" else "4")


def _third_tones_in(word: Word) -> Word:
    """3-3 becomes 2-3; a run of three becomes 2-2-3, as in a word of two and one syllables."""
    return [
        s.toned("2") if s.tone == "3" and i + 1 < len(word) and word[i + 1].tone == "3" else s
        for i, s in enumerate(word)
    ]


def _third_tones_between(words: list[Word]) -> list[Word]:
    """Across a word boundary only where one side is a single syllable: such pairs are spoken as one foot."""
    result = [list(word) for word in words]
    for left, right in zip(result, result[1:], strict=False):
        one_foot = len(left) == 1 or len(right) == 1
        if one_foot and left[-1].tone == "3" and right[0].tone == "3":
            left[-1] = left[-1].toned("2")
    return result
