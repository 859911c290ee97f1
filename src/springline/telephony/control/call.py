"""One call, from INVITE to hang-up, as straight code: greet, ask, queue, ring, talk, end.

What happened is kept in `facts`, so the same code goes on wherever it stood after a lost link to the
engine or a restart of control.
"""

import asyncio

import msgspec

from springline.contracts.config import HotlineConfig
from springline.contracts.event import utcnow
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    CallAnswered,
    CallEnded,
    CallQueued,
    HangupBy,
    OfferOutcome,
)
from springline.contracts.handovers import OUTSIDE, CallTransferred
from springline.contracts.voicemail import MessageOffered
from springline.telephony.acd import AgentAdopted, CallFinished, CallReturned, OfferFailed
from springline.telephony.ari import AriDisconnected, Resynced, in_stasis
from springline.telephony.control import picked_up
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.any_call import AnyCall
from springline.telephony.control.clock_steps import elapsed
from springline.telephony.control.conversation import Conversation, Ending
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import CallerGone, Line, LinkRestored
from springline.telephony.control.menu import Menu
from springline.telephony.control.messages import OfferMade, TransferAsked
from springline.telephony.control.office import Office
from springline.telephony.control.outside import OutsideNumber
from springline.telephony.control.recording import (
    BACK_ARGUMENT,
    NO_RECORDER,
    RECORD_CONTEXT,
    Files,
    message_finished,
    talked,
)
from springline.telephony.control.recovery import Found
from springline.telephony.control.voicemail import Voicemail, can_be_called_back_soon
from springline.telephony.control.waiting import Waiting
from springline.telephony.flow import End, Enqueue, Flow, FlowRun, Leave

UNSERVED_PROMPTS = ("queue.wait", "outarea.bye")
HANDED_OVER_PROMPTS = ("queue.wait",)
BROKEN_PROMPTS = ("queue.broken",)


