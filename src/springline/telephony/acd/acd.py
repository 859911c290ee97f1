"""The automatic call distributor: which agent gets which call. Pure: time comes in, decisions go out.

Rules (requirements D3, G1):
- a queue's calls are served in the order they began to wait (a head start counts as waiting), calls at the
  front first; an agent with several queues gets the call that waited longest among them;
- a call that waits too long, or too long to be expected, waits in the lines of other queues as well;
- a queue's agents take turns: the next ready one after the agent offered last (the pointer);
- an agent has one call at most, ringing or talking; a missed, refused or failed offer goes to the next
  agent at once, and the agent gets no other offer for `retry_after`; two missed in a row pause the agent.
"""

from collections.abc import Iterable, Mapping
from math import inf

from springline.contracts.agents import AgentState
from springline.contracts.config import AgentConfig, QueueConfig
from springline.contracts.events import OfferOutcome
from springline.telephony.acd import agents as desk
from springline.telephony.acd import events as e
from springline.telephony.acd import looking, resetting
from springline.telephony.acd.book import Book
from springline.telephony.acd.configure import reconfigure
from springline.telephony.acd.decisions import AgentChanged, Decision, Refuse, Withdraw
from springline.telephony.acd.records import Agent, Call
from springline.telephony.acd.states import AgentStep
from springline.telephony.acd.timers import Timer

HANDLING_WEIGHT = 0.1
"""How much one call moves the time that a call is expected to take."""


