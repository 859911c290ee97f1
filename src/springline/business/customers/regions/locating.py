"""Address text → county and town of a pack. Two towns of one name are reported, never guessed between."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from springline.business.customers.regions import sentences
from springline.business.customers.regions.pack import County, Pack, Town
from springline.business.customers.regions.sounding import Sounds
from springline.business.customers.regions.tokens import Kind, Strength, Token, index_of, scan

_LONGEST = 300
_DROPPED = re.compile(r"[\s\u200b\ufeff,，。.、;；:：_/|·\"'“”()（）\[\]【】-]+")


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Why(StrEnum):
    """`ASK` and `CONFLICT` want a question; `OUTSIDE` is a place elsewhere."""

    FOUND = "found"
    MOVED = "moved"
    ASK = "ask"
    CONFLICT = "conflict"
    CITY_ONLY = "city_only"
    OUTSIDE = "outside"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Place:
    """`county` is an adcode, `town` a nine-digit code or None."""

    county: str
    town: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """`county` is None unless the text names it or a town that only it has. `candidates`: what to ask about.

    `outside` is the name of the place elsewhere that the text names.
    """

    county: str | None
    town: str | None
    confidence: Confidence
    why: Why
    pack: Pack
    said: str = ""
    candidates: tuple[Place, ...] = ()
    outside: str | None = None

    @property
    def explanation_zh(self) -> str:
        return sentences.chinese(self)

    @property
    def explanation_en(self) -> str:
        return sentences.english(self)


@dataclass(slots=True)
class _Reading:
    """The tokens of one text, by kind, in order."""

    counties: list[Token]
    towns: list[Token]
    groups: list[Token]
    city: Token | None = None
    outside: Token | None = None


class Locator:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._index = index_of(pack)
        self._towns: dict[str, Town] = {town.code: town for county in pack.counties for town in county.towns}
        self._counties: dict[str, County] = {county.adcode: county for county in pack.counties}
        self._simplified = str.maketrans(pack.traditional)
        self._sounds = Sounds(pack)

    def locate(self, text: str) -> Located:
        """Never raises; of a text longer than 300 characters only those are read."""
        clean = text[:_LONGEST]
        if not clean.isascii():
            clean = unicodedata.normalize("NFKC", clean).translate(self._simplified)
        clean = _DROPPED.sub("", clean)
        return self._heard(clean, self._read_out(_read(scan(self._index, clean))))

    def _read_out(self, read: _Reading) -> Located:
        if read.outside is not None and not _is_ours(read, read.outside):
            name = read.outside.name.codes[-1]
            return self._none(Why.OUTSIDE, read.outside.text, outside=name)
        counties = self._named_counties(read)
        if len(counties) > 1:
            return self._none(Why.CONFLICT, _said(read.counties), (Place(code) for code in counties))
        if counties:
            return self._within(counties[0], read)
        return self._by_town(read)

    def _named_counties(self, read: _Reading) -> list[str]:
        """The counties named: those with 县 or 区 before bare ones, a new one before its parent."""
        best = max((token.name.strength for token in read.counties), default=Strength.FULL)
        named = [token.name.codes[0] for token in read.counties if token.name.strength is best]
        if len(named) > 1:
            parents = {self._counties[code].former_parent for code in named}
            named = [code for code in dict.fromkeys(named) if code not in parents]
        return named

    def _within(self, county: str, read: _Reading) -> Located:
        """The county is named; which of its towns?"""
        full = any(token.name.strength is Strength.FULL for token in read.counties)
        sure = Confidence.HIGH if full else Confidence.MEDIUM
        said = next(token.text for token in read.counties if token.name.codes[0] == county)
        for token in read.towns:
            codes = [code for code in (*token.name.codes, *token.name.local) if code[:6] == county]
            if len(codes) == 1 and not token.doubtful:
                return self._found(codes[0], Confidence.HIGH, said + token.text)
        for token in read.towns:
            if token.name.strength < Strength.STEM or token.doubtful:
                continue
            moved = [code for code in token.name.codes if self._counties[code[:6]].former_parent == county]
            if len(moved) == 1:
                return self._found(moved[0], Confidence.HIGH, said + token.text, Why.MOVED)
            if token.name.strength is Strength.FULL:
                elsewhere = (Place(code[:6], code) for code in token.name.codes)
                return self._none(Why.CONFLICT, said + token.text, (Place(county), *elsewhere))
            sure = Confidence.MEDIUM
        return Located(county, None, sure, Why.FOUND, self.pack, said)

    def _by_town(self, read: _Reading) -> Located:
        """No county is named: only a town that is alone with its name gives one."""
        strong = [t for t in read.towns if t.name.strength >= Strength.STEM and not t.doubtful]
        alone = [token for token in strong if len(token.name.codes) == 1]
        counties = dict.fromkeys(token.name.codes[0][:6] for token in alone)
        full = [token for token in alone if token.name.strength is Strength.FULL]
        if len(counties) > 1 and len({token.name.codes[0][:6] for token in full}) == 1:
            alone, counties = full, dict.fromkeys([full[0].name.codes[0][:6]])
        if len(counties) == 1:
            token = alone[0]
            sure = Confidence.HIGH if full else Confidence.MEDIUM
            return self._found(token.name.codes[0], sure, token.text)
        if counties:
            return self._none(Why.CONFLICT, _said(alone), (self._place(t.name.codes[0]) for t in alone))
        return self._question(read, strong)

    def _question(self, read: _Reading, strong: list[Token]) -> Located:
        for token in strong or [t for t in read.towns if t.name.strength is Strength.WEAK and not t.doubtful]:
            if len(token.name.codes) > 1:
                codes = (*token.name.codes, *token.name.local)
                return self._none(Why.ASK, token.text, (self._place(code) for code in codes))
            place = self._place(token.name.codes[0])
            if not self._towns[token.name.codes[0]].bare:
                return self._found(token.name.codes[0], Confidence.LOW, token.text)
            return self._none(Why.ASK, token.text, (place,))
        for token in read.towns:
            if token.doubtful and token.name.strength is Strength.STEM and len(token.name.codes) == 1:
                return self._none(Why.ASK, token.text, (self._place(token.name.codes[0]),))
        for token in read.groups:
            return self._none(Why.ASK, token.text, (Place(code) for code in token.name.codes))
        if read.city is not None:
            return self._none(Why.CITY_ONLY, read.city.text)
        return self._none(Why.NOTHING, "")

    def _heard(self, text: str, found: Located) -> Located:
        """When no town was read, one that only sounds so: beside its county it is meant, else it is asked."""
        if found.town is not None or found.why not in (Why.FOUND, Why.CITY_ONLY, Why.NOTHING):
            return found
        for written, codes in self._sounds.towns(text):
            if found.county is None:
                return self._none(Why.ASK, written, (self._place(code) for code in codes))
            within = [code for code in codes if code[:6] == found.county]
            if len(within) == 1:
                return self._found(within[0], Confidence.MEDIUM, found.said + written)
        return found

    def _place(self, code: str) -> Place:
        return Place(code[:6], code)

    def _found(self, code: str, sure: Confidence, said: str, why: Why = Why.FOUND) -> Located:
        return Located(code[:6], code, sure, why, self.pack, said)

    def _none(
        self, why: Why, said: str, candidates: Iterable[Place] = (), outside: str | None = None
    ) -> Located:
        places = tuple(dict.fromkeys(candidates))
        return Located(None, None, Confidence.NONE, why, self.pack, said, places, outside)


def _read(tokens: list[Token]) -> _Reading:
    read = _Reading([], [], [])
    for token in tokens:
        kind = token.name.kind
        if kind is Kind.COUNTY:
            read.counties.append(token)
        elif kind is Kind.TOWN:
            read.towns.append(token)
        elif kind is Kind.GROUP:
            read.groups.append(token)
        elif kind is Kind.CITY:
            read.city = read.city or token
        elif read.outside is None or read.outside.name.kind is Kind.OUTSIDE_CITY:
            # A district says more than its city.
            read.outside = token
    return read


def _is_ours(read: _Reading, outside: Token) -> bool:
    """Whether the text names a place of ours in spite of a foreign name in it.

    Before the foreign name our county or town is enough (霍山县南京路小吃店); after it our city, or a county
    with its 县 or 区 (合肥人，住六安霍山县). A foreign district below our city is elsewhere: 六安寿县.
    """
    ours = [t for t in (*read.counties, *read.towns) if t.name.strength >= Strength.STEM and not t.doubtful]
    if any(token.start < outside.start for token in ours):
        return True
    district = outside.name.kind is Kind.OUTSIDE_DISTRICT
    if read.city is not None and not district:
        return True
    after = [token for token in read.counties if token.name.strength is Strength.FULL]
    return bool(after) and not district


def _said(tokens: list[Token]) -> str:
    return "、".join(dict.fromkeys(token.text for token in tokens))
