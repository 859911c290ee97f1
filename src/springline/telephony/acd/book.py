"""Agents, calls and queues with their indexes, and the moves that keep them consistent.

At rest no agent who can be offered a call serves a queue in which one waits. So a move needs to look only
at the queues it touched (`_open`): its cost is that of an agent's own queues, not of all agents or calls.
"""

import heapq
from collections.abc import Mapping

from springline.contracts.agents import AgentState
from springline.contracts.config import QueueConfig
from springline.contracts.events import OfferOutcome
from springline.contracts.mobile import MobileUse
from springline.telephony.acd import agents as desk
from springline.telephony.acd.decisions import (
    AgentChanged,
    Decision,
    Offer,
    Overflowed,
    PointerMoved,
    WaitExceeded,
)
from springline.telephony.acd.records import Agent, Call, Place, Queue, rank_of
from springline.telephony.acd.states import AgentStep
from springline.telephony.acd.timers import Timer, Timers

MOBILE_RINGS = 30.0
"""Seconds, of which the mobile network takes the first ones."""


class Book:
    """Every change of an agent begins with `touch`; every turn ends with `decide`."""

    def __init__(self, pointers: Mapping[str, str]) -> None:
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self.calls: dict[str, Call] = {}
        self.pointers = dict(pointers)
        self.timers = Timers()
        self.out: list[Decision] = []
        self._arrivals = 0
        self._waiting: dict[str, Queue] = {}
        self._open: dict[str, Queue] = {}
        self._deserted: dict[str, Queue] = {}
        self._touched: dict[str, AgentChanged] = {}

    # Agents

    def touch(self, agent: Agent) -> None:
        if agent.id not in self._touched:
            self._touched[agent.id] = desk.row_of(agent)

    def unlist(self, agent: Agent) -> None:
        for queue_id in agent.ready_in:
            self.queues[queue_id].remove_ready(rank_of(agent.id))
        agent.ready_in = ()

    def _tidy(self, agent: Agent, now: float) -> None:
        if agent.wrap_until <= now:
            self.timers.cancel(Timer.WRAP_UP, agent.id)
        else:
            self.timers.set(agent.wrap_until, Timer.WRAP_UP, agent.id)
        if agent.cool_until <= now:
            self.timers.cancel(Timer.COOL_DOWN, agent.id)

    def _relist(self, agent: Agent, now: float) -> None:
        if agent.state is not AgentState.READY or agent.cool_until > now:
            self.unlist(agent)
        elif not agent.ready_in:
            agent.ready_in = agent.queues
            rank = rank_of(agent.id)
            for queue_id in agent.queues:
                self.queues[queue_id].add_ready(rank)
            self._open_queues_of(agent)

    def _open_queues_of(self, agent: Agent) -> None:
        if len(agent.queues) <= len(self._waiting):
            self._open.update((q, self._waiting[q]) for q in agent.queues if q in self._waiting)
        else:
            served = frozenset(agent.queues)
            self._open.update((q, queue) for q, queue in self._waiting.items() if q in served)

    def dismiss(self, agent: Agent, now: float) -> None:
        """Forget an agent that the configuration no longer has and no call holds."""
        self.touch(agent)
        if agent.signed_in:
            desk.sign_out(agent, now)
        self._tidy(agent, now)
        self.unlist(agent)
        agent.queues = ()
        self._recount(agent)
        del self.agents[agent.id]
        if desk.row_of(agent) != self._touched.pop(agent.id):
            self.out.append(desk.row_of(agent))

    def recount(self) -> None:
        """Bring the queues' counts of agents on duty to what the agents do now."""
        for agent_id in self._touched:
            self._recount(self.agents[agent_id])

    def _recount(self, agent: Agent) -> None:
        duty = agent.duty_now
        if (duty, agent.queues) == (agent.duty, agent.counted_in):
            return
        for queue_id in agent.counted_in:
            if (queue := self.queues.get(queue_id)) is not None:
                queue.on_duty[agent.duty] -= 1
                if not queue.working and queue.line:
                    self._deserted[queue_id] = queue
        for queue_id in agent.queues:
            self.queues[queue_id].on_duty[duty] += 1
        agent.duty, agent.counted_in = duty, agent.queues

    def cool_down(self, agent: Agent, seconds: float, now: float) -> None:
        agent.cool_until = now + seconds
        self.timers.set(agent.cool_until, Timer.COOL_DOWN, agent.id)

    def let_go(self, agent: Agent, now: float) -> None:
        """The agent's call is over for the agent; wrap-up and cool-down have been set."""
        agent.call = None
        desk.settle(agent, now)
        if agent.removed:
            self.dismiss(agent, now)

    # Calls

    def enter(self, call_id: str, queue: Queue, since: float) -> Call:
        self._arrivals += 1
        call = Call(call_id, queue.config.id, (True, since, self._arrivals, call_id), since)
        self.calls[call_id] = call
        queue.calls += 1
        return call

    def line_up(self, call: Call, now: float) -> None:
        """Into the line at the call's own place; or out of it all when it has waited too long already."""
        call.agent, call.talking = None, False
        if self.out_of_patience(call, now):
            self.give_up(call, now)
            return
        self._join(call, self.queues[call.queue])
        if call.spread or not self.queues[call.queue].working:
            self.spread(call)
        self.mind_absence(call, now)

    def _join(self, call: Call, queue: Queue) -> None:
        queue.join(call.place)
        self._waiting[queue.config.id] = self._open[queue.config.id] = queue

    def spread(self, call: Call) -> None:
        """Let the call wait in the lines of its queue's helpers too; one that rings, as soon as it waits."""
        home = self.queues[call.queue]
        helpers = tuple(q for q in home.config.overflow_to if q in self.queues and q != call.queue)
        call.spread = True
        if call.agent is not None or call.guest_in or not helpers:
            return
        call.guest_in = helpers
        for queue_id in helpers:
            self._join(call, self.queues[queue_id])
        if not call.told_of_spread:
            call.told_of_spread = True
            self.out.append(Overflowed(call=call.id, queues=helpers))

    def mind_absence(self, call: Call, now: float) -> None:
        """Where nobody is signed in who could take the call, its wait is shorter."""
        limit = self.queues[call.queue].config.no_agent_wait
        if limit is not None and call.give_up_at > now + limit and not self._anybody(call):
            self.wait_until(call, now + limit)

    def _anybody(self, call: Call) -> bool:
        home = self.queues[call.queue]
        helpers = (self.queues.get(q) for q in home.config.overflow_to)
        return home.signed_in > 0 or any(queue is not None and queue.signed_in > 0 for queue in helpers)

    def out_of_patience(self, call: Call, now: float) -> bool:
        """Whether the wait is over; where somebody came meanwhile, it goes on to its usual end."""
        if call.give_up_at > now:
            return False
        if call.patience_ends > now and self._anybody(call):
            self.wait_until(call, call.patience_ends)
            return False
        return True

    def wait_until(self, call: Call, when: float) -> None:
        call.give_up_at = when
        self.timers.set(when, Timer.MAX_WAIT, call.id)

    def give_up(self, call: Call, now: float) -> None:
        self.forget(call)
        self.grant_wrap_up(call, now)
        self.out.append(WaitExceeded(call=call.id))

    def forget(self, call: Call) -> None:
        self.timers.cancel(Timer.MAX_WAIT, call.id)
        self.timers.cancel(Timer.OVERFLOW, call.id)
        self.leave_lines(call)
        self.queues[call.queue].calls -= 1
        del self.calls[call.id]

    def grant_wrap_up(self, call: Call, now: float) -> None:
        """To whom the call was torn from, once it does not come back: a colleague has it, or nobody."""
        former, call.torn_from = self.agents.get(call.torn_from or ""), None
        seconds = self.queues[call.queue].config.wrap_up
        if former is None or former.call is not None or seconds <= 0:
            return
        self.touch(former)
        former.owed = seconds
        self.unlist(former)
        desk.settle(former, now)
        self._tidy(former, now)

    def leave_lines(self, call: Call) -> None:
        for queue_id in (call.queue, *call.guest_in):
            queue = self.queues[queue_id]
            queue.leave(call.place)
            if not queue.line:
                self._waiting.pop(queue_id, None)
        call.guest_in = ()

    def pull_out(self) -> list[Call]:
        """Take all waiting calls out of their lines; the caller puts them back with `line_up`."""
        waiting = [call for call in self.calls.values() if call.agent is None]
        for call in waiting:
            self.leave_lines(call)
        return waiting

    # The end of a turn

    def open_all(self) -> None:
        self._open.update(self._waiting)

    def decide(self, now: float) -> tuple[Decision, ...]:
        """Match calls and agents, then close the turn: what was decided, and the rows that changed."""
        for agent_id in self._touched:
            self._tidy(self.agents[agent_id], now)
            self._relist(self.agents[agent_id], now)
        self.recount()
        self._leave_no_line_alone(now)
        self._match(now)
        for agent_id, before in self._touched.items():
            row = desk.row_of(self.agents[agent_id])
            if row != before:
                self.out.append(row)
        decisions = tuple(self.out)
        self.out.clear()
        self._touched.clear()
        return decisions

    def _leave_no_line_alone(self, now: float) -> None:
        """Queues whose last agent has just gone."""
        for queue in self._deserted.values():
            for place in [] if queue.working else list(queue.line):
                call = self.calls[place[3]]
                if call.queue == queue.config.id:
                    self.spread(call)
                self.mind_absence(call, now)
        self._deserted.clear()

    def _match(self, now: float) -> None:
        heap = [self._head(queue) for queue in self._open.values() if queue.line and queue.ready]
        self._open.clear()
        heapq.heapify(heap)
        while heap:
            place, guest, queue_id = heapq.heappop(heap)
            queue = self.queues[queue_id]
            if not queue.line:
                continue
            if (place, guest, queue_id) != self._head(queue):
                heapq.heappush(heap, self._head(queue))
                continue
            call = self.calls[place[3]]
            wanted = self._wanted(call, queue_id)
            agent_id = wanted or queue.next_in_turn()
            if agent_id is None:
                continue
            self.leave_lines(call)
            self._offer(call, self.agents[agent_id], queue, now, in_turn=wanted is None)
            if queue.line:
                heapq.heappush(heap, self._head(queue))

    def _head(self, queue: Queue) -> tuple[Place, bool, str]:
        """Of a call that heads several lines its own queue's comes first."""
        place = queue.line[0]
        return place, self.calls[place[3]].queue != queue.config.id, queue.config.id

    def _wanted(self, call: Call, queue_id: str) -> str | None:
        """The agent the caller knows or was handed to, if free; asked once, and not in turn."""
        first = call.handed or self.queues[call.queue].config.last_agent_first
        if call.wanted is None or call.attempts or not first:
            return None
        agent = self.agents.get(call.wanted)
        return agent.id if agent is not None and queue_id in agent.ready_in else None

    def _offer(self, call: Call, agent: Agent, queue: Queue, now: float, in_turn: bool) -> None:
        self.touch(agent)
        self.unlist(agent)
        desk.take(agent, AgentStep.OFFER, now)
        config: QueueConfig = queue.config
        agent.call, call.agent = call.id, agent.id
        if call.torn_from != agent.id:
            self.grant_wrap_up(call, now)
        call.attempts += 1
        timeout = _ring_time(agent, config)
        self.timers.set(now + timeout, Timer.RING, agent.id)
        self.out.append(
            Offer(
                call=call.id,
                agent=agent.id,
                queue=config.id,
                attempt=call.attempts,
                timeout=timeout,
            )
        )
        if in_turn:
            queue.pointer = self.pointers[config.id] = agent.id
            self.out.append(PointerMoved(queue=config.id, agent=agent.id))

    def end_offer(self, call: Call, agent: Agent, outcome: OfferOutcome, now: float) -> None:
        """An offer came to nothing: the agent rests, the call (unless its caller left) lines up again."""
        self.touch(agent)
        self.timers.cancel(Timer.RING, agent.id)
        if outcome is not OfferOutcome.CALLER_LEFT:
            self.cool_down(agent, self.queues[call.queue].config.retry_after, now)
        if outcome is OfferOutcome.NO_ANSWER:
            desk.miss(agent)
        elif outcome is OfferOutcome.REFUSED:
            agent.misses = 0
        self.let_go(agent, now)
        if outcome is OfferOutcome.CALLER_LEFT:
            self.forget(call)
            self.grant_wrap_up(call, now)
        else:
            self.line_up(call, now)


def _ring_time(agent: Agent, config: QueueConfig) -> float:
    """A mobile rings late, and whoever takes it presses a key."""
    if agent.mobile is MobileUse.OFF:
        return config.ring_timeout
    device = agent.online and agent.mobile is MobileUse.LAST
    return MOBILE_RINGS + (config.ring_timeout if device else 0.0)
