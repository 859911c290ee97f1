"""A caller handed to an outside number: music while it rings, and back to the queue if nobody takes them."""

import asyncio
from collections.abc import Callable

from springline.contracts.event import utcnow
from springline.contracts.events import AgentOffered, AnyCallEvent, OfferOutcome
from springline.contracts.handovers import OUTSIDE
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line
from springline.telephony.control.office import Office
from springline.telephony.control.recording import BACK_ARGUMENT, NO_RECORDER, RECORD_CONTEXT

RINGS_SECONDS = 40.0


class OutsideNumber:
    def __init__(
        self, office: Office, line: Line, facts: Facts, record: Callable[[AnyCallEvent], None]
    ) -> None:
        self._office = office
        self._line = line
        self._facts = facts
        self._record = record
        self._now = asyncio.get_running_loop().time

    async def run(self) -> AgentLeg | None:
        """The leg that answered, its offer still open; None: nobody took the caller. Raises CallerGone."""
        facts = self._facts
        assert facts.queue is not None
        if self._line.bridged:
            await self._line.leave_bridge(RECORD_CONTEXT, NO_RECORDER, BACK_ARGUMENT)
        leg = AgentLeg(self._line, OUTSIDE, facts.queue)
        self._record(
            AgentOffered(at=utcnow(), call_id=facts.call_id, agent=OUTSIDE, queue=facts.queue, attempt=1)
        )
        dial = self._office.calls_out.outside(facts.outside_number, facts.hotline)
        await leg.ring_outside(facts.call_id, dial)
        outcome = await self._answers(leg)
        if outcome is OfferOutcome.ANSWERED:
            return leg
        self._record(facts.offer_ended(outcome, utcnow()))
        await leg.hang_up()
        return None

    async def _answers(self, leg: AgentLeg) -> OfferOutcome:
        until = self._now() + RINGS_SECONDS
        while not leg.answered and leg.ended is None:
            await self._line.music(True)
            try:
                leg.see(await self._line.next(max(until - self._now(), 0.0)))
            except TimeoutError:
                return OfferOutcome.NO_ANSWER
        return leg.ended or OfferOutcome.ANSWERED
