"""Chinese text (characters and punctuation, no digits) to phonemes: words by jieba, readings by pypinyin.

Runs in the renderer's own Python, where jieba and pypinyin are; `lexicon` comes first, because place names,
the brand and words such as 重听 (zhong4 ting1 in the dictionary, chong2 ting1 here) are read wrongly.
"""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from . import pinyin, sandhi

PUNCTUATION = {"，": ",", "、": ",", "。": ".", "？": "?", "！": "!", "：": ":", "；": ";"}

Reading = Callable[[str], list[str]]
Cutter = Callable[[str], list[str]]


class Unspeakable(ValueError):
    """The text has a character that is neither Chinese nor punctuation the voice knows."""


def phonemise(text: str, lexicon: Mapping[str, str], cut: Cutter, read: Reading) -> str:
    """Phoneme symbols of `text`; words are parted by a space.

    `lexicon` maps a word to its pinyin with spaces ("lu4 an1"); `cut` splits a run of characters into words;
    `read` gives the pinyin of each character of a word. Raises Unspeakable.
    """
    out = ""
    for run in re.findall(r"[一-鿿]+|[^一-鿿]", text):
        if run in PUNCTUATION:
            out = out.rstrip() + PUNCTUATION[run] + " "
        elif re.match(r"[一-鿿]", run):
            out += " ".join(_word_sound(w) for w in sandhi.apply(words(run, lexicon, cut, read))) + " "
        elif not run.isspace():
            raise Unspeakable(f"{run!r} in {text!r}")
    return out.strip()


def words(run: str, lexicon: Mapping[str, str], cut: Cutter, read: Reading) -> list[sandhi.Word]:
    """The words of a run of characters with their dictionary tones."""
    found: list[sandhi.Word] = []
    known = sorted(lexicon, key=len, reverse=True)
    pieces = re.split("(" + "|".join(map(re.escape, known)) + ")", run) if known else [run]
    for piece in filter(None, pieces):
        for word in [piece] if piece in lexicon else cut(piece):
            sounds = lexicon[word].split() if word in lexicon else read(word)
            found.append([sandhi.Syllable(c, p) for c, p in zip(word, sounds, strict=True)])
    return found


def _word_sound(word: sandhi.Word) -> str:
    return "".join(pinyin.phonemes(s.pinyin) for s in word)


def dictionary() -> tuple[Cutter, Reading]:
    """jieba's words and pypinyin's readings. Raises ImportError outside of the renderer's Python."""
    jieba: Any = import_module("jieba")
    pypinyin: Any = import_module("pypinyin")

    jieba.setLogLevel(60)

    def read(word: str) -> list[str]:
        return list(
            pypinyin.lazy_pinyin(word, style=pypinyin.Style.TONE3, neutral_tone_with_five=True, v_to_u=True)
        )

    return (lambda run: list(jieba.cut(run, HMM=False))), read
