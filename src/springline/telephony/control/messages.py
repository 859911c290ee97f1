"""What reaches a call besides the engine's events: the words of queues, devices and people."""

from typing import TypeAlias

import msgspec

from springline.contracts.commands import ConsultWay
from springline.contracts.events import OfferOutcome


class OfferMade(msgspec.Struct, frozen=True):
    """Ring this agent for the call."""

    agent: str
    queue: str
    attempt: int


class OfferWithdrawn(msgspec.Struct, frozen=True):
    agent: str
    outcome: OfferOutcome


class WaitedTooLong(msgspec.Struct, frozen=True):
    pass


class OverflowedTo(msgspec.Struct, frozen=True):
    """The call waits for the agents of these queues too."""

    queues: tuple[str, ...]


class DeviceDropped(msgspec.Struct, frozen=True):
    """The talking agent's device lost its registration; its sound may still flow."""

    agent: str


class HangUpAsked(msgspec.Struct, frozen=True):
    pass


class TransferAsked(msgspec.Struct, frozen=True):
    """`agent` gives the caller away: to `to_agent` first if named, by way of `queue`."""

    agent: str
    queue: str
    to_agent: str | None
    number: str | None = None


class ConsultAsked(msgspec.Struct, frozen=True):
    agent: str
    to_agent: str
    number: str | None = None


class ConsultGoesOn(msgspec.Struct, frozen=True):
    agent: str
    way: ConsultWay


class WarnAsked(msgspec.Struct, frozen=True):
    """`agent` wants the caller warned, or sent away (`dismiss`)."""

    agent: str
    dismiss: bool = False


CallMessage: TypeAlias = (
    OfferMade
    | OfferWithdrawn
    | WaitedTooLong
    | OverflowedTo
    | DeviceDropped
    | HangUpAsked
    | TransferAsked
    | ConsultAsked
    | ConsultGoesOn
    | WarnAsked
)
