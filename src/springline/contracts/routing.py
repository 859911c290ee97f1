"""What the live floor asks about a caller: request and reply over `subjects.LOCATE_CALLER`.

The answer decides which menus a caller hears and how soon somebody takes the call. Nobody waits for it:
after `BUDGET_SECONDS` everything about the caller is unknown (requirements §3.4).
"""

from enum import StrEnum

import msgspec

from springline.contracts.events import CallerQuality

BUDGET_SECONDS = 0.05


class PlaceLevel(StrEnum):
    """How much is known of where the water goes. OUTSIDE: another city, and no customer of ours (H2)."""

    COUNTY = "county"
    CITY = "city"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class LocateCaller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`caller` is E.164; asked for every call, whatever the number is worth."""

    call_id: str
    caller: str | None
    quality: CallerQuality


class CallerFound(msgspec.Struct, frozen=True, kw_only=True):
    """`region` is an adcode, set only at PlaceLevel.COUNTY. `source` and the sentences are for people.

    `known`: the number is a customer's. `open_order`: one of theirs is on its way. `repeated`: their calls
    of the last hours that nobody took. `last_agent`: who talked with them last, not long ago.
    """

    level: PlaceLevel = PlaceLevel.UNKNOWN
    region: str | None = None
    city: str | None = None
    source: str = "none"
    certainty: Certainty = Certainty.NONE
    known: bool = False
    open_order: bool = False
    repeated: int = 0
    last_agent: str | None = None


NOTHING_FOUND = CallerFound()
