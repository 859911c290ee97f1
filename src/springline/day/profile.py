"""Who calls on a day: the brief's profile as a schedule of callers. Pure; the same seed, the same day.

Times are virtual seconds from the opening. Numbers and places are fictional.
"""

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

OPENS_AT = 8 * 3600
DAY_SECONDS = 12 * 3600.0
# From the clock's hour to the share of the day's calls: 40 % between 9 and 11.
HOURS: Mapping[int, int] = {
    **{8: 6, 9: 20, 10: 20, 11: 9, 12: 4, 13: 5},
    **{14: 8, 15: 8, 16: 7, 17: 6, 18: 4, 19: 3},
}
LONGEST_NUMBER = 999_999


class Wish(StrEnum):
    ORDER = "order"
    AFTERSALE = "aftersale"
    ENTERPRISE = "enterprise"
    COMPLAINT = "complaint"
    PERSON = "person"


class Area(StrEnum):
    CITY = "city"
    HUOSHAN = "huoshan"
    SHUCHENG = "shucheng"
    OTHER = "other"


class Temper(StrEnum):
    """What is odd about a caller. LEAVES_MENU and LEAVES_QUEUE hang up there if nobody is quicker; the three
    of OUTSIDE call from another city; LOST_WAY dials a number that is not ours."""

    PLAIN = "plain"
    LEAVES_MENU = "leaves_menu"
    LEAVES_QUEUE = "leaves_queue"
    WRONG_KEY = "wrong_key"
    MASKED = "masked"
    OUTSIDE_GOES = "outside_goes"
    OUTSIDE_STAYS = "outside_stays"
    OUTSIDE_MESSAGE = "outside_message"
    LOST_WAY = "lost_way"


# Parts of a hundred.
WISHES = {Wish.ORDER: 60, Wish.AFTERSALE: 30, Wish.ENTERPRISE: 3, Wish.COMPLAINT: 4, Wish.PERSON: 3}
AREAS = {Area.CITY: 60, Area.HUOSHAN: 20, Area.SHUCHENG: 12, Area.OTHER: 8}
TEMPERS = {
    Temper.PLAIN: 73,
    Temper.WRONG_KEY: 5,
    Temper.MASKED: 6,
    Temper.LEAVES_MENU: 3,
    Temper.LEAVES_QUEUE: 4,
    Temper.OUTSIDE_GOES: 3,
    Temper.OUTSIDE_STAYS: 2,
    Temper.OUTSIDE_MESSAGE: 2,
    Temper.LOST_WAY: 2,
}
_OUTSIDE = (Temper.OUTSIDE_GOES, Temper.OUTSIDE_STAYS, Temper.OUTSIDE_MESSAGE)
# Customers of the demo, by where their water goes.
KNOWN: Mapping[Area, Sequence[str]] = {
    Area.CITY: ("13805640002", "13805640005"),
    Area.HUOSHAN: ("13805640001", "13805640003", "13805640004"),
    Area.SHUCHENG: ("13805640006",),
    Area.OTHER: ("13805640008",),
}
_KNOWN_SHARE = 0.5
_MEAN_TALK, _LEAST_TALK, _LONGEST_TALK = 100.0, 25.0, 300.0

T = TypeVar("T")


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the day. `at` and `talk` are virtual seconds; `own_number` is the caller's, `number` what
    the trunk shows; `patience`: virtual seconds in the line of one who leaves it."""

    no: int
    at: float
    wish: Wish
    area: Area
    temper: Temper
    number: str
    own_number: str
    known: bool
    talk: float
    patience: float
    qty: int


def schedule(calls: int, seed: int) -> tuple[Visit, ...]:
    """The day's callers in the order of their calls. Shares are met to the call, chance deals who is who."""
    if calls < 1:
        raise ValueError("a day has at least one call")
    chance = random.Random(seed)  # noqa: S311 - a day that can be repeated
    times = sorted(_within(hour, chance) for hour in dealt(HOURS, calls, chance))
    wishes = dealt(WISHES, calls, chance)
    areas = dealt(AREAS, calls, chance)
    tempers = dealt(TEMPERS, calls, chance)
    people = zip(times, wishes, areas, tempers, strict=True)
    return tuple(_visit(no, *person, chance) for no, person in enumerate(people, 1))


def dealt(shares: Mapping[T, int], count: int, chance: random.Random) -> list[T]:
    """`count` of the keys, as near to their shares as whole numbers are (largest remainder), shuffled."""
    whole = sum(shares.values())
    exact = {key: share * count / whole for key, share in shares.items()}
    found = {key: int(part) for key, part in exact.items()}
    by_rest = sorted(shares, key=lambda key: found[key] - exact[key])
    for key in by_rest[: count - sum(found.values())]:
        found[key] += 1
    cards = [key for key, times in found.items() for _ in range(times)]
    chance.shuffle(cards)
    return cards


def clock(at: float) -> str:
    """Virtual seconds as the clock on the wall shows them, 09:05."""
    minutes = int(OPENS_AT + at) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _within(hour: int, chance: random.Random) -> float:
    return hour * 3600 - OPENS_AT + chance.uniform(0, 3599.0)


def _visit(no: int, at: float, wish: Wish, area: Area, temper: Temper, chance: random.Random) -> Visit:
    strange = temper in _OUTSIDE or temper in (Temper.MASKED, Temper.LOST_WAY)
    known = not strange and chance.random() < _KNOWN_SHARE
    fresh = f"{no % LONGEST_NUMBER:06d}"
    if known:
        own = chance.choice(KNOWN[area])
    elif temper in _OUTSIDE:
        own = f"055166{fresh}"
    else:
        own = f"13705{fresh}"
    talk = min(max(chance.expovariate(1 / _MEAN_TALK), _LEAST_TALK), _LONGEST_TALK)
    return Visit(
        no=no,
        at=round(at, 1),
        wish=wish,
        area=area,
        temper=temper,
        number="anonymous" if temper is Temper.MASKED else own,
        own_number=own,
        known=known,
        talk=round(talk, 1),
        patience=round(chance.uniform(5, 40), 1),
        qty=chance.choice((1, 1, 2, 2, 3)),
    )
