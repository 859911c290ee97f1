"""What the words of the shipped scripts mean, by the journal of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from springline.contracts.events import AgentConnected, CallEvent, CallQueued, MenuEntered
from springline.telephony.simulator.carrier import Condition, Conditions
from springline.telephony.simulator.handset import Handset


def conditions_of(events: Callable[[], Iterable[CallEvent]]) -> Conditions:
    """`events` gives what the journal says of this call so far.

    `menu`: the first menu began; `region`: a second one did; `queued`: in the line of a queue; `agent`: an
    agent answered.
    """

    def seen(kind: type[CallEvent], count: int = 1) -> Condition:
        async def holds(_: Handset) -> bool:
            return sum(isinstance(event, kind) for event in events()) >= count

        return holds

    return {
        "menu": seen(MenuEntered),
        "region": seen(MenuEntered, 2),
        "queued": seen(CallQueued),
        "agent": seen(AgentConnected),
    }
