"""The journal while the day goes on: which call is whose, and what happened to it so far."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable

from springline.contracts.event import CallEvent
from springline.contracts.events import AnyEvent, CallArrived, CallRejected


class Trail:
    """The events of one call so far."""

    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        self.seen: list[CallEvent] = []

    def has(self, *kinds: type) -> bool:
        return any(isinstance(event, kinds) for event in self.seen)

    def count(self, kind: type, matching: Callable[[CallEvent], bool] = lambda _: True) -> int:
        return sum(isinstance(event, kind) and matching(event) for event in self.seen)


class Trails:
    """Follows all calls. A caller claims the newest call of a number; callers of one number take turns."""

    def __init__(self) -> None:
        self._trails: dict[str, Trail] = {}
        self._unclaimed: dict[str, list[Trail]] = defaultdict(list)

    async def follow(self, events: AsyncIterator[AnyEvent]) -> None:
        """Until cancelled."""
        async for event in events:
            if not isinstance(event, CallEvent):
                continue
            trail = self._trails.setdefault(event.call_id, Trail(event.call_id))
            trail.seen.append(event)
            if isinstance(event, CallArrived | CallRejected):
                self._unclaimed[event.caller_raw].append(trail)

    def claim(self, shown: str) -> Trail | None:
        """The call that came in under this number and is nobody's yet."""
        waiting = self._unclaimed.get(shown)
        return waiting.pop(0) if waiting else None
