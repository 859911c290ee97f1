"""What happened to the house itself: its trunk, its engine, its config, and who was kept out."""

from datetime import datetime
from enum import StrEnum

from springline.contracts.event import Event


class TrunkRefused(Event, frozen=True, kw_only=True, tag=True):
    """A SIP request of an address that is no trunk was refused. `count`: requests of that address since the
    last such event."""

    address: str
    service: str
    count: int


class TurnedAwayFor(StrEnum):
    """CODEC: no codec of ours was offered; TRANSPORT: only encrypted sound was; OFFER: what was offered
    cannot be read; NUMBER: what was dialled can be no number."""

    CODEC = "codec"
    TRANSPORT = "transport"
    OFFER = "offer"
    NUMBER = "number"


class CallsTurnedAway(Event, frozen=True, kw_only=True, tag=True):
    """The engine refused calls of the trunk before control saw them. `count`: since the last such event."""

    reason: TurnedAwayFor
    count: int


class AddressBanned(Event, frozen=True, kw_only=True, tag=True):
    """Too many of its SIP requests were refused: the engine does not listen to it until then. `times`: how
    often it was banned of late, this one included."""

    address: str
    until: datetime
    times: int


class AddressUnbanned(Event, frozen=True, kw_only=True, tag=True):
    """A person ended the ban before its time."""

    address: str


class EngineStatus(StrEnum):
    UP = "up"
    DOWN = "down"


class EngineChanged(Event, frozen=True, kw_only=True, tag=True):
    """Control gained or lost its link to the engine; `adopted` live calls were taken over."""

    status: EngineStatus
    adopted: int = 0


class TrunkChanged(Event, frozen=True, kw_only=True, tag=True):
    """The carrier began or ceased to answer OPTIONS."""

    trunk: str
    status: EngineStatus


class ConfigApplied(Event, frozen=True, kw_only=True, tag=True):
    version: int


class ConfigRefused(Event, frozen=True, kw_only=True, tag=True):
    """Control keeps its former config. `errors` name the node or field."""

    version: int
    errors: tuple[str, ...]
