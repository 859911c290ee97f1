"""A call's facts from its events: how a control that starts reads them in the journal."""

from collections.abc import Iterable

from springline.contracts.events import AnyCallEvent, CallArrived, CallPlaced
from springline.telephony.control.facts import Facts


def fold(events: Iterable[AnyCallEvent]) -> Facts | None:
    """None when the first event is neither CallArrived nor CallPlaced (a rejected call)."""
    facts: Facts | None = None
    for event in events:
        if facts is not None:
            facts.apply(event)
        elif isinstance(event, CallArrived):
            facts = Facts.of(event)
        elif isinstance(event, CallPlaced):
            facts = Facts.placed(event)
        else:
            return None
    return facts
