"""Why an agent's telephone does not ring: what control knows, and what it concludes (docs/adr/0013)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.mobile import MobileUse
from springline.contracts.reconciling import DifferenceKind


class DeskLease(StrEnum):
    """Of the agent's desk in the browser. ASLEEP: it was open, and says nothing any more. CLOSED: it said
    so, or never said anything. UNKNOWN: control has not run long enough to tell."""

    OPEN = "open"
    ASLEEP = "asleep"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """The one thing that keeps the telephone silent; from NEXT_IN_TURN on, nothing does.

    STUCK: control holds a call that the engine or control itself no longer has. LEFTOVER: the engine holds
    channels of nobody's call. OUT_OF_STEP: control and the engine differ about the device. OVERDUE: callers
    wait whom the agent could have. ELSEWHERE: callers wait in queues that are not the agent's alone.
    """

    ENGINE_AWAY = "engine_away"
    STUCK = "stuck"
    RINGING = "ringing"
    BUSY = "busy"
    SIGNED_OUT = "signed_out"
    LEFTOVER = "leftover"
    OUT_OF_STEP = "out_of_step"
    DESK_CLOSED = "desk_closed"
    DESK_ASLEEP = "desk_asleep"
    NOT_REGISTERED = "not_registered"
    WRAP_UP = "wrap_up"
    MISSED = "missed"
    PAUSED = "paused"
    RESTING = "resting"
    NO_QUEUE = "no_queue"
    ELSEWHERE = "elsewhere"
    OVERDUE = "overdue"
    NEXT_IN_TURN = "next_in_turn"
    AFTER_OTHERS = "after_others"


class CheckKind(StrEnum):
    ENGINE = "engine"
    IN_STEP = "in_step"
    FREE = "free"
    SIGNED_IN = "signed_in"
    DEVICE = "device"
    DESK = "desk"
    MOBILE = "mobile"
    WRAP_UP = "wrap_up"
    PAUSE = "pause"
    RESTED = "rested"
    MEMBER = "member"
    CALLERS = "callers"
    TURN = "turn"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    kind: CheckKind
    passed: bool


class DeviceKind(StrEnum):
    BROWSER = "browser"
    PHONE = "phone"


class DeviceFact(msgspec.Struct, frozen=True, kw_only=True):
    """A rung of the ladder. `there`: as the engine says now; None when it cannot be asked."""

    kind: DeviceKind
    there: bool | None


class QueueFact(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting`: callers in its line. `ahead`: agents, by id, who are offered a call before; None: this one
    is not in the rotation now."""

    id: str
    waiting: int
    ahead: tuple[str, ...] | None = None


class RingingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of one agent, at one moment.

    `paused`, `pause_reason`: what is wanted, also during a call. `call_alive`: control looks after `call_id`.
    `talking`: in a conversation that really is. `legs`: channels of the agent in the engine; `leftovers`:
    those of them that no call has. `contact`: what control believes of the devices. `mobile_refused`: why
    the rules do not let the mobile be called. `elsewhere`: other queues with callers who only wait there.
    `compared_at`: when control compared itself with the engine last; `mended`, `mended_at`: what it mended of
    this agent by itself, if anything since it started.
    """

    at: datetime
    agent: str
    engine: bool
    signed_in: bool
    state: AgentState
    since: datetime
    paused: bool = False
    pause_reason: str | None = None
    wrap_until: datetime | None = None
    rest_until: datetime | None = None
    misses: int = 0
    call_id: str | None = None
    call_alive: bool = False
    talking: bool = False
    legs: int = 0
    leftovers: int = 0
    desk: DeskLease = DeskLease.UNKNOWN
    desk_seen: datetime | None = None
    contact: bool = False
    devices: tuple[DeviceFact, ...] = ()
    mobile: MobileUse = MobileUse.OFF
    mobile_refused: str | None = None
    queues: tuple[QueueFact, ...] = ()
    elsewhere: tuple[str, ...] = ()
    compared_at: datetime | None = None
    mended: DifferenceKind | None = None
    mended_at: datetime | None = None
