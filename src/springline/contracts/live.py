"""Live state for screens: a snapshot, and numbered events after it.

The law: snapshot + the events after its `seq`, in order == a fresh snapshot. `epoch` names the run of
control; a browser that sees another epoch, or a gap in `seq`, fetches a new snapshot. An event replaces
one whole row or removes it, so `apply` needs no knowledge of telephony.
"""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.events import CallerQuality
from springline.contracts.house_events import EngineStatus
from springline.contracts.mobile import MobileUse
from springline.contracts.supervision import SuperviseWay


class CallPhase(StrEnum):
    MENU = "menu"
    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    MESSAGE = "message"


class ConsultPhase(StrEnum):
    """The colleague rings, is asked while the caller hears music, or is in the conversation."""

    RINGING = "ringing"
    ASKED = "asked"
    JOINED = "joined"


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class AgentRow(Row, frozen=True, kw_only=True, tag="agent"):
    """`device_online`: a contact is registered. `pause_after`: a pause asked for during a call.
    `mobile`: whether the agent's own rings; `has_mobile`: one is known."""

    id: str
    name: str
    state: AgentState
    since: datetime
    queues: tuple[str, ...]
    device_online: bool
    reason: str | None = None
    call_id: str | None = None
    pause_after: str | None = None
    mobile: MobileUse = MobileUse.OFF
    has_mobile: bool = False

    @property
    def reachable(self) -> bool:
        return self.device_online or self.mobile is not MobileUse.OFF


class CallRow(Row, frozen=True, kw_only=True, tag="call"):
    """`since`: start of the phase; `queued_at`: first entry into a queue; `waiting_since`: of the present
    wait, or of that before the conversation; `waited_before`: s of former ones. `agent`: who rings or talks;
    `consult`: the colleague whom they ask; `supervisors`: who is in the conversation, and how.
    `warned_at`: when the agent had the caller warned of abuse; `mobile`: the agent talks by their own."""

    id: str
    phase: CallPhase
    since: datetime
    arrived_at: datetime
    caller: str | None
    caller_raw: str
    caller_quality: CallerQuality
    hotline: str
    queue: str | None = None
    queued_at: datetime | None = None
    waiting_since: datetime | None = None
    waited_before: float = 0.0
    intent: str | None = None
    region: str | None = None
    region_source: str | None = None
    known: bool = False
    direction: str = "in"
    agent: str | None = None
    held: bool = False
    consult: str | None = None
    consult_phase: ConsultPhase | None = None
    supervisors: dict[str, SuperviseWay] = {}
    warned_at: datetime | None = None
    mobile: bool = False


class QueueRow(Row, frozen=True, kw_only=True, tag="queue"):
    id: str
    name: str


class EngineRow(Row, frozen=True, kw_only=True, tag="engine"):
    id: str = "engine"
    status: EngineStatus = EngineStatus.DOWN
    since: datetime | None = None


class TrunkRow(Row, frozen=True, kw_only=True, tag="trunk"):
    """Whether the carrier answers; there is none where it is not asked."""

    id: str
    status: EngineStatus
    since: datetime


AnyRow: TypeAlias = AgentRow | CallRow | QueueRow | EngineRow | TrunkRow


class LiveSnapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    epoch: str
    seq: int
    at: datetime
    rows: tuple[AnyRow, ...]


class Removed(msgspec.Struct, frozen=True, kw_only=True, tag="removed", tag_field="type"):
    kind: str
    id: str


class LiveEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    epoch: str
    seq: int
    change: AnyRow | Removed


class Notice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the durable floor changed; screens fetch it again. Not numbered: after a reconnect they fetch
    everything. `facts`: states, codes and ids, nothing personal.
    """

    kind: str
    id: str
    facts: dict[str, str | int | None] = {}


def key_of(row: AnyRow) -> tuple[str, str]:
    """(kind, id): what an event replaces."""
    return str(row.__struct_config__.tag), row.id


def apply(snapshot: LiveSnapshot, event: LiveEvent) -> LiveSnapshot:
    """The snapshot after one event. Raises ValueError on another epoch or a gap in `seq`."""
    if event.epoch != snapshot.epoch or event.seq != snapshot.seq + 1:
        raise ValueError(f"event {event.epoch}/{event.seq} does not follow {snapshot.epoch}/{snapshot.seq}")
    rows = {key_of(row): row for row in snapshot.rows}
    change = event.change
    if isinstance(change, Removed):
        rows.pop((change.kind, change.id), None)
    else:
        rows[key_of(change)] = change
    return LiveSnapshot(epoch=snapshot.epoch, seq=event.seq, at=snapshot.at, rows=tuple(rows.values()))
