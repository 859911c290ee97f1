"""A call that an agent makes, as straight code: the agent's device rings, then the called party's.

The called party's leg is the call's line, so recording and conversation are those of any call. The agent says
that the call is recorded (`cb.open`): nothing is recorded before both can hear each other.
"""

import asyncio

from springline.contracts.event import utcnow
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    CallAnswered,
    CallEnded,
    HangupBy,
    OfferOutcome,
)
from springline.telephony.acd import CallFinished
from springline.telephony.ari import AriDisconnected, AriError
from springline.telephony.ari.generated.events import StasisStart
from springline.telephony.control import numbers
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.any_call import AnyCall
from springline.telephony.control.conversation import Conversation, Ending
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import CallerGone, Line, LinkRestored, Message
from springline.telephony.control.messages import OfferMade
from springline.telephony.control.office import Office
from springline.telephony.control.recording import Files, talked
from springline.telephony.control.recovery import Found

CALLED_ROLE = "called"
AGENT_RINGS_SECONDS = 25.0
CALLED_RINGS_SECONDS = 60
GONE_WITHIN_SECONDS = 5.0
CAUSE_NO_ANSWER = 19


class OutboundCall(AnyCall):
    """`trunk` is the engine's endpoint that leads to the carrier."""

    def __init__(self, office: Office, facts: Facts, agent: str, trunk: str = "trunk") -> None:
        self.facts = facts
        self._office = office
        self._agent = agent
        self._trunk = trunk
        self._line = Line(office.ari, facts.channel_id, office.sounds)
        self._files = Files(office, facts)
        self._leg: AgentLeg | None = None
        self._dialled = False
        self._now = asyncio.get_running_loop().time
        office.switchboard.enter(facts.call_id, self._line)

    async def run(self, found: Found | None = None) -> None:
        """Until both legs are gone. `found`: the conversation goes on after a restart of control."""
        self._show()
        try:
            if found is not None:
                await self._adopt(found)
            elif not await self._connect():
                await self.end(self._line.ended_by or HangupBy.SYSTEM, CAUSE_NO_ANSWER)
                return
            await self._talk()
        except CallerGone as gone:
            await self.end(gone.by, gone.cause)
        except (AriDisconnected, LinkRestored):
            # What is not connected yet is not worth saving: the agent tries again.
            await self.end(HangupBy.ENGINE, 0)
        finally:
            self._line.close()

    @property
    def held(self) -> frozenset[str]:
        return super().held | {self._line.channel}

    @property
    def expected(self) -> frozenset[str]:
        return super().expected if self._dialled else self._line.legs

    # Both legs

    async def _connect(self) -> bool:
        """False when the agent's device did not answer, or nothing could be called."""
        leg = self._leg = AgentLeg(self._line, self._agent, "")
        call_id = self.facts.call_id
        self.record(AgentOffered(at=utcnow(), call_id=call_id, agent=self._agent, queue="", attempt=1))
        await leg.ring_best(self._office, call_id, self.facts.hotline, self.facts.caller or "")
        outcome = await self._agent_answers(leg)
        self.record(self.facts.offer_ended(outcome, utcnow()))
        if outcome is not OfferOutcome.ANSWERED:
            return False
        await self._dial()
        await self._called_answers(leg)
        self.record(CallAnswered(at=utcnow(), call_id=call_id))
        return True

    async def _agent_answers(self, leg: AgentLeg) -> OfferOutcome:
        until = self._now() + AGENT_RINGS_SECONDS
        while not leg.answered and leg.ended is None and self._line.ended_by is None:
            try:
                leg.see(await self._line.next(max(until - self._now(), 0.0)))
                await leg.attend()
            except TimeoutError:
                return OfferOutcome.NO_ANSWER
        return leg.ended or (OfferOutcome.ANSWERED if leg.answered else OfferOutcome.INTERRUPTED)

    async def _dial(self) -> None:
        """Call the other party, and let the agent hear that it rings. Raises CallerGone."""
        channels, number = self._office.ari.channels, self.facts.caller or ""
        assert self._leg is not None
        try:
            await channels.ring(self._leg.channel)
            await channels.originate_with_id(
                self._line.channel,
                endpoint=f"PJSIP/{numbers.dialled(number)}@{self._trunk}",
                app=self._office.ari.app,
                app_args=CALLED_ROLE,
                caller_id=f'"" <{self.facts.dialled}>',
                timeout=CALLED_RINGS_SECONDS,
                variables={"SL_ROLE": CALLED_ROLE, "SL_CALL": self.facts.call_id},
            )
        except AriDisconnected:
            raise
        except AriError as error:
            raise CallerGone(0, HangupBy.ENGINE) from error
        self._dialled = True

    async def _called_answers(self, leg: AgentLeg) -> None:
        """Raises CallerGone when they do not, or when the agent hangs up meanwhile."""
        while True:
            message: Message = await self._line.next()
            leg.see(message)
            if isinstance(message, StasisStart) and message.channel.id == self._line.channel:
                await self._office.ari.channels.ring_stop(leg.channel)
                return
            if leg.ended is not None:
                await self._hang_up(HangupBy.AGENT)

    async def _hang_up(self, by: HangupBy) -> None:
        """End the called party's leg. Raises CallerGone."""
        await self._line.hang_up(by)
        try:
            async with asyncio.timeout(GONE_WITHIN_SECONDS):
                await self._line.until_gone()
        except TimeoutError:
            raise CallerGone(0, by) from None

    # The conversation

    async def _talk(self) -> None:
        leg = self._leg
        assert leg is not None
        talk = Conversation(self._office, self._line, leg, self.facts, self.record, self._files)
        if self.facts.connected_at is None:
            if not await talk.connect():
                await self._hang_up(HangupBy.AGENT)
            self._connected()
            talk.recorded()
        if await self._talk_on(talk, leg) is Ending.LOST:
            now, call_id = utcnow(), self.facts.call_id
            self.record(AgentLost(at=now, call_id=call_id, agent=self._agent, cause=leg.cause))
        await self._hang_up(HangupBy.AGENT)

    async def _talk_on(self, talk: Conversation, leg: AgentLeg) -> Ending:
        """A lost link to the engine does not end a conversation."""
        while True:
            try:
                return await talk.run()
            except LinkRestored as back:
                state = back.state
            except AriDisconnected:
                state = await self._line.restored(_no_offer)
            if leg.channel in state.gone:
                leg.ended = OfferOutcome.FAILED

    def _connected(self) -> None:
        now, call_id = utcnow(), self.facts.call_id
        self.record(
            AgentConnected(
                at=now,
                call_id=call_id,
                agent=self._agent,
                queue="",
                wait_seconds=0.0,
                mobile=self._leg is not None and self._leg.mobile,
            )
        )

    async def _adopt(self, found: Found) -> None:
        if found.agent_leg is None or found.bridge is None or self.facts.connected_at is None:
            await self._hang_up(HangupBy.SYSTEM)
            return
        self._dialled = True
        self._line.adopt_bridge(found.bridge)
        self._leg = AgentLeg(self._line, self._agent, "", found.agent_leg)
        resumed, facts = self._office.calls_out.resumed, self.facts
        self._leg.adopt(resumed(facts.hotline, facts.connected_at) if facts.mobile else None)

    async def end(self, by: HangupBy, cause: int) -> None:
        """Last events, the agent's wrap-up, and whatever legs are left."""
        if self.facts.ended:
            return
        now, facts = utcnow(), self.facts
        if facts.offer_open:
            self.record(facts.offer_ended(OfferOutcome.INTERRUPTED, now))
        outcome, seconds = facts.outcome(by), talked(self._office, facts, by, now)
        self.record(
            CallEnded(
                at=now, call_id=facts.call_id, by=by, outcome=outcome, cause=cause, talk_seconds=seconds
            )
        )
        self._office.switchboard.tell(CallFinished(facts.call_id, self._agent))
        self._office.switchboard.leave(facts.call_id)
        self._office.board.remove("call", facts.call_id)
        self._files.close()
        await self._line.hang_up(by)
        await self._line.clear_up()


def _no_offer(_offer: OfferMade) -> None:
    """An agent's own call is offered to nobody."""
