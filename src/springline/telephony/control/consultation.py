"""An agent asks a colleague while the caller hears music; then one of both, or all three, talk on.

Nothing of it is recorded: the recorder stops when the caller leaves the bridge, and each return to the caller
begins a file of its own.
"""

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from springline.contracts.commands import ConsultWay
from springline.contracts.event import utcnow
from springline.contracts.events import AnyCallEvent, OfferOutcome
from springline.contracts.handovers import (
    OUTSIDE,
    ConsultAnswered,
    ConsultEnded,
    ConsultJoined,
    ConsultOutcome,
    ConsultStarted,
)
from springline.contracts.live import ConsultPhase
from springline.telephony.acd import AgentDials, ConsultOver, Refuse
from springline.telephony.ari import AriNotFound
from springline.telephony.control.agent_leg import NO_NUMBER, AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import CallerGone, Line, Message
from springline.telephony.control.messages import ConsultGoesOn
from springline.telephony.control.office import Office
from springline.telephony.control.switchboard import consult_id

RINGS_SECONDS, MOBILE_RINGS_MORE = 20.0, 15.0


class After(Enum):
    """BACK: the agent talks with the caller again. TAKEN_OVER: the colleague does. GIVEN_AWAY: the agent left
    before the colleague answered."""

    BACK = 1
    TAKEN_OVER = 2
    GIVEN_AWAY = 3


class Sides(Protocol):
    """The caller beside the bridge, with music and unrecorded, and in it again."""

    async def part(self) -> None: ...

    async def reunite(self) -> None: ...