class Acd:
    """`pointers`: queue id → agent offered last, as PointerMoved told it before a restart.

    All agents begin signed out with no device. Times are seconds of one monotonic clock. An agent's skill
    for a queue that does not exist is ignored.
    """

    def __init__(
        self, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig], pointers: Mapping[str, str]
    ) -> None:
        self._book = Book(pointers)
        reconfigure(self._book, queues, agents, 0.0)

    def handle(self, event: e.AcdEvent, now: float) -> tuple[Decision, ...]:
        """Apply `event`, then every deadline due at `now`: an answer that arrives together with the end of
        the ring time is an answer. Actions come first in the reply, the rows of changed agents last."""
        book = self._book
        code = self._apply(event, now)
        if code is not None:
            book.out.append(Refuse(code=code))
        for kind, subject in book.timers.due(now):
            book.recount()
            self._expire(kind, subject, now)
        return book.decide(now)

    def reconfigure(
        self, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig], now: float
    ) -> tuple[Decision, ...]:
        """Replace the configuration; no call is lost by it.

        A removed queue is served by its former agents until its calls are gone. A removed agent goes offline,
        after the call if there is one. Times of queues hold from the next offer, call or wrap-up on.
        """
        reconfigure(self._book, queues, agents, now)
        return self._book.decide(now)

    def next_wake(self, now: float) -> float | None:
        """When a Tick must come at the latest (not before `now`); None: only events can change anything."""
        when = self._book.timers.next()
        return None if when is None else max(when, now)

    def agents(self) -> tuple[AgentChanged, ...]:
        return tuple(desk.row_of(agent) for agent in self._book.agents.values())

    def agent(self, agent_id: str) -> AgentChanged | None:
        agent = self._book.agents.get(agent_id)
        return desk.row_of(agent) if agent else None

    def waiting(self, queue_id: str) -> tuple[str, ...]:
        """Ids of the calls in line, the next to be served first."""
        queue = self._book.queues.get(queue_id)
        return tuple(place[3] for place in queue.line) if queue else ()

    def standing(self, call_id: str) -> looking.Standing | None:
        """Of a call that waits in line; None for any other."""
        return looking.standing(self._book, call_id)

    def look(self, agent_id: str) -> looking.AgentLook | None:
        """All that decides whether this agent is offered a call; None when there is no such agent."""
        return looking.look(self._book, agent_id)

    def pointers(self) -> dict[str, str]:
        return dict(self._book.pointers)

    def _apply(self, event: e.AcdEvent, now: float) -> str | None:
        match event:
            case e.CallWaiting():
                return self._wait(event, now)
            case e.CallLeft(call_id):
                self._leave(call_id, now)
            case e.OfferAccepted(call_id, agent_id):
                self._accept(call_id, agent_id, now)
            case e.OfferFailed(call_id, agent_id, outcome):
                self._fail(call_id, agent_id, outcome, now)
            case e.CallFinished(call_id, agent_id):
                self._finish(call_id, agent_id, now)
            case e.CallReturned(call_id, agent_id):
                self._return(call_id, agent_id, now)
            case e.ConsultOver(call_id, agent_id):
                self._let_go(call_id, agent_id, now)
            case e.AgentAdopted():
                return self._adopt(event, now)
            case e.AgentDials():
                return self._dial(event, now)
            case e.Tick():
                pass
            case _:
                return self._command(event, now)
        return None

    def _command(
        self,
        event: e.SignIn
        | e.SignOut
        | e.SetReady
        | e.SetPaused
        | e.DeviceUp
        | e.DeviceDown
        | e.UseMobile
        | e.Reset,
        now: float,
    ) -> str | None:
        agent = self._book.agents.get(event.agent)
        if agent is None:
            return "unknown_agent"
        self._book.touch(agent)
        match event:
            case e.SignIn():
                return desk.sign_in(agent, now)
            case e.SignOut():
                return desk.sign_out(agent, now)
            case e.SetReady():
                return desk.set_ready(agent, now)
            case e.SetPaused(_, reason):
                return desk.set_paused(agent, reason, now)
            case e.UseMobile(_, use):
                return desk.use_mobile(agent, use, now)
            case e.Reset():
                resetting.reset(self._book, agent, now)
            case e.DeviceUp():
                desk.device_up(agent, now)
            case e.DeviceDown():
                self._lose_device(agent, now)
        return None

    def _lose_device(self, agent: Agent, now: float) -> None:
        agent.online = False
        if agent.reachable:
            return
        if agent.state is AgentState.RINGING:
            self._withdraw(agent, OfferOutcome.FAILED, now)
        elif agent.state is not AgentState.TALKING:
            if agent.wrap_until > now:
                agent.owed, agent.wrap_until = agent.wrap_until - now, -inf
            desk.settle(agent, now)

    # Calls

    def _wait(self, event: e.CallWaiting, now: float) -> str | None:
        book = self._book
        queue = book.queues.get(event.queue)
        if queue is None or queue.retired:
            return "unknown_queue"
        if event.call in book.calls:
            return "duplicate_call"
        call = book.enter(event.call, queue, event.since)
        call.place = (not event.front, event.since - event.head_start, *call.place[2:])
        call.wanted, call.handed = event.wanted, event.handed
        self._be_patient(call, queue.config, now if event.front else event.since, now)
        if queue.wait_at(queue.ahead_of(call.place)) > queue.config.overflow_wait and not queue.ready:
            call.spread = True
        book.line_up(call, now)
        return None

    def _be_patient(self, call: Call, config: QueueConfig, since: float, now: float) -> None:
        """Set when the call gives up, and when it goes to the helpers' lines."""
        book = self._book
        call.patience_ends = since + config.max_wait
        book.wait_until(call, call.patience_ends)
        if not config.overflow_to or call.spread:
            return
        if since + config.overflow_after <= now:
            call.spread = True
        else:
            book.timers.set(since + config.overflow_after, Timer.OVERFLOW, call.id)

    def _leave(self, call_id: str, now: float) -> None:
        call = self._book.calls.get(call_id)
        if call is None:
            return
        if call.agent is None:
            self._book.forget(call)
            self._book.grant_wrap_up(call, now)
        elif call.talking:
            self._finish(call_id, call.agent, now)
        else:
            self._withdraw(self._book.agents[call.agent], OfferOutcome.CALLER_LEFT, now)

    def _accept(self, call_id: str, agent_id: str, now: float) -> None:
        offer = self._pair(call_id, agent_id)
        if offer is None:
            self._book.out.append(
                Withdraw(call=call_id, agent=agent_id, outcome=OfferOutcome.INTERRUPTED),
            )
            return
        call, agent = offer
        if agent.state is AgentState.RINGING:
            self._book.touch(agent)
            desk.take(agent, AgentStep.ANSWER, now)
            self._book.timers.cancel(Timer.RING, agent_id)
            self._book.timers.cancel(Timer.MAX_WAIT, call_id)
            self._book.timers.cancel(Timer.OVERFLOW, call_id)
            agent.misses = 0
            call.talking, call.taken_at, call.torn_from = True, now, None

    def _fail(self, call_id: str, agent_id: str, outcome: OfferOutcome, now: float) -> None:
        offer = self._pair(call_id, agent_id)
        if offer is not None and offer[1].state is AgentState.RINGING:
            self._book.end_offer(*offer, outcome, now)

    def _withdraw(self, agent: Agent, outcome: OfferOutcome, now: float) -> None:
        assert agent.call is not None
        call = self._book.calls[agent.call]
        self._book.out.append(Withdraw(call=call.id, agent=agent.id, outcome=outcome))
        self._book.end_offer(call, agent, outcome, now)

    def _finish(self, call_id: str, agent_id: str, now: float) -> None:
        talk = self._pair(call_id, agent_id)
        if talk is None or talk[1].state is not AgentState.TALKING:
            return
        call, agent = talk
        book = self._book
        book.touch(agent)
        queue = book.queues[call.queue]
        wrap_up = queue.config.wrap_up
        if not call.outgoing:
            queue.handling += HANDLING_WEIGHT * (now - call.taken_at + wrap_up - queue.handling)
        if wrap_up > 0:
            agent.wrap_until, agent.owed = now + wrap_up, 0.0
        book.forget(call)
        book.let_go(agent, now)

    def _return(self, call_id: str, agent_id: str, now: float) -> None:
        talk = self._pair(call_id, agent_id)
        if talk is None or talk[1].state is not AgentState.TALKING:
            return
        call, agent = talk
        book = self._book
        config = book.queues[call.queue].config
        book.touch(agent)
        # The loss of the registration may be told after the loss of the leg: do not ring a dead device.
        book.cool_down(agent, config.retry_after, now)
        book.let_go(agent, now)
        call.place, call.torn_from = (False, *call.place[1:]), agent.id
        self._be_patient(call, config, now, now)
        book.line_up(call, now)

    def _let_go(self, call_id: str, agent_id: str, now: float) -> None:
        talk = self._pair(call_id, agent_id)
        if talk is not None:
            call, agent = talk
            self._book.touch(agent)
            self._book.forget(call)
            self._book.let_go(agent, now)

    def _adopt(self, event: e.AgentAdopted, now: float) -> str | None:
        book = self._book
        agent, queue = book.agents.get(event.agent), book.queues.get(event.queue)
        if agent is None:
            return "unknown_agent"
        if queue is None:
            return "unknown_queue"
        if agent.call is not None:
            return "busy"
        if event.call in book.calls:
            return "duplicate_call"
        book.touch(agent)
        agent.signed_in, agent.paused, agent.pause_reason = True, False, None
        agent.wrap_until, agent.owed = -inf, 0.0
        desk.take(agent, AgentStep.ADOPT, now)
        call = book.enter(event.call, queue, now)
        agent.call, call.agent, call.talking, call.taken_at = call.id, agent.id, True, now
        return None

    def _dial(self, event: e.AgentDials, now: float) -> str | None:
        book = self._book
        agent = book.agents.get(event.agent)
        code = _why_no_call(agent, event.found)
        if agent is None or code is not None:
            return code
        if event.call in book.calls:
            return "duplicate_call"
        book.touch(agent)
        agent.wrap_until, agent.owed, agent.signed_in = -inf, 0.0, True
        desk.take(agent, AgentStep.ADOPT, now)
        call = book.enter(event.call, book.queues[min(agent.queues)], now)
        agent.call, call.agent, call.talking, call.taken_at = call.id, agent.id, True, now
        call.outgoing = True
        return None

    def _pair(self, call_id: str, agent_id: str) -> tuple[Call, Agent] | None:
        """The call and its agent if they belong together now, ringing or talking."""
        call, agent = self._book.calls.get(call_id), self._book.agents.get(agent_id)
        if call is None or agent is None or call.agent != agent_id:
            return None
        return call, agent

    # Time

    def _expire(self, kind: Timer, subject: str, now: float) -> None:
        book = self._book
        if kind is Timer.MAX_WAIT:
            call = book.calls[subject]
            if call.agent is None and book.out_of_patience(call, now):
                book.give_up(call, now)
            return
        if kind is Timer.OVERFLOW:
            book.spread(book.calls[subject])
            return
        agent = book.agents[subject]
        book.touch(agent)
        if kind is Timer.RING:
            self._withdraw(agent, OfferOutcome.NO_ANSWER, now)
        elif agent.call is None:
            desk.settle(agent, now)


def _why_no_call(agent: Agent | None, found: bool) -> str | None:
    """Why this agent cannot be calling anybody now; None: can, or was `found` to do so."""
    if agent is None:
        return "unknown_agent"
    if agent.call is not None:
        return "busy"
    if not agent.signed_in and not found:
        return "not_signed_in"
    if not agent.reachable and not found:
        return "device_away"
    return None if agent.queues else "no_queue"
