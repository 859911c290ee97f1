"""One agent rung for one call, rung by rung: browser, desk phone, own mobile if they want it so."""

import asyncio

from springline.contracts.events import OfferOutcome
from springline.contracts.mobile import MobileUse
from springline.telephony.control.agent_leg import NO_NUMBER, AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line, Message
from springline.telephony.control.office import Office


class Ladder:
    """`leg`: the one that rings now. `step_at`: when the next is tried, in the loop's seconds; None: there is
    none."""

    def __init__(self, office: Office, line: Line, facts: Facts, agent: str, queue: str) -> None:
        self.leg = AgentLeg(line, agent, queue)
        self.step_at: float | None = None
        self._office = office
        self._line = line
        self._facts = facts
        devices, mobile = self._rungs(agent)
        self._left: list[str | None] = [*devices, *([None] if mobile else [])]
        config = office.plan.queues.get(queue)
        # All devices together have the queue's time; the queues give a mobile more.
        self._each = config.ring_timeout / max(len(devices), 1) if config is not None else 0.0

    def _rungs(self, agent: str) -> tuple[tuple[str, ...], bool]:
        """The endpoints to ring, and whether the mobile comes after them."""
        use = self._office.calls_out.use_of(agent)
        there = self._office.reach.there(agent) if use is not MobileUse.ONLY else ()
        if use is MobileUse.OFF and not there:
            return (self._office.reach.best(agent),), False
        return there, use is not MobileUse.OFF

    async def begin(self) -> None:
        await self._ring()

    async def see(self, message: Message) -> None:
        self.leg.see(message)
        if self.leg.ended is OfferOutcome.FAILED and self._left:
            await self.step()
        await self.leg.attend()

    async def step(self) -> None:
        """On to the next rung."""
        before = self.leg
        self.leg = AgentLeg(self._line, before.agent, before.queue)
        if before.ended is None:
            await before.hang_up()
        else:
            self._line.release(before.channel)
        await self._ring()

    async def _ring(self) -> None:
        endpoint, *self._left = self._left
        self.step_at = asyncio.get_running_loop().time() + self._each if self._left else None
        call_id, caller = self._facts.call_id, self._facts.caller or NO_NUMBER
        if endpoint is None:
            dial = self._office.calls_out.dial(self.leg.agent, self._facts.hotline)
            await self.leg.ring_mobile(call_id, dial, self._office.sounds)
        else:
            await self.leg.ring(call_id, caller, endpoint)
        if self.leg.ended is not None and self._left:
            await self.step()
