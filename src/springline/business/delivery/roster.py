"""Who works where: what choosing a courier asks of every order and what changes with a shift at most."""

from collections.abc import Mapping
from dataclasses import dataclass

from springline.business.catalog.revisions import Kept
from springline.business.delivery.assigning import Area
from springline.business.delivery.models import Courier, Shift, Territory

NAME = "delivery"
TABLES = {
    "delivery_courier": "name, station_id, capacity, active",
    "delivery_courier_territories": "",
    "delivery_station": "",
    "delivery_territory": "",
    "delivery_shift": "",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A courier's in the company. `areas`: their own territories, or all of their station's."""

    name: str
    station_id: int
    capacity: int
    areas: tuple[Area, ...]
    on_shift: bool


def _read() -> Mapping[int, Place]:
    """Active couriers of active stations."""
    working = set(Shift.objects.filter(ended_at=None).order_by().values_list("courier_id", flat=True))
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
    return {
        pk: Place(
            name=name,
            station_id=station_id,
            capacity=capacity,
            areas=tuple(own.get(pk) or of_station.get(station_id, ())),
            on_shift=pk in working,
        )
        for pk, name, station_id, capacity in staff.values_list("pk", "name", "station_id", "capacity")
    }


roster = Kept(NAME, _read)
