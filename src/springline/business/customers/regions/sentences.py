"""What was found, in one sentence for the agent: what to say back, or what to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from springline.business.customers.regions.locating import Located, Place
    from springline.business.customers.regions.pack import Pack

_CHINESE = {
    "found": "“{said}”：{place}。",
    "moved": "“{said}”：{place}，现属{county}。",
    "ask": "“{said}”可能是{places}，请问清是哪个区县。",
    "conflict": "“{said}”说法不一致，可能是{places}，请核对。",
    "city_only": "只说了{city}，请问是哪个区县。",
    "outside": "{outside}不属于{city}。",
    "nothing": "没有认出区县，请问清地址。",
}
_ENGLISH = {
    "found": "“{said}”: {place}.",
    "moved": "“{said}”: {place}, today part of {county}.",
    "ask": "“{said}” may be {places}: ask which county.",
    "conflict": "“{said}” contradicts itself, it may be {places}: please check.",
    "city_only": "Only {city} was named: ask which county.",
    "outside": "{outside} is not in {city}.",
    "nothing": "No county was recognised: ask for the address.",
}


def chinese(located: Located) -> str:
    pack = located.pack
    return _CHINESE[located.why].format(
        said=located.said,
        place=_place(located, lambda place: place_zh(pack, place)),
        places="、".join(place_zh(pack, place) for place in located.candidates),
        county=county_zh(pack, located.county),
        city=pack.city.name,
        outside=located.outside,
    )


def english(located: Located) -> str:
    pack = located.pack
    return _ENGLISH[located.why].format(
        said=located.said,
        place=_place(located, lambda place: place_en(pack, place)),
        places=" or ".join(place_en(pack, place) for place in located.candidates),
        county=county_en(pack, located.county),
        city=pack.city.name_en,
        outside=located.outside,
    )


def place_zh(pack: Pack, place: Place) -> str:
    town = pack.town(place.town) if place.town else None
    return county_zh(pack, place.county) + (town.name if town else "")


def place_en(pack: Pack, place: Place) -> str:
    town = pack.town(place.town) if place.town else None
    county = county_en(pack, place.county)
    return f"{town.name}, {county}" if town else county


def county_zh(pack: Pack, adcode: str | None) -> str:
    county = pack.county(adcode) if adcode else None
    return county.name if county else ""


def county_en(pack: Pack, adcode: str | None) -> str:
    county = pack.county(adcode) if adcode else None
    return county.name_en if county else ""


def _place(located: Located, shown: object) -> str:
    from springline.business.customers.regions.locating import Place

    if located.county is None:
        return ""
    return shown(Place(located.county, located.town))  # type: ignore[operator, no-any-return]