class Consultation:
    """`leg`: of the agent who asks. `colleague`: of the one who is asked, in the bridge when answered."""

    def __init__(
        self,
        office: Office,
        line: Line,
        leg: AgentLeg,
        facts: Facts,
        record: Callable[[AnyCallEvent], None],
        caller: Sides,
        to_agent: str,
        channel_id: str | None = None,
        number: str | None = None,
    ) -> None:
        self.colleague = AgentLeg(line, to_agent, leg.queue, channel_id)
        self._office = office
        self._line = line
        self._leg = leg
        self._facts = facts
        self._record = record
        self._caller = caller
        self.number = number
        self._id = consult_id(facts.call_id, to_agent)
        self._now = asyncio.get_running_loop().time

    async def begin(self) -> After | None:
        """None: the colleague cannot be asked now, and nothing has changed."""
        if not self._reserve(found=False):
            return None
        with_whom = self.colleague
        self._record(
            ConsultStarted(
                at=utcnow(),
                call_id=self._facts.call_id,
                agent=self._leg.agent,
                to_agent=with_whom.agent,
                channel_id=with_whom.channel,
                number=self.number,
            )
        )
        return await self._guarded(fresh=True)

    async def resume(self) -> After:
        """Go on after a lost link or a restart: with a colleague who talks; one who only rang is let be."""
        self._reserve(found=True)
        after = await self._guarded(fresh=False)
        assert after is not None
        return after

    def _reserve(self, found: bool) -> bool:
        if self._outside:
            return True
        dials = AgentDials(self.colleague.agent, self._id, found=found)
        return not any(isinstance(d, Refuse) for d in self._office.switchboard.tell(dials))

    async def _guarded(self, fresh: bool) -> After:
        try:
            if fresh:
                await self._caller.part()
                await self._ring()
            elif await self._is_up():
                metered = self._outside and not self._line.watched(self.colleague.channel)
                self.colleague.adopt(
                    self._office.calls_out.resumed(self._facts.hotline, None) if metered else None
                )
                await self._line.admit(self.colleague.channel)
            else:
                await self.colleague.hang_up()
                return await self._back(ConsultOutcome.FAILED)
            more = MOBILE_RINGS_MORE if self.colleague.mobile or self._outside else 0.0
            return await self._go_on(self._now() + RINGS_SECONDS + more)
        except CallerGone:
            if self._facts.consult is not None:
                self._ended(ConsultOutcome.CALLER_LEFT)
            raise
        finally:
            # Also when the call goes on elsewhere: whoever takes over is told of anew.
            self._office.switchboard.tell(ConsultOver(self._id, self.colleague.agent))

    @property
    def _outside(self) -> bool:
        return self.colleague.agent == OUTSIDE

    async def _ring(self) -> None:
        facts, calls_out = self._facts, self._office.calls_out
        if self._outside:
            await self.colleague.ring_outside(facts.call_id, calls_out.outside(self.number, facts.hotline))
        else:
            caller = facts.caller or NO_NUMBER
            await self.colleague.ring_best(self._office, facts.call_id, facts.hotline, caller)

    async def _is_up(self) -> bool:
        try:
            return (await self._office.ari.channels.get(self.colleague.channel)).state == "Up"
        except AriNotFound:
            return False

    async def _go_on(self, until: float) -> After:
        while True:
            if (after := await self._settled()) is not None:
                return after
            try:
                message = await self._line.next(
                    None if self.colleague.answered else max(until - self._now(), 0.0)
                )
            except TimeoutError:
                await self.colleague.hang_up()
                return await self._back(ConsultOutcome.NO_ANSWER)
            answered = self.colleague.answered
            self._leg.see(message)
            self.colleague.see(message)
            await self.colleague.attend()
            if self.colleague.answered and not answered:
                await self._line.admit(self.colleague.channel)
                self._record(
                    ConsultAnswered(at=utcnow(), call_id=self._facts.call_id, to_agent=self.colleague.agent)
                )
            elif (way := self._way(message)) is not None and (after := await self._take(way)) is not None:
                return after

    async def _settled(self) -> After | None:
        """Somebody's leg is gone: what that means."""
        if self._leg.ended is not None:
            if self.colleague.answered and self.colleague.ended is None:
                return self._over(ConsultOutcome.TRANSFERRED, After.TAKEN_OVER)
            if self.colleague.ended is None:
                await self.colleague.hang_up()
            return self._over(ConsultOutcome.FAILED, After.GIVEN_AWAY)
        if self.colleague.ended is None:
            return None
        self._line.release(self.colleague.channel)
        if self._joined:
            return self._over(ConsultOutcome.LEFT, After.BACK)
        if self.colleague.answered:
            return await self._back(ConsultOutcome.LEFT)
        refused = self.colleague.ended is OfferOutcome.REFUSED
        return await self._back(ConsultOutcome.REFUSED if refused else ConsultOutcome.FAILED)

    def _way(self, message: Message) -> ConsultWay | None:
        mine = isinstance(message, ConsultGoesOn) and message.agent == self._leg.agent
        return message.way if mine and isinstance(message, ConsultGoesOn) else None

    async def _take(self, way: ConsultWay) -> After | None:
        if way is ConsultWay.RETURN:
            await self.colleague.hang_up()
            if self._joined:
                return self._over(ConsultOutcome.LEFT, After.BACK)
            return await self._back(ConsultOutcome.RETURNED)
        if not self.colleague.answered:
            return None
        if way is ConsultWay.COMPLETE:
            return self._over(ConsultOutcome.TRANSFERRED, After.TAKEN_OVER)
        if not self._joined:
            await self._caller.reunite()
            self._record(
                ConsultJoined(at=utcnow(), call_id=self._facts.call_id, to_agent=self.colleague.agent)
            )
        return None

    async def _back(self, outcome: ConsultOutcome) -> After:
        await self._caller.reunite()
        return self._over(outcome, After.BACK)

    def _over(self, outcome: ConsultOutcome, after: After) -> After:
        self._ended(outcome)
        return after

    def _ended(self, outcome: ConsultOutcome) -> None:
        self._record(
            ConsultEnded(
                at=utcnow(),
                call_id=self._facts.call_id,
                agent=self._leg.agent,
                to_agent=self.colleague.agent,
                outcome=outcome,
            )
        )

    @property
    def _joined(self) -> bool:
        return self._facts.consult is not None and self._facts.consult.phase is ConsultPhase.JOINED
