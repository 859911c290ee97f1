"""A supervisor in a conversation that is not theirs: an ear, a voice in the agent's ear, or a third."""

from enum import StrEnum

from springline.contracts.event import CallEvent


class SuperviseWay(StrEnum):
    """LISTEN: nobody hears the supervisor. WHISPER: only the agent does. BARGE: agent and caller do."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class SupervisionChanged(CallEvent, frozen=True, kw_only=True, tag=True):
    """`supervisor` is in the conversation of `agent` that way from now on; None: not any more."""

    supervisor: str
    agent: str
    way: SuperviseWay | None = None
