"""Which numbers of the live state a viewer may see."""

from typing import TypeVar

import msgspec

from springline.business import phones
from springline.business.accounts.roles import Action, Actor, may
from springline.contracts.live import AnyRow, CallRow, LiveEvent, LiveSnapshot, Removed

T = TypeVar("T", bound=AnyRow | Removed)


def snapshot_for(viewer: Actor, snapshot: LiveSnapshot) -> LiveSnapshot:
    return msgspec.structs.replace(snapshot, rows=tuple(_row(viewer, row) for row in snapshot.rows))


def event_for(viewer: Actor, event: LiveEvent) -> LiveEvent:
    return msgspec.structs.replace(event, change=_row(viewer, event.change))


def _row(viewer: Actor, row: T) -> T:
    if not isinstance(row, CallRow) or may(viewer, Action.SEE_NUMBERS, row.agent):
        return row
    return msgspec.structs.replace(
        row,
        caller=phones.masked(row.caller) if row.caller else None,
        caller_raw=phones.masked(row.caller_raw) if row.caller_raw else "",
    )
