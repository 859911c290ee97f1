"""Who calls, from where? Asked of the business floor while the call is being answered; never waited for."""

import asyncio

from prometheus_client import Counter, Histogram

from springline.contracts import subjects
from springline.contracts.codec import BadMessage
from springline.contracts.event import utcnow
from springline.contracts.events import CallerResolved
from springline.contracts.routing import BUDGET_SECONDS, NOTHING_FOUND, CallerFound, LocateCaller
from springline.platform.bus import AnyBus, BusError
from springline.telephony.control.facts import Facts

LOOKUPS = Counter("springline_caller_lookups_total", "Callers looked up", ["result"])
LOOKUP_SECONDS = Histogram(
    "springline_caller_lookup_seconds", "Until the answer came", buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
)
NOT_ASKED = "late"


class Locator:
    def __init__(self, bus: AnyBus) -> None:
        self._bus = bus

    async def find(self, facts: Facts) -> CallerResolved:
        """Within the budget; without an answer everything is unknown, with the source `late`."""
        question = LocateCaller(call_id=facts.call_id, caller=facts.caller, quality=facts.caller_quality)
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                found: CallerFound = await self._bus.request(
                    subjects.LOCATE_CALLER, question, CallerFound, BUDGET_SECONDS
                )
        except (BusError, BadMessage, TimeoutError):
            LOOKUPS.labels("late").inc()
            return _resolved(facts, NOTHING_FOUND, NOT_ASKED)
        LOOKUP_SECONDS.observe(now() - began)
        LOOKUPS.labels(found.level.value).inc()
        return _resolved(facts, found, found.source)


def _resolved(facts: Facts, found: CallerFound, source: str) -> CallerResolved:
    return CallerResolved(
        at=utcnow(),
        call_id=facts.call_id,
        level=found.level.value,
        region=found.region,
        city=found.city,
        source=source,
        certainty=found.certainty.value,
        known=found.known,
        open_order=found.open_order,
        repeated=found.repeated,
        last_agent=found.last_agent,
    )
