"""What became of every caller, as the callers themselves tell it, against what the database says. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec


class Ending(StrEnum):
    """Named as `CallOutcome` names them; UNCLEAR: the caller met something no caller should."""

    HANDLED = "handled"
    ABANDONED_MENU = "abandoned_menu"
    ABANDONED_QUEUE = "abandoned_queue"
    MESSAGE = "message"
    OUT_OF_AREA = "out_of_area"
    REJECTED = "rejected"
    UNCLEAR = "unclear"


# Where the water goes, by the area a caller lives in: a known customer's county, or what a key says.
_REGIONS: Mapping[str, tuple[str | None, ...]] = {
    "city": ("341502", "341503", "341502+341503"),
    "huoshan": ("341525",),
    "shucheng": ("341523",),
    "other": (None, "341504", "341522", "341524"),
}
_CLEAR = [ending for ending in Ending if ending is not Ending.UNCLEAR]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What one caller noted. `clock`: of the virtual day. `heard`: the agent's voice came through; None: no
    agent answered. `call_id`: as the journal calls it; `problem`: what went otherwise than it should."""

    no: int
    clock: str
    temper: str
    wish: str
    area: str
    ending: Ending
    call_id: str | None = None
    agent: str | None = None
    waited: float | None = None
    heard: bool | None = None
    late: float = 0.0
    problem: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One figure twice; equal, or a difference."""

    what: str
    callers: int
    database: int

    @property
    def same(self) -> bool:
        return self.callers == self.database


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """`where` names the call, customer, lot or order; `stated` is the product's word, `found` ours."""

    where: str
    what: str
    stated: str
    found: str


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """The database's word: the outcome of each call of the day (None: not ended), the day's measures, and the
    rows that people's `work` left: orders, deliveries, wrap_ups, complaints. `regions`: adcodes, by call."""

    outcomes: Mapping[str, str | None]
    calls: int
    connected: int
    abandoned: int
    messages: int
    out_of_area: int
    left_in_menu: int
    open: int
    work: Mapping[str, int] = {}
    regions: Mapping[str, str | None] = {}


def balance(
    notes: Sequence[Note], answered_by_phones: int, stated: Stated, did: Mapping[str, int]
) -> list[Line]:
    """Figure by figure: offered = handled + left + messages + out of area + rejected.

    `did`: what agents and couriers counted themselves, by the names of `Stated.work`.
    """
    mine = Counter(note.ending for note in notes)
    rows = Counter(stated.outcomes.values())
    ended = sum(mine[ending] for ending in _CLEAR)
    pairs = [
        ("offered", len(notes), len(stated.outcomes)),
        *(
            (ending.value, mine[ending], rows[ending.value])
            for ending in Ending
            if ending is not Ending.UNCLEAR
        ),
        ("sum of these", ended, sum(rows[ending.value] for ending in _CLEAR)),
        ("measures: calls", len(notes) - mine[Ending.REJECTED], stated.calls),
        ("measures: connected", mine[Ending.HANDLED], stated.connected),
        ("measures: abandoned", mine[Ending.ABANDONED_QUEUE], stated.abandoned),
        ("measures: messages", mine[Ending.MESSAGE], stated.messages),
        ("measures: out of area", mine[Ending.OUT_OF_AREA], stated.out_of_area),
        ("measures: left in the menu", mine[Ending.ABANDONED_MENU], stated.left_in_menu),
        ("measures: still open", 0, stated.open),
        ("answered by agents' phones", answered_by_phones, stated.connected),
        ("heard their agent", sum(note.heard is True for note in notes), stated.connected),
        *((f"work: {what}", did.get(what, 0), rows) for what, rows in stated.work.items()),
    ]
    return [Line(what=what, callers=callers, database=database) for what, callers, database in pairs]


def call_differences(notes: Sequence[Note], stated: Stated) -> list[Difference]:
    """Call by call, so that two mistakes that cancel out are not a balance."""
    found = []
    for note in notes:
        said = stated.outcomes.get(note.call_id or "", "not there")
        if said != note.ending or note.problem is not None:
            found.append(
                Difference(
                    where=f"call {note.no} {note.clock} {note.call_id or ''}".rstrip(),
                    what=note.problem or f"{note.temper}, {note.wish}",
                    stated=str(said),
                    found=note.ending.value,
                )
            )
        found += _misplaced(note, stated)
    known = {note.call_id for note in notes}
    for call_id, outcome in stated.outcomes.items():
        if call_id not in known:
            found.append(
                Difference(where=f"call {call_id}", what="nobody made it", stated=str(outcome), found="none")
            )
    return found


def _misplaced(note: Note, stated: Stated) -> list[Difference]:
    """A call for water that an agent took names where the water goes."""
    call_id = note.call_id or ""
    if note.ending is not Ending.HANDLED or note.wish != "order" or call_id not in stated.regions:
        return []
    region = stated.regions[call_id]
    if region in _REGIONS[note.area]:
        return []
    return [Difference(where=f"call {note.no}", what="region", stated=str(region), found=note.area)]
