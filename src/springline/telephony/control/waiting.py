"""A caller in the line of a queue: music, announcements, and agents' devices that ring."""

import asyncio
from collections.abc import Callable
from math import inf

from springline.contracts.event import utcnow
from springline.contracts.events import AgentOffered, AnyCallEvent, CallOverflowed, KeyPressed, OfferOutcome
from springline.telephony.acd import CallLeft, CallWaiting, OfferAccepted, OfferFailed, Refuse, Withdraw
from springline.telephony.ari.generated.events import ChannelDtmfReceived
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.announcing import position
from springline.telephony.control.clock_steps import elapsed
from springline.telephony.control.facts import Facts
from springline.telephony.control.ladder import Ladder
from springline.telephony.control.line import Line, Message, key_of
from springline.telephony.control.messages import OfferMade, OfferWithdrawn, OverflowedTo, WaitedTooLong
from springline.telephony.control.office import Office

ANNOUNCEMENT = ("queue.wait",)
OVERFLOW_ANNOUNCEMENT = ("queue.overflow",)
ASK_KEY = "1"
ANNOUNCE_EVERY_SECONDS = 20.0


class Waiting:
    """`may_ask`: there is somewhere to leave a message. `asked`: the caller would rather do that."""

    def __init__(
        self,
        office: Office,
        line: Line,
        facts: Facts,
        record: Callable[[AnyCallEvent], None],
        may_ask: bool = False,
    ) -> None:
        self.asked = False
        self._may_ask = may_ask
        self._offered_to_ask = False
        self._office = office
        self._line = line
        self._facts = facts
        self._record = record
        self._ladder: Ladder | None = None
        self._now = asyncio.get_running_loop().time

    async def run(self, prompts: tuple[str, ...]) -> AgentLeg | None:
        """The leg of the agent who answered, its offer still open; or None when nobody can serve: the queue's
        longest wait is over, the queue is no more, or the caller asked for something else."""
        if not self._enter_queue():
            return None
        if prompts:
            await self._line.say(prompts)
        every = self._announce_every()
        announce_at = self._now() + every
        while True:
            if not self._line.saying:
                await self._line.music(True)
            step_at = self._ladder.step_at if self._ladder is not None else None
            try:
                message = await self._line.next(max(min(announce_at, step_at or inf) - self._now(), 0.0))
            except TimeoutError:
                if self._ladder is not None and step_at is not None and step_at <= announce_at:
                    await self._ladder.step()
                    if (answered := await self._answered_or_failed(self._ladder.leg)) is not None:
                        return answered
                    continue
                await self._line.say(self._announcement())
                announce_at = self._now() + every
                continue
            if isinstance(message, WaitedTooLong):
                await self._give_up()
                return None
            if self._asks(message):
                await self._leave()
                return None
            if isinstance(message, OverflowedTo):
                await self._overflowed(message)
            if (answered := await self._take(message)) is not None:
                return answered

    def _announcement(self) -> tuple[str, ...]:
        """How many are before, while nobody rings for this caller; and what to press instead of waiting."""
        standing = self._office.switchboard.standing(self._facts.call_id) if self._may_ask else None
        said = position(standing.ahead, standing.seconds) if standing is not None else None
        self._offered_to_ask = self._offered_to_ask or said is not None
        return said or ANNOUNCEMENT

    def _asks(self, message: Message) -> bool:
        """A key that was pressed before it was offered is a late one of the menus."""
        return self._offered_to_ask and self._key(message) == ASK_KEY

    def _key(self, message: Message) -> str | None:
        """The caller's; who picks up a mobile presses keys as well."""
        if isinstance(message, ChannelDtmfReceived) and message.channel.id != self._line.channel:
            return None
        return key_of(message)

    async def _leave(self) -> None:
        self.asked = True
        call_id = self._facts.call_id
        self._record(KeyPressed(at=utcnow(), call_id=call_id, node=self._queue, key=ASK_KEY, accepted=True))
        self._office.switchboard.tell(CallLeft(call_id))
        if self._ladder is not None:
            await self._end_offer(OfferOutcome.CALLER_LEFT)
        await self._line.music(False)

    async def _overflowed(self, message: OverflowedTo) -> None:
        """Told once, also when the rules are told of the call again after a restart."""
        if self._facts.overflowed:
            return
        self._record(CallOverflowed(at=utcnow(), call_id=self._facts.call_id, queues=message.queues))
        if self._ladder is None:
            await self._line.say(OVERFLOW_ANNOUNCEMENT)

    @property
    def _queue(self) -> str:
        assert self._facts.queue is not None
        return self._facts.queue

    def _announce_every(self) -> float:
        """A new config may have removed the queue under its calls."""
        queue = self._office.plan.queues.get(self._queue)
        return queue.announce_every if queue else ANNOUNCE_EVERY_SECONDS

    def _enter_queue(self) -> bool:
        """The rules may know the call already, after a lost link; then they refuse it as a duplicate."""
        now = utcnow()
        waited = elapsed(self._facts.queued_at or now, now)
        # Who was served before and lost the agent has not waited all that time.
        front = self._facts.handled
        handed = self._facts.wanted
        decisions = self._office.switchboard.tell(
            CallWaiting(
                self._facts.call_id,
                self._queue,
                since=self._now() - waited,
                front=front,
                head_start=self._head_start(),
                wanted=handed or (self._facts.resolved.last_agent if self._facts.resolved else None),
                handed=handed is not None,
            )
        )
        return Refuse(code="unknown_queue") not in decisions

    def _head_start(self) -> float:
        """Whose water is on its way, or who called in vain before, waits less."""
        queue, found = self._office.plan.queues.get(self._queue), self._facts.resolved
        if queue is None or found is None or not (found.open_order or found.repeated):
            return 0.0
        return queue.head_start

    async def _take(self, message: Message) -> AgentLeg | None:
        if (key := self._key(message)) is not None:
            self._record(
                KeyPressed(
                    at=utcnow(), call_id=self._facts.call_id, node=self._queue, key=key, accepted=False
                )
            )
        elif isinstance(message, OfferMade):
            await self._ring(message)
        elif isinstance(message, OfferWithdrawn) and self._ladder and self._ladder.leg.agent == message.agent:
            await self._end_offer(message.outcome)
        if self._ladder is not None:
            await self._ladder.see(message)
            return await self._answered_or_failed(self._ladder.leg)
        return None

    async def _ring(self, offer: OfferMade) -> None:
        self._record(
            AgentOffered(
                at=utcnow(),
                call_id=self._facts.call_id,
                agent=offer.agent,
                queue=offer.queue,
                attempt=offer.attempt,
            )
        )
        self._ladder = Ladder(self._office, self._line, self._facts, offer.agent, offer.queue)
        await self._ladder.begin()

    async def _answered_or_failed(self, leg: AgentLeg) -> AgentLeg | None:
        call_id = self._facts.call_id
        if leg.ended is not None:
            outcome = leg.ended
            await self._end_offer(outcome, over=True)
            self._office.switchboard.tell(OfferFailed(call_id, leg.agent, outcome))
        elif leg.answered:
            decisions = self._office.switchboard.tell(OfferAccepted(call_id, leg.agent))
            late = next((d for d in decisions if isinstance(d, Withdraw)), None)
            if late is not None:
                await self._end_offer(late.outcome)
                return None
            self._ladder = None
            return leg
        return None

    async def _end_offer(self, outcome: OfferOutcome, over: bool = False) -> None:
        ladder, self._ladder = self._ladder, None
        if ladder is None:
            return
        leg = ladder.leg
        self._record(self._facts.offer_ended(outcome, utcnow()))
        if over:
            self._line.release(leg.channel)
        else:
            await leg.hang_up()

    async def _give_up(self) -> None:
        if self._ladder is not None:
            await self._end_offer(OfferOutcome.INTERRUPTED)
        await self._line.music(False)
