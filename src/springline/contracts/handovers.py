"""Events of a conversation that goes to a colleague: handed over at once, or after a word with them."""

from enum import StrEnum

from springline.contracts.event import CallEvent

OUTSIDE = "outside"
"""In the place of an agent: somebody outside, called over the trunk."""


class CallTransferred(CallEvent, frozen=True, kw_only=True, tag=True):
    """`agent` gave the caller away. Not `attended`: the caller waits for `queue`, for `to_agent` first if
    named. `attended`: `to_agent` had been consulted and talks with the caller at once. `number`: of
    OUTSIDE, in E.164."""

    agent: str
    queue: str
    to_agent: str | None = None
    attended: bool = False
    number: str | None = None


class ConsultStarted(CallEvent, frozen=True, kw_only=True, tag=True):
    """The caller hears music while `agent` asks `to_agent`, whose leg is `channel_id`; unrecorded."""

    agent: str
    to_agent: str
    channel_id: str
    number: str | None = None


class ConsultAnswered(CallEvent, frozen=True, kw_only=True, tag=True):
    to_agent: str


class ConsultJoined(CallEvent, frozen=True, kw_only=True, tag=True):
    """A conference of three: the caller is back, `to_agent` stays."""

    to_agent: str


class ConsultOutcome(StrEnum):
    """How a consultation ended. RETURNED: the agent went back to the caller; LEFT: the colleague left."""

    RETURNED = "returned"
    TRANSFERRED = "transferred"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    FAILED = "failed"
    LEFT = "left"
    CALLER_LEFT = "caller_left"


class ConsultEnded(CallEvent, frozen=True, kw_only=True, tag=True):
    """Unless the caller left, they are with an agent again or wait for one."""

    agent: str
    to_agent: str
    outcome: ConsultOutcome