class Call(AnyCall):
    def __init__(self, office: Office, facts: Facts, hotline: HotlineConfig, flow: Flow) -> None:
        self.facts = facts
        self._office = office
        self._hotline = hotline
        self._flow = flow
        self._line = Line(office.ari, facts.channel_id, office.sounds)
        self._files = Files(office, facts)
        self._leg: AgentLeg | None = None
        self._to_say: tuple[str, ...] = ()
        office.switchboard.enter(facts.call_id, self._line)

    async def run(self, found: Found | None = None) -> None:
        """Until the caller is gone. `found`: control met the call again after a restart, as it is now."""
        self._show()
        try:
            if found is not None:
                self._adopt(found)
            here = found is None or found.here
            state: Resynced | None = None
            while True:
                try:
                    if not here:
                        await self._line.until_here()
                        here = True
                    if state is not None:
                        await self._reconcile(state)
                    await self._go_on()
                except LinkRestored as back:
                    state = back.state
                except AriDisconnected:
                    state = await self._line.restored(self._turn_down)
        except CallerGone as gone:
            await self.end(gone.by, gone.cause)
        finally:
            self._line.close()

    def claim(self, found: Found) -> None:
        """Before it runs: nobody takes its legs for strays."""
        if found.bridge is not None:
            self._line.adopt_bridge(found.bridge)
        for leg in (found.agent_leg, self.facts.consult and self.facts.consult.channel_id):
            if leg:
                self._line.claim(leg)

    async def _go_on(self) -> None:
        await self._line.quiet()
        if self.facts.answered_at is None:
            await self._answer()
        if self.facts.resolved is None:
            self.record(await self._office.locator.find(self.facts))
        if self.facts.queue is None and self.facts.message_reason is None:
            await self._choose()
        while self.facts.message_reason is None:
            if self._leg is None and self.facts.wanted == OUTSIDE:
                self._leg = await OutsideNumber(self._office, self._line, self.facts, self.record).run()
            if self._leg is None:
                self._leg = await self._wait()
            if self._leg is not None:
                await self._talk(self._leg)
        prompts, self._to_say = self._to_say, ()
        await Voicemail(self._office, self._line, self.facts, self._hotline, self.record).run(prompts)

    async def _answer(self) -> None:
        """The caller is looked up meanwhile: it costs no time that the answer does not take anyway."""
        finding = asyncio.create_task(self._office.locator.find(self.facts))
        try:
            await self._line.do(self._office.ari.channels.answer(self._line.channel))
            self.record(CallAnswered(at=utcnow(), call_id=self.facts.call_id))
            self.record(msgspec.structs.replace(await finding, at=utcnow()))
        finally:
            finding.cancel()

    async def _choose(self) -> None:
        run = FlowRun(self._flow, self.facts.node)
        chosen = await Menu(self._line, run, self._hotline, self.facts, self.record).run()
        if isinstance(chosen, End):
            await self._say_goodbye(chosen.prompts, HangupBy.SYSTEM)
        elif isinstance(chosen, Leave):
            self._to_say = chosen.prompts
            self.record(
                MessageOffered(
                    at=utcnow(),
                    call_id=self.facts.call_id,
                    reason=chosen.reason,
                    intent=chosen.intent,
                    region=chosen.region,
                )
            )
        elif isinstance(chosen, Enqueue):
            self._to_say = chosen.prompts
            self.record(
                CallQueued(
                    at=utcnow(),
                    call_id=self.facts.call_id,
                    queue=chosen.queue,
                    via=chosen.via,
                    intent=chosen.intent,
                    region=chosen.region,
                )
            )

    async def _wait(self) -> AgentLeg | None:
        if self._line.bridged:
            # Left over from an agent who is gone: nothing may be recorded while the caller waits.
            await self._line.leave_bridge(RECORD_CONTEXT, NO_RECORDER, BACK_ARGUMENT)
        assert self.facts.queue is not None
        prompts, self._to_say = self._to_say, ()
        node = self._flow.message_of(self.facts.queue)
        waiting = Waiting(self._office, self._line, self.facts, self.record, may_ask=node is not None)
        leg = await waiting.run(prompts)
        if leg is None and node is None:
            await self._say_goodbye(UNSERVED_PROMPTS, HangupBy.SYSTEM)
        elif leg is None and node is not None:
            self._offer_message("asked" if waiting.asked else node.reason, node.prompts)
        return leg

    def _offer_message(self, reason: str, prompts: tuple[str, ...]) -> None:
        now = utcnow()
        if not can_be_called_back_soon(self._hotline, now):
            closed = next((n for n in self._flow.messages() if n.reason == "closed"), None)
            reason, prompts = ("closed", closed.prompts) if closed is not None else (reason, prompts)
        self._to_say = () if reason == "asked" else prompts
        self.record(MessageOffered(at=now, call_id=self.facts.call_id, reason=reason))

    async def _talk(self, leg: AgentLeg) -> None:
        talk = Conversation(self._office, self._line, leg, self.facts, self.record, self._files)
        if self.facts.connected_at is None:
            if not await talk.connect():
                self._leg = None
                self.record(self.facts.offer_ended(OfferOutcome.FAILED, utcnow()))
                self._office.switchboard.tell(CallReturned(self.facts.call_id, leg.agent))
                return
            # Only now: an answer that no conversation follows is none.
            if self.facts.offer_open:
                self.record(self.facts.offer_ended(OfferOutcome.ANSWERED, utcnow()))
            now = utcnow()
            self._connected(leg, elapsed(self.facts.waiting_since or now, now))
            talk.recorded()
        ending = await talk.run()
        self._leg = None
        match ending:
            case Ending.LOST:
                call_id = self.facts.call_id
                self.record(AgentLost(at=utcnow(), call_id=call_id, agent=leg.agent, cause=leg.cause))
                self._office.switchboard.tell(CallReturned(call_id, leg.agent))
                await self._without(leg, BROKEN_PROMPTS)
            case Ending.GIVEN_AWAY if talk.handover is not None:
                self._transferred(leg, talk.handover, attended=False)
                await self._without(leg, HANDED_OVER_PROMPTS)
            case Ending.TAKEN_OVER if talk.colleague is not None:
                await self._taken_over(talk, leg, talk.colleague)
            case _:
                self._office.switchboard.tell(CallFinished(self.facts.call_id, leg.agent))
                await self._line.hang_up(HangupBy.AGENT)
                await self._line.until_gone()

    async def _without(self, leg: AgentLeg, prompts: tuple[str, ...]) -> None:
        """Back to the line of a queue."""
        self._to_say = prompts
        self._files.close()
        await leg.hang_up()

    def _transferred(self, leg: AgentLeg, to: TransferAsked, attended: bool) -> None:
        call_id = self.facts.call_id
        self.record(
            CallTransferred(
                at=utcnow(),
                call_id=call_id,
                agent=leg.agent,
                queue=to.queue,
                to_agent=to.to_agent,
                attended=attended,
                number=to.number,
            )
        )
        self._office.switchboard.tell(CallFinished(call_id, leg.agent))

    async def _taken_over(self, talk: Conversation, leg: AgentLeg, colleague: AgentLeg) -> None:
        """The colleague who was asked talks on with the caller."""
        assert talk.handover is not None
        self._transferred(leg, talk.handover, attended=True)
        self._office.switchboard.tell(AgentAdopted(colleague.agent, self.facts.call_id, leg.queue))
        self._leg = colleague
        self._files.close()
        self._connected(colleague, 0.0)
        await talk.reunite()
        await leg.hang_up()

    def _connected(self, leg: AgentLeg, waited: float) -> None:
        self.record(
            AgentConnected(
                at=utcnow(),
                call_id=self.facts.call_id,
                agent=leg.agent,
                queue=leg.queue,
                wait_seconds=round(waited, 3),
                mobile=leg.mobile,
            )
        )

    async def _say_goodbye(self, prompts: tuple[str, ...], by: HangupBy) -> None:
        if prompts:
            await self._line.say(prompts)
        while self._line.saying:
            await self._line.next()
        await self._line.hang_up(by)
        await self._line.until_gone()

    def _adopt(self, found: Found) -> None:
        self._line.adopt_sound()
        agent, queue = self.facts.agent, self.facts.queue
        if agent is None or queue is None:
            return
        if found.agent_leg is not None:
            self._leg = AgentLeg(self._line, agent, queue, found.agent_leg)
            self._leg.adopt(
                self._office.calls_out.resumed(self.facts.hotline, self.facts.connected_at)
                if self.facts.over_trunk
                else None
            )
        elif self.facts.connected_at is not None:
            self.record(AgentLost(at=utcnow(), call_id=self.facts.call_id, agent=agent))
            self._to_say = BROKEN_PROMPTS
            self._files.close()
        else:
            self._interrupt()

    async def _reconcile(self, state: Resynced) -> None:
        """Events are missing: what the engine still has is the truth."""
        if not in_stasis(state.channels[self._line.channel], self._office.ari.app):
            await self._line.until_here()
        self._line.forget_sound()
        if self._line.ended_by is not None:
            await self._line.hang_up(self._line.ended_by)
            await self._line.until_gone()
        leg = self._leg
        if leg is not None and self.facts.connected_at is not None:
            if leg.channel in state.gone:
                leg.ended = OfferOutcome.FAILED
                # After a lost link most likely the agent hung up; whom a comparison finds still there waits.
                leg.vanished = state.compared
        elif self.facts.agent is not None:
            call_id, agent = self.facts.call_id, self.facts.agent
            self._leg = picked_up.after_lost_link(self._office, self._line, self.facts, leg, state)
            if self._leg is not None:
                return
            self._interrupt()
            # For the queues the agent still rings, or has answered already: one of the two is too late.
            self._office.switchboard.tell(OfferFailed(call_id, agent, OfferOutcome.INTERRUPTED))
            self._office.switchboard.tell(CallReturned(call_id, agent))
            await self._line.drop_others()

    def _turn_down(self, offer: OfferMade) -> None:
        self._office.switchboard.tell(OfferFailed(self.facts.call_id, offer.agent, OfferOutcome.INTERRUPTED))

    def _interrupt(self) -> None:
        self.record(self.facts.offer_ended(OfferOutcome.INTERRUPTED, utcnow()))

    async def end(self, by: HangupBy, cause: int) -> None:
        """The caller is gone: last events, queues, board, and whatever legs are left."""
        if self.facts.ended:
            return
        now = utcnow()
        facts, switchboard = self.facts, self._office.switchboard
        if facts.connected_at is not None and self._leg is not None:
            switchboard.tell(CallFinished(facts.call_id, self._leg.agent))
        elif facts.agent is not None and facts.connected_at is None:
            self.record(facts.offer_ended(OfferOutcome.CALLER_LEFT, now))
        if facts.message is not None and facts.message_seconds is None:
            self.record(message_finished(self._office, facts))
        self.record(
            CallEnded(
                at=now,
                call_id=facts.call_id,
                by=by,
                outcome=facts.outcome(by),
                cause=cause,
                talk_seconds=talked(self._office, facts, by, now),
            )
        )
        switchboard.leave(facts.call_id)
        self._office.board.remove("call", facts.call_id)
        self._files.close()
        await self._line.clear_up()
