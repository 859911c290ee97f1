"""Where control and the engine differed, and what was mended by itself (docs/adr/0018)."""

from enum import StrEnum

from springline.contracts.event import Event


class DifferenceKind(StrEnum):
    """CALLER_UNKNOWN, LEG_UNKNOWN, BRIDGE_UNKNOWN: the engine has it, and control knows nothing of it.
    CALLER_GONE, LEG_GONE: control has it, the engine does not. AGENT_HELD: an agent rings or talks without a
    channel. DEVICE: an agent's devices are there or not, contrary to what control believes."""

    CALLER_UNKNOWN = "caller_unknown"
    LEG_UNKNOWN = "leg_unknown"
    BRIDGE_UNKNOWN = "bridge_unknown"
    CALLER_GONE = "caller_gone"
    LEG_GONE = "leg_gone"
    AGENT_HELD = "agent_held"
    DEVICE = "device"


class DifferenceMended(Event, frozen=True, kw_only=True, tag=True):
    """Control found it at two looks in a row, and did what its word would have done had it come: a caller was
    taken in, a leg ended, a call or an agent let go, devices believed anew. `subject`: the engine's id of the
    channel or bridge, or the agent's."""

    kind: DifferenceKind
    subject: str
    agent: str | None = None
    call_id: str | None = None
