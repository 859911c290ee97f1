"""Towns in other characters of the same sound, as pinyin keyboards offer them: 诸佛安镇 for 诸佛庵镇."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import product

from springline.business.customers.regions.pack import Pack
from springline.business.customers.regions.tokens import ROAD

_SUFFIX = re.compile(r"镇|乡|街道")
# Two syllables are too little to know a town by, unless 镇 or 乡 follows.
_LEAST_ALONE = 3


class Sounds:
    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def towns(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What was written, and the codes of the towns that sound so, the first in the text first."""
        for at in range(len(text)):
            for length in self._lengths:
                after = at + length
                suffix = _SUFFIX.match(text, after)
                alone = length >= _LEAST_ALONE and not ROAD.match(text, after)
                if after > len(text) or not (suffix or alone):
                    continue
                spoken = _spoken(text[at:after])
                if codes := tuple(dict.fromkeys(code for one in spoken for code in self._towns.get(one, ()))):
                    yield text[at : suffix.end() if suffix else after], codes

    @cached_property
    def _towns(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for county in self._pack.counties:
            for town in county.towns:
                for one in _spoken(town.stem) if town.bare else ():
                    found[one].append(town.code)
        return dict(found)

    @cached_property
    def _lengths(self) -> list[int]:
        stems = {len(town.stem) for county in self._pack.counties for town in county.towns if town.bare}
        return sorted(stems - {0, 1}, reverse=True)


def _spoken(word: str) -> list[str]:
    """Every way to read it aloud, without tones."""
    return [" ".join(one) for one in product(*(_syllables(char) for char in word))]


@lru_cache(maxsize=8_000)
def _syllables(char: str) -> tuple[str, ...]:
    # Imported late: its dictionaries take a second and tens of megabytes, which most processes never need.
    from pypinyin import Style, pinyin

    return tuple(pinyin(char, style=Style.NORMAL, heteronym=True)[0])
