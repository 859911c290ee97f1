"""In which order a courier visits: by VROOM where places are known, else by promise, town, address. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

METRES_PER_SECOND = 5.0
# Streets are longer than the line through the air.
DETOUR = 1.3
SECONDS_AT_THE_DOOR = 300
_LAST = datetime.max.replace(tzinfo=UTC)
_EARTH_METRES = 6_371_000


@dataclass(frozen=True, slots=True)
class Stop:
    """`lat`, `lng` in degrees, None while unknown; `urged`: the customer asked where it is."""

    id: int
    promise_at: datetime | None
    town: str
    text: str
    lat: float | None = None
    lng: float | None = None
    urged: bool = False


def round_of(stops: Sequence[Stop], start: tuple[float, float] | None, now: datetime) -> list[int]:
    """The ids in the order of visit. `start`: where the courier is (lat, lng), such as the station.

    Who is late or was asked for comes first; a round by road needs the coordinates of all.
    """
    ranked = sorted(stops, key=_by_promise)
    if start is None or any(stop.lat is None for stop in stops):
        return [stop.id for stop in ranked]
    pressing = [stop for stop in ranked if stop.urged or (stop.promise_at or _LAST) <= now]
    rest = [stop for stop in ranked if stop not in pressing]
    if pressing:
        start = (pressing[-1].lat or 0.0, pressing[-1].lng or 0.0)
    return [stop.id for stop in pressing] + (
        _by_road(rest, start, now) if len(rest) > 1 else [s.id for s in rest]
    )


def _by_promise(stop: Stop) -> tuple[bool, datetime, str, str, int]:
    return not stop.urged, stop.promise_at or _LAST, stop.town, stop.text, stop.id


def _by_road(stops: Sequence[Stop], start: tuple[float, float], now: datetime) -> list[int]:
    """With the promises kept; if they cannot all be, the shortest round."""
    places = [start, *((stop.lat or 0.0, stop.lng or 0.0) for stop in stops)]
    seconds = [[_seconds(a, b) for b in places] for a in places]
    kept = _solved(stops, seconds, now, promises=True)
    return kept or _solved(stops, seconds, now, promises=False) or [stop.id for stop in stops]


def _solved(
    stops: Sequence[Stop], seconds: list[list[int]], now: datetime, *, promises: bool
) -> list[int] | None:
    import vroom  # a second to import, which a start need not wait for

    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=seconds)
    problem.add_vehicle(vroom.Vehicle(1, start=0, profile="car"))
    for place, stop in enumerate(stops, 1):
        windows = {"time_windows": [vroom.TimeWindow(0, _until(stop, now))]} if promises else {}
        problem.add_job(vroom.Job(stop.id, location=place, default_service=SECONDS_AT_THE_DOOR, **windows))
    solution = problem.solve(exploration_level=1, nb_threads=1)
    if solution.summary.unassigned:
        return None
    routes = solution.routes
    return [int(row.id) for row in routes.itertuples() if row.type == "job"]


def _until(stop: Stop, now: datetime) -> int:
    if stop.promise_at is None:
        return 10**6
    return max(0, int((stop.promise_at - now).total_seconds()))


def _seconds(a: tuple[float, float], b: tuple[float, float]) -> int:
    lat_a, lng_a, lat_b, lng_b = map(math.radians, (*a, *b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    )
    return round(2 * _EARTH_METRES * math.asin(math.sqrt(half)) * DETOUR / METRES_PER_SECOND)
