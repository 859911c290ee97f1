"""Who gets an order: narrowest territory, on shift, room on the vehicle, fewest tasks, in turn. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

ESTATE, TOWN, COUNTY, NOWHERE = 3, 2, 1, 0
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Area:
    """Part of a territory's row; `town` and `estate` are empty for a whole county."""

    county: str
    town: str = ""
    estate: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the water goes; `county` and `town` are empty while unknown."""

    county: str
    town: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`load`: buckets of the open tasks. `last_offer_at`: None for one who never got a task."""

    courier_id: int
    station_id: int
    areas: tuple[Area, ...]
    on_shift: bool
    capacity: int
    load: int
    open_tasks: int
    last_offer_at: datetime | None = None
    name: str = ""

    def has_room(self, qty: int) -> bool:
        """An order larger than the vehicle goes to one who has nothing else: it takes several rounds."""
        return self.load + qty <= self.capacity or self.load == 0


class Nobody(StrEnum):
    """Why there is nobody; the first that applies."""

    NO_TERRITORY = "no_territory"
    ALL_TRIED = "all_tried"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    ALL_FULL = "all_full"


@dataclass(frozen=True, slots=True)
class Choice:
    """`courier_id` None: there is nobody, and `nobody` says why. `match`: how narrow the territory is."""

    courier_id: int | None = None
    station_id: int | None = None
    match: int = NOWHERE
    nobody: Nobody | None = None


def fits(area: Area, place: Place) -> int:
    """How narrowly the area holds the place: ESTATE, TOWN, COUNTY or NOWHERE."""
    if not place.county or area.county != place.county:
        return NOWHERE
    if area.town and area.town != place.town:
        return NOWHERE
    if area.estate:
        return ESTATE if area.estate in place.text else NOWHERE
    return TOWN if area.town else COUNTY


def best(areas: Iterable[Area], place: Place) -> tuple[int, int]:
    """(how narrow, priority) of the best of these areas."""
    return max(((fits(area, place), area.priority) for area in areas), default=(NOWHERE, 0))


def choose(
    place: Place,
    qty: int,
    candidates: Iterable[Candidate],
    *,
    tried: Collection[int] = (),
    station_id: int | None = None,
) -> Choice:
    """The courier for `qty` buckets. `tried`: who refused or did not answer; `station_id` limits."""
    here = [
        (best(one.areas, place), one)
        for one in candidates
        if station_id is None or one.station_id == station_id
    ]
    here = [(match, one) for match, one in here if match[0] is not NOWHERE]
    if not here:
        return Choice(nobody=Nobody.NO_TERRITORY)
    untried = [(match, one) for match, one in here if one.courier_id not in tried]
    working = [(match, one) for match, one in untried if one.on_shift]
    if not working:
        asked = any(one.on_shift and one.courier_id in tried for _match, one in here)
        return Choice(nobody=Nobody.ALL_TRIED if asked else Nobody.NOBODY_ON_SHIFT)
    free = [(match, one) for match, one in working if one.has_room(qty)]
    if not free:
        return Choice(nobody=Nobody.ALL_FULL)
    match, chosen = min(free, key=_order)
    return Choice(chosen.courier_id, chosen.station_id, match[0])


def _order(found: tuple[tuple[int, int], Candidate]) -> tuple[int, int, int, datetime, int]:
    (narrow, priority), one = found
    return -narrow, -priority, one.open_tasks, one.last_offer_at or _NEVER, one.courier_id
