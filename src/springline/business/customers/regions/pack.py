"""A region pack: the counties and towns of one city, as data. Another city is another file.

`bare`: the town may be named without 镇, 乡 or 街道. `weak`: the bare name is an everyday word, so that it
counts only together with its county. `local`: names that only people of the county use, hence only beside it.
"""

from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "packs"
SUFFIXES = ("街道", "镇", "乡")


class PackError(ValueError):
    """The file is no region pack; the message names what is wrong."""


class Town(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: nine digits of the statistical division codes, the county's adcode first."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    weak: bool = False
    bare: bool = True

    @property
    def county(self) -> str:
        return self.code[:6]

    @property
    def stem(self) -> str:
        suffix = next((suffix for suffix in SUFFIXES if self.name.endswith(suffix)), "")
        return self.name.removesuffix(suffix) if suffix else self.name


class County(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`former_parent`: the county it was part of, which old addresses still name."""

    adcode: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    towns: tuple[Town, ...]
    full_aliases: tuple[str, ...] = ()
    former_parent: str | None = None


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    adcode: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    area_code: str


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to say several counties at once, such as 城区."""

    names: tuple[str, ...]
    counties: tuple[str, ...]


class Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Places that must not match. `cities` are known without 市; `districts` lie below a city."""

    provinces: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    cities_with_suffix: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`area_codes`: those of the neighbours, to name where a landline is.

    `traditional`: characters of the older script → those that the names of the pack are written in.
    """

    id: str
    source: str
    as_of: str
    city: City
    counties: tuple[County, ...]
    groups: tuple[Group, ...] = ()
    outside: Outside = Outside()
    area_codes: dict[str, str] = {}
    traditional: dict[str, str] = {}

    def county(self, adcode: str) -> County | None:
        return next((county for county in self.counties if county.adcode == adcode), None)

    def town(self, code: str) -> Town | None:
        county = self.county(code[:6])
        return next((town for town in county.towns if town.code == code), None) if county else None


def load(path: Path) -> Pack:
    """Raises PackError when the file cannot be read or contradicts itself."""
    try:
        pack = msgspec.json.decode(path.read_bytes(), type=Pack)
    except (OSError, msgspec.DecodeError) as error:
        raise PackError(f"{path.name}: {error}") from error
    _check(pack, path.name)
    return pack


@cache
def shipped(name: str = "luan") -> Pack:
    return load(FOLDER / f"{name}.json")


def _check(pack: Pack, file: str) -> None:
    counties = [county.adcode for county in pack.counties]
    towns = [town.code for county in pack.counties for town in county.towns]
    if len(set(counties)) != len(counties) or len(set(towns)) != len(towns):
        raise PackError(f"{file}: a code stands there twice")
    for county in pack.counties:
        if county.adcode[:4] != pack.city.adcode[:4]:
            raise PackError(f"{file}: {county.name} is not in {pack.city.name}")
        if strangers := [town.name for town in county.towns if town.county != county.adcode]:
            raise PackError(f"{file}: {strangers[0]} is not in {county.name}")
        if county.former_parent and county.former_parent not in counties:
            raise PackError(f"{file}: {county.name}: unknown former county")
    if any(adcode not in counties for group in pack.groups for adcode in group.counties):
        raise PackError(f"{file}: a group names an unknown county")
