"""What the journal says of one call."""

from __future__ import annotations

from typing import TypeVar

from springline.contracts.event import CallEvent
from springline.contracts.events import AnyEvent, CallArrived, CallEnded, CallRejected
from springline.telephony.simulator import Handset
from tests.support.until import until

E = TypeVar("E", bound=AnyEvent)


class Trail:
    """What the journal says of one call, found by the caller's number as the trunk sent it.

    `since`: how long the journal was before it was dialled; the same number may have called earlier.
    """

    def __init__(self, journal: list[AnyEvent], caller_raw: str, since: int = 0) -> None:
        self._journal = journal
        self._since = since
        self.caller_raw = caller_raw

    @property
    def call_id(self) -> str | None:
        later = self._journal[self._since :]
        first = (e for e in later if isinstance(e, CallArrived | CallRejected))
        return next((e.call_id for e in first if e.caller_raw == self.caller_raw), None)

    @property
    def events(self) -> list[CallEvent]:
        call_id = self.call_id
        found = (e for e in self._journal if isinstance(e, CallEvent))
        return [event for event in found if call_id is not None and event.call_id == call_id]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def first(self, kind: type[E], within: float = 10.0, count: int = 1) -> E:
        """The `count`-th event of a kind. Fails with what there was instead."""
        try:
            await until(lambda: len(self.all(kind)) >= count, within)
        except TimeoutError:
            names = [type(event).__name__ for event in self.events]
            raise AssertionError(f"no {kind.__name__} number {count}; the call has {names}") from None
        return self.all(kind)[count - 1]


async def leave(handset: Handset, trail: Trail) -> CallEnded:
    """The caller hangs up; what the journal says then."""
    await handset.hang_up()
    await handset.gone()
    ended = await trail.first(CallEnded)
    await handset.close()
    return ended
