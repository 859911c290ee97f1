"""Events of a caller who abuses the agent: warned once, and sent away if it goes on."""

from springline.contracts.event import CallEvent


class CallerWarned(CallEvent, frozen=True, kw_only=True, tag=True):
    """`agent` had the warning said (`abuse.warn`); both hear it, and it is on the recording."""

    agent: str


class CallerDismissed(CallEvent, frozen=True, kw_only=True, tag=True):
    """After the warning `agent` had the closing words said (`abuse.end`); the call ends with them."""

    agent: str
