"""Finds the names of a pack in a text: longest match, without roads and shops named after places."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

from springline.business.customers.regions.pack import County, Pack, Town


class Kind(IntEnum):
    CITY = 1
    COUNTY = 2
    TOWN = 3
    GROUP = 4
    OUTSIDE_CITY = 5
    OUTSIDE_DISTRICT = 6


class Strength(IntEnum):
    """LOCAL: counts only beside its county. WEAK: likewise, but worth a question. STEM: the bare name.
    FULL: with 县, 区, 镇, 乡."""

    LOCAL = 0
    WEAK = 1
    STEM = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Name:
    """`codes`: adcodes of counties, codes of towns, or the words of a foreign place."""

    kind: Kind
    strength: Strength
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    name: Name
    doubtful: bool = False


# 梅山路, 金寨南路, 佛子岭大道; but 毛坦厂路边 means the place.
_ROAD = re.compile(
    r"[东西南北中一二三四五六七八九十支环]?(?:路(?![边旁])|大道|大街|巷|弄|胡同|高架|隧道|立交)"
)
_COUNTY_STREET = re.compile(r"[东西南北中]?街")
_NAMESAKE = re.compile(
    r"小区|花园|家园|新村|[名雅]?苑|大厦|大?酒店|饭店|宾馆|公寓|广场|商[会城贸]|银行|土菜|菜馆|羊肉|老?板鸭|"
    r"人家|驻|特产|瓜片|小商品|面馆|快餐"
)


@dataclass(slots=True)
class Index:
    """By the first two characters, the names that begin so, the longest first."""

    by_start: dict[str, list[tuple[str, Name]]] = field(default_factory=dict)


def index_of(pack: Pack) -> Index:
    names: dict[str, Name] = {}
    for text, name in _outside(pack):
        names[text] = name
    for group in pack.groups:
        for text in group.names:
            names[text] = Name(Kind.GROUP, Strength.FULL, group.counties)
    towns: dict[str, dict[str, Strength]] = defaultdict(dict)
    for county in pack.counties:
        for town in county.towns:
            for text, strength in _town_names(town):
                towns[text][town.code] = max(strength, towns[text].get(town.code, Strength.LOCAL))
    for text, found in towns.items():
        best = max(found.values())
        # A full name beats a like-sounding bare one: 孙岗镇 is not 孙岗乡 with a slip of the tongue.
        sure = best is Strength.FULL
        codes = tuple(code for code, strength in found.items() if not sure or strength is best)
        names[text] = Name(Kind.TOWN, best, codes)
    for county in pack.counties:
        for text, strength in _county_names(county):
            names[text] = Name(Kind.COUNTY, strength, (county.adcode,))
    for text in (pack.city.name, *pack.city.aliases):
        names[text] = Name(Kind.CITY, Strength.FULL, (pack.city.adcode,))
    index: dict[str, list[tuple[str, Name]]] = defaultdict(list)
    for text in sorted(names, key=len, reverse=True):
        index[text[:2]].append((text, names[text]))
    return Index(dict(index))


def scan(index: Index, text: str) -> list[Token]:
    """The names in `text`, in order, without overlaps, and without roads that are named after places."""
    found, starts = [], index.by_start
    at, end = 0, len(text) - 1
    while at < end:
        for word, name in starts.get(text[at : at + 2], ()):
            if text.startswith(word, at):
                token = _guarded(word, name, text, at)
                if token is not None:
                    found.append(token)
                at += len(word)
                break
        else:
            at += 1
    return found


def _guarded(word: str, name: Name, text: str, at: int) -> Token | None:
    after = at + len(word)
    full = name.strength is Strength.FULL and name.kind in (Kind.COUNTY, Kind.TOWN, Kind.GROUP)
    if full or (name.kind is Kind.OUTSIDE_DISTRICT and word.endswith(("县", "区", "市"))):
        return Token(word, at, name)
    if _ROAD.match(text, after):
        return None
    if name.kind is not Kind.TOWN and _COUNTY_STREET.match(text, after):
        return None
    if not name.codes[0] and at:
        return None
    doubtful = _NAMESAKE.match(text, after) is not None
    if doubtful and name.kind is not Kind.TOWN:
        return None
    return Token(word, at, name, doubtful)


def _town_names(town: Town) -> list[tuple[str, Strength]]:
    bare = Strength.WEAK if town.weak else Strength.STEM
    names = [(town.name, Strength.FULL)]
    if town.bare:
        names.append((town.stem, bare))
        names += [(town.stem + suffix, Strength.STEM) for suffix in ("镇", "乡", "街道")]
    for alias in town.aliases:
        names.append((alias, Strength.STEM if town.bare else Strength.FULL))
        if town.bare:
            names += [(alias + suffix, Strength.STEM) for suffix in ("镇", "乡")]
    names += [(alias, Strength.WEAK) for alias in town.weak_aliases]
    return names + [(alias, Strength.LOCAL) for alias in town.local]


def _county_names(county: County) -> list[tuple[str, Strength]]:
    full = (county.name, *county.full_aliases)
    return [(text, Strength.FULL) for text in full] + [(text, Strength.STEM) for text in county.aliases]


def _outside(pack: Pack) -> list[tuple[str, Name]]:
    """`codes` is the place's name; a bare province has none, because 河南 is also the south of a river."""
    out = pack.outside
    city, district = Kind.OUTSIDE_CITY, Kind.OUTSIDE_DISTRICT
    names = [(text, Name(city, Strength.STEM, ("", text))) for text in out.provinces]
    names += [(f"{text}省", Name(city, Strength.FULL, (text,))) for text in out.provinces]
    for text in out.cities:
        names += [
            (text, Name(city, Strength.STEM, (text,))),
            (f"{text}市", Name(city, Strength.FULL, (text,))),
        ]
    names += [(text, Name(city, Strength.FULL, (text,))) for text in out.cities_with_suffix]
    return names + [(text, Name(district, Strength.FULL, (text,))) for text in out.districts]
