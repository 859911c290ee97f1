"""The measures of requirements §1.3, each with its formula. Pure.

A call counts once. Test calls, drills and what was rejected at the door count nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# A caller who leaves the line this soon was not waiting for anybody (s).
SHORT_ABANDON = 5.0
WITHIN = 20.0
CONNECT_TARGET = 0.95
# Below so many calls a rate says little, and nobody is called to act.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class CallFacts:
    """`queued_at`: first entry into a line; `message`: left a voice message.

    While control was away the engine rang the agents itself: such a call has no
    line, and its wait is not known.
    """

    arrived_at: datetime
    queued_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    talk_seconds: float | None
    message: bool = False
    out_of_area: bool = False
    warned: bool = False

    @property
    def asked_at(self) -> datetime | None:
        """When an agent was asked for; None: never."""
        return self.queued_at or self.connected_at


@dataclass(frozen=True, slots=True)
class Measures:
    """Rates are 0…1, None while there is nothing to divide by. `open`: calls that have not ended yet.

    connect_rate: connected ÷ (asked for an agent − left within 5 s). offered_connect_rate: connected ÷ calls.
    service_level: connected within 20 s ÷ (connected + left after 20 s). abandon_rate: left ÷ asked for an
    agent. average_talk: seconds from an agent's answer to the end ÷ connected, holds included.
    warned: calls whose caller was warned of abuse.

    calls = connected + abandoned + messages + out_of_area + left_in_menu + open that are not connected.
    """

    calls: int
    open: int
    requests: int
    connected: int
    abandoned: int
    short_abandoned: int
    messages: int
    out_of_area: int
    left_in_menu: int
    connect_rate: float | None
    offered_connect_rate: float | None
    service_level: float | None
    abandon_rate: float | None
    average_talk: float | None
    warned: int

    @property
    def connect_needs_action(self) -> bool:
        """Whether the connect rate is to be shown red (G2): below 95 % after at least 20 calls."""
        return self.connect_rate is not None and self.calls >= ENOUGH and self.connect_rate < CONNECT_TARGET


def measure(calls: Iterable[CallFacts]) -> Measures:
    everything = list(calls)
    ended = [call for call in everything if call.ended_at is not None]
    connected = [call for call in everything if call.connected_at is not None]
    requests = [call for call in everything if call.asked_at is not None]
    lost = [call for call in ended if call.asked_at is not None and call.connected_at is None]
    messages = [call for call in ended if call.message and call.connected_at is None]
    abandoned = [call for call in lost if not call.message]
    short = [call for call in abandoned if _waited(call) <= SHORT_ABANDON]
    late = [call for call in abandoned if _waited(call) > WITHIN]
    prompt = [call for call in connected if _waited(call) <= WITHIN]
    decided = [call for call in requests if call.connected_at is not None or call.ended_at is not None]
    talks = [call for call in connected if call.ended_at is not None]
    outside = [call for call in ended if call.out_of_area and call.asked_at is None and not call.message]
    left = [call for call in ended if call.asked_at is None and not call.message and not call.out_of_area]
    return Measures(
        calls=len(everything),
        open=len(everything) - len(ended),
        requests=len(requests),
        connected=len(connected),
        abandoned=len(abandoned),
        short_abandoned=len(short),
        messages=len(messages),
        out_of_area=len(outside),
        left_in_menu=len(left),
        connect_rate=_rate(len(connected), len(decided) - len(short)),
        offered_connect_rate=_rate(len(connected), len(everything)),
        service_level=_rate(len(prompt), len(connected) + len(late)),
        abandon_rate=_rate(len(abandoned), len(decided)),
        average_talk=_rate(sum(call.talk_seconds or 0.0 for call in talks), len(talks)),
        warned=sum(call.warned for call in everything),
    )


def _waited(call: CallFacts) -> float:
    end = call.connected_at or call.ended_at
    assert call.asked_at is not None
    assert end is not None, "asked of calls that are decided"
    return (end - call.asked_at).total_seconds()


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
