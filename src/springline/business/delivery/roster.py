"""Who works where: what choosing a courier asks of every order and what changes seldom.

Whether somebody is at work is not in it: in the morning of a chain a shift begins every second, and each
would have all of this read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from springline.business.catalog.revisions import Kept
from springline.business.delivery.assigning import NOWHERE, Area, Place, fits
from springline.business.delivery.models import Courier, Territory

NAME = "delivery"
TABLES = {
    "delivery_courier": "name, station_id, capacity, active",
    "delivery_courier_territories": "",
    "delivery_station": "",
    "delivery_territory": "",
}
# Had a trigger once.
NO_LONGER = ("delivery_shift",)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A courier's in the company. `areas`: their own territories, or all of their station's."""

    name: str
    station_id: int
    capacity: int
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Roster:
    """Active couriers of active stations, by id."""

    posts: Mapping[int, Post]
    # By county and town ("" for a whole county): each area and whose it is.
    _where: dict[tuple[str, str], dict[Area, list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for courier_id, post in self.posts.items():
            for area in set(post.areas):
                here = self._where.setdefault((area.county, area.town), {})
                here.setdefault(area, []).append(courier_id)

    def near(self, place: Place) -> list[int]:
        """Whose areas hold the place, in order of their ids."""
        return sorted(
            {
                courier_id
                for town in {"", place.town}
                for area, theirs in self._where.get((place.county, town), {}).items()
                if fits(area, place) != NOWHERE
                for courier_id in theirs
            }
        )


def _read() -> Roster:
    of_station: dict[int, list[Area]] = {}
    areas: dict[int, Area] = {}
    rows = Territory.objects.order_by("pk").values_list(
        "pk", "station_id", "county", "town", "estate", "priority"
    )
    for pk, station_id, *area in rows:
        areas[pk] = Area(*area)
        of_station.setdefault(station_id, []).append(areas[pk])
    own: dict[int, list[Area]] = {}
    for courier_id, territory_id in Courier.territories.through.objects.values_list(
        "courier_id", "territory_id"
    ):
        own.setdefault(courier_id, []).append(areas[territory_id])
    staff = Courier.objects.filter(active=True, station__active=True).order_by("pk")
    return Roster(
        {
            pk: Post(
                name=name,
                station_id=station_id,
                capacity=capacity,
                areas=tuple(own.get(pk) or of_station.get(station_id, ())),
            )
            for pk, name, station_id, capacity in staff.values_list("pk", "name", "station_id", "capacity")
        }
    )


roster = Kept(NAME, _read)
