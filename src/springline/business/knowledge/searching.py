"""Which articles fit some words, the best first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`uses`: how often it helped lately."""

    id: int
    title: str
    tags: str
    initials: str
    text: str
    uses: int


def ranked(entries: Sequence[Entry], query: str) -> list[int]:
    """Ids of those in which every word stands: in the title before tags before the text; of equals, the
    one that helped most. Without words: all, the most helpful first.
    """
    words = query.lower().split()
    scored = [(min((_score(entry, word) for word in words), default=1), entry) for entry in entries]
    fitting = [(score, entry) for score, entry in scored if score]
    fitting.sort(key=lambda found: (-found[0], -found[1].uses))
    return [entry.id for _score, entry in fitting]


def _score(entry: Entry, word: str) -> int:
    if word in entry.title.lower():
        return 4
    if word in entry.tags.lower():
        return 3
    if word.isascii() and word.isalnum() and word in entry.initials:
        return 2
    return 1 if word in entry.text.lower() else 0
