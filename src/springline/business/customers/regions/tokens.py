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
    """`codes`: adcodes of counties, codes of towns, or the words of a foreign place.

    `local`: codes of towns that only their own county calls so, where another is really named so.
    """

    kind: Kind
    strength: Strength
    codes: tuple[str, ...]
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    name: Name
    doubtful: bool = False


# 梅山路, 金寨南路, 佛子岭大道; but 毛坦厂路边 means the place.
ROAD = re.compile(
    r"[东西南北中一二三四五六七八九十支环]?(?:路(?![边旁])|大道|大街|巷|弄|胡同|高架|隧道|立交)"
)
_COUNTY_STREET = re.compile(r"[东西南北中]?街")
_NAMESAKE = re.compile(
    r"小区|花园(?![镇乡])|家园|新村|[名雅]?苑|大厦|大?酒店|饭店|宾馆|公寓|广场|商[会城贸]|银行|土菜|菜馆|羊肉|老?板鸭|"
    r"人家|驻|特产|瓜片|茶[馆楼庄叶]|小商品|面馆|快餐"
)
# 独山县, 鼓楼区: of a town's bare name, a county elsewhere; but 丁集市场 and 苏埠区域 mean the town.
_ANOTHER = re.compile(r"县|区(?![域间块别])|市(?![场区民里])")
# What stands between a foreign city and its 区 or 县 when the pack does not know that district.
_DISTRICT = re.compile(r"市?([^我你他在住到送从去的人想要]{1,3}(?:县|(?<![小园社校景城市])区))")
_OURS = (Kind.CITY, Kind.COUNTY, Kind.TOWN, Kind.GROUP)


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
        local = tuple(code for code, strength in found.items() if sure and strength is Strength.LOCAL)
        names[text] = Name(Kind.TOWN, best, codes, local)
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
    found: list[Token] = []
    at, end = 0, len(text) - 1
    while at < end:
        named = _at(index, text, at)
        if named is None:
            at += 1
            continue
        word, name = named
        token, after = _guarded(word, name, text, at)
        if token is not None:
            found.append(token)
            if name.kind is Kind.OUTSIDE_CITY:
                found += _district(index, text, after, word)
        at = after
    return found


def _at(index: Index, text: str, at: int) -> tuple[str, Name] | None:
    for word, name in index.by_start.get(text[at : at + 2], ()):
        if text.startswith(word, at):
            return word, name
    return None


def _guarded(word: str, name: Name, text: str, at: int) -> tuple[Token | None, int]:
    """The token, unless the name is part of something else's, and where to read on."""
    after = at + len(word)
    full = name.strength is Strength.FULL and name.kind in (Kind.COUNTY, Kind.TOWN, Kind.GROUP)
    if full or (name.kind is Kind.OUTSIDE_DISTRICT and word.endswith(("县", "区", "市"))):
        return Token(word, at, name), after
    town = name.kind is Kind.TOWN
    other = ROAD.match(text, after) or (_ANOTHER if town else _COUNTY_STREET).match(text, after)
    if other or (not name.codes[0] and at):
        return None, after
    namesake = _NAMESAKE.match(text, after)
    if namesake is None:
        return Token(word, at, name), after
    # What makes it a namesake is no place either: 裕安花园 is not in 花园镇.
    return (Token(word, at, name, doubtful=True) if town else None), namesake.end()


def _district(index: Index, text: str, after: int, city: str) -> list[Token]:
    """A district that the pack does not know below the foreign `city`, which ends at `after`."""
    match = _DISTRICT.match(text, after)
    if match is None:
        return []
    named = [_at(index, text, at) for at in range(match.start(1), match.end(1))]
    if any(one is not None and one[1].kind in _OURS for one in named):
        return []
    name = Name(Kind.OUTSIDE_DISTRICT, Strength.FULL, (city + match[0],))
    return [Token(match[1], match.start(1), name)]


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
