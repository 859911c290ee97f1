"""What the words of the shipped scripts mean, by the journal of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from springline.contracts.event import CallEvent
from springline.contracts.events import AgentConnected, CallOverflowed, CallQueued, MenuEntered
from springline.contracts.voicemail import MessageOffered, MessageStarted
from springline.telephony.simulator.carrier import Condition, Conditions
from springline.telephony.simulator.handset import Handset


def conditions_of(events: Callable[[], Iterable[CallEvent]]) -> Conditions:
    """`events` gives what the journal says of this call so far.

    `menu`: the first menu began; `region`: a second one did, or none is needed because the caller's region
    is known; `queued`: in the line of a queue; `agent`: an agent answered; `outside`: told that we do not
    deliver to other cities; `helped`: others help the queue; `message`: asked for one; `beep`: recorded now.
    """

    async def region_or_queue(_: Handset) -> bool:
        return sum(isinstance(event, MenuEntered) for event in events()) >= 2 or any(
            isinstance(event, CallQueued) for event in events()
        )

    def seen(kind: type[CallEvent]) -> Condition:
        async def holds(_: Handset) -> bool:
            return any(isinstance(event, kind) for event in events())

        return holds

    async def outside(_: Handset) -> bool:
        return any(isinstance(event, MenuEntered) and event.outcome is not None for event in events())

    return {
        "outside": outside,
        "helped": seen(CallOverflowed),
        "message": seen(MessageOffered),
        "beep": seen(MessageStarted),
        "menu": seen(MenuEntered),
        "region": region_or_queue,
        "queued": seen(CallQueued),
        "agent": seen(AgentConnected),
    }
