"""One agent rung for one call, rung by rung: their device, then their own mobile if they want it so."""

import asyncio

from springline.contracts.events import OfferOutcome
from springline.contracts.mobile import MobileUse
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line, Message
from springline.telephony.control.office import Office

NO_NUMBER = "anonymous"


class Ladder:
    """`leg`: the one that rings now. `step_at`: when the next is tried, in the loop's seconds; None: there is
    none."""

    def __init__(self, office: Office, line: Line, facts: Facts, agent: str, queue: str) -> None:
        self.leg = AgentLeg(line, agent, queue)
        self.step_at: float | None = None
        self._office = office
        self._line = line
        self._facts = facts

    async def begin(self) -> None:
        use, row = self._office.mobiles.use_of(self.leg.agent), self._office.switchboard.agent(self.leg.agent)
        first_mobile = use is MobileUse.ONLY or (
            use is MobileUse.LAST and (row is None or not row.device_online)
        )
        if use is MobileUse.LAST and not first_mobile:
            queue = self._office.plan.queues.get(self.leg.queue)
            if queue is not None:
                self.step_at = asyncio.get_running_loop().time() + queue.ring_timeout
        await self._ring(mobile=first_mobile)

    async def see(self, message: Message) -> None:
        self.leg.see(message)
        if self.leg.ended is OfferOutcome.FAILED and self.step_at is not None:
            await self.step()
        await self.leg.attend()

    async def step(self) -> None:
        """On to the mobile."""
        before, self.step_at = self.leg, None
        self.leg = AgentLeg(self._line, before.agent, before.queue)
        if before.ended is None:
            await before.hang_up()
        else:
            self._line.release(before.channel)
        await self._ring(mobile=True)

    async def _ring(self, mobile: bool) -> None:
        dial = self._office.mobiles.dial(self.leg.agent, self._facts.hotline) if mobile else None
        await self.leg.ring(self._facts.call_id, self._facts.caller or NO_NUMBER, self._office.sounds, dial)
        if self.leg.ended is not None and self.step_at is not None:
            await self.step()
