"""Cuts a spoken text where a caller needs time: after each key that is offered, and between sentences."""

import re
from dataclasses import dataclass

AFTER_KEY_MS = 300
AFTER_SENTENCE_MS = 350

_KEY = r"按(?:[零一二三四五六七八九]|星号键|井号键)[，。；！？]"
_SENTENCE = r"[。！？]"


@dataclass(frozen=True)
class Clause:
    """A piece spoken in one breath, and the silence after it in milliseconds (0 after the last)."""

    text: str
    pause_ms: int


def clauses(spoken: str) -> list[Clause]:
    """The pieces of `spoken` with the pauses between them. Each piece ends in a full stop or a question mark,

    because the voice draws a comma out into a pause of its own.
    """
    found, rest = [], spoken.strip()
    while rest:
        cut = re.search(f"{_KEY}|{_SENTENCE}", rest)
        end = cut.end() if cut else len(rest)
        piece, rest = rest[:end], rest[end:].strip()
        pause = 0 if not rest else AFTER_KEY_MS if re.search(_KEY + "$", piece) else AFTER_SENTENCE_MS
        found.append(Clause(_closed(piece), pause))
    return found


def _closed(piece: str) -> str:
    return piece if piece[-1] in "？！" else piece.rstrip("，。；、：") + "。"
