"""What an agent does, and the event of its change."""

from enum import StrEnum

from springline.contracts.event import Event
from springline.contracts.mobile import MobileUse


class AgentState(StrEnum):
    """What an agent does. OFFLINE: signed out. UNREACHABLE: signed in, but no device is registered."""

    OFFLINE = "offline"
    UNREACHABLE = "unreachable"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


class AgentStateChanged(Event, frozen=True, kw_only=True, tag=True):
    """`reason` is the pause code the agent chose, or no_answer when two offers in a row were missed."""

    agent: str
    state: AgentState
    reason: str | None = None
    call_id: str | None = None
    mobile: MobileUse = MobileUse.OFF
