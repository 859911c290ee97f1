"""What control has to do, in this order."""

from typing import TypeAlias

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.events import OfferOutcome
from springline.contracts.mobile import MobileUse


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Ring the agent's device. `attempt` counts the offers of this call from 1. The ACD withdraws it after
    `timeout` seconds; the engine's own dial time-out must be longer."""

    call: str
    agent: str
    queue: str
    attempt: int
    timeout: float


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """Stop ringing: hang up the agent's leg; no OfferFailed is expected. `outcome` is what the journal says
    about the offer: no_answer, caller_left, failed (device gone), or interrupted (it was already over)."""

    call: str
    agent: str
    outcome: OfferOutcome


class AgentChanged(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's row as it is now. `since` (monotonic seconds) stays when state, reason and call did not
    change, that is when only `pause_after` or `device_online` did. An UNREACHABLE agent with a reason
    is paused as soon as the device is back."""

    agent: str
    state: AgentState
    since: float
    device_online: bool
    reason: str | None = None
    call: str | None = None
    pause_after: str | None = None
    mobile: MobileUse = MobileUse.OFF


class PointerMoved(msgspec.Struct, frozen=True, kw_only=True):
    """The queue's rotation stands at `agent`; kept, and given back as `pointers` at the next start."""

    queue: str
    agent: str


class Refuse(msgspec.Struct, frozen=True, kw_only=True):
    """The event is not possible and changed nothing. Codes: unknown_agent, not_signed_in, busy,
    unknown_queue, duplicate_call, unknown_call, device_away, no_queue."""

    code: str


class WaitExceeded(msgspec.Struct, frozen=True, kw_only=True):
    """The call waited `max_wait` seconds, or `no_agent_wait` with nobody there, and is forgotten here: take a
    message, or say so and hang up."""

    call: str


class Overflowed(msgspec.Struct, frozen=True, kw_only=True):
    """The call now waits for the agents of these queues as well; told once for each call."""

    call: str
    queues: tuple[str, ...]


Decision: TypeAlias = Offer | Withdraw | AgentChanged | PointerMoved | Refuse | WaitExceeded | Overflowed
