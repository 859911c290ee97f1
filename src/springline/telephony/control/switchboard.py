"""The queues' rules put to work: decisions become messages to calls, rows on the board, journal events."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

import msgspec
import structlog
from prometheus_client import Counter

from springline.contracts.agents import AgentState, AgentStateChanged
from springline.contracts.config import AgentConfig, QueueConfig
from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.live import AgentRow, QueueRow
from springline.contracts.mobile import MobileUse
from springline.telephony.acd import (
    Acd,
    AcdEvent,
    AgentChanged,
    AgentLook,
    CallLeft,
    Decision,
    Offer,
    Overflowed,
    PointerMoved,
    Refuse,
    Standing,
    Tick,
    WaitExceeded,
    Withdraw,
)
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.messages import (
    CallMessage,
    OfferMade,
    OfferWithdrawn,
    OverflowedTo,
    WaitedTooLong,
)

log = structlog.get_logger("switchboard")

FAILED_TICKS = Counter("springline_ticks_failed_total", "Times the queues' clock met a fault of the program")
AGAIN_SECONDS = 1.0

_CONSULT = "+"


def consult_id(call_id: str, agent: str) -> str:
    """What the queues know an agent's part in a colleague's call by: a call of its own."""
    return f"{call_id}{_CONSULT}{agent}"


def call_of(held: str | None) -> str | None:
    """The call that an agent is in, or takes part in, by what the queues know it by."""
    return None if held is None else held.partition(_CONSULT)[0]


class CallInbox(Protocol):
    def put(self, message: CallMessage) -> None: ...


class Switchboard:
    """Owns the ACD and its timer. `keep_pointer(queue, agent)` must not block."""

    def __init__(
        self,
        acd: Acd,
        board: LiveBoard,
        journal: Callable[[AnyEvent], None],
        keep_pointer: Callable[[str, str], None],
    ) -> None:
        self._acd = acd
        self._board = board
        self._journal = journal
        self._keep_pointer = keep_pointer
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._inboxes: dict[str, CallInbox] = {}
        self._agents: dict[str, AgentConfig] = {}
        self._queues: dict[str, QueueConfig] = {}

    def enter(self, call_id: str, inbox: CallInbox) -> None:
        self._inboxes[call_id] = inbox

    def leave(self, call_id: str) -> None:
        """The call is over, whatever the queues thought of it."""
        self.tell(CallLeft(call_id))
        self._inboxes.pop(call_id, None)

    def reconfigure(self, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig]) -> None:
        self._queues = {queue.id: queue for queue in queues}
        self._agents = {agent.id: agent for agent in agents}
        self._apply(self._acd.reconfigure(self._queues.values(), self._agents.values(), self._loop.time()))
        self._redraw()

    def tell(self, event: AcdEvent) -> tuple[Decision, ...]:
        """Put an event to the rules and carry out what they decide, now."""
        decisions = self._acd.handle(event, self._loop.time())
        self._apply(decisions)
        return decisions

    def standing(self, call_id: str) -> Standing | None:
        """Where a waiting call stands in line now."""
        return self._acd.standing(call_id)

    def look(self, agent_id: str) -> AgentLook | None:
        """What the rules know of an agent now; times are the loop's."""
        return self._acd.look(agent_id)

    def agent(self, agent_id: str) -> AgentRow | None:
        row = self._board.get("agent", agent_id)
        return row if isinstance(row, AgentRow) else None

    def agents(self) -> Iterator[AgentRow]:
        for agent_id in self._board.ids("agent"):
            if (row := self.agent(agent_id)) is not None:
                yield row

    def send(self, call_id: str, message: CallMessage) -> bool:
        """False when there is no such call."""
        inbox = self._inboxes.get(call_id)
        if inbox is not None:
            inbox.put(message)
        return inbox is not None

    @contextmanager
    def restoring(self, states: Mapping[str, AgentStateChanged]) -> Iterator[None]:
        """Bring agents back to `states`, the journal's last words: only what ends up different is news."""
        journal, self._journal = self._journal, lambda event: None
        try:
            yield
        finally:
            self._journal = journal
        for last in states.values():
            row = self.agent(last.agent)
            told = last.state, last.reason, last.call_id, last.mobile
            if row is not None and _standing(row) != told:
                self._journal_state(row)

    def _journal_state(self, row: AgentRow) -> None:
        self._journal(
            AgentStateChanged(
                at=row.since,
                agent=row.id,
                state=row.state,
                reason=row.reason,
                call_id=row.call_id,
                mobile=row.mobile,
            )
        )

    def _apply(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            match decision:
                case Offer():
                    self.send(decision.call, OfferMade(decision.agent, decision.queue, decision.attempt))
                case Withdraw():
                    self.send(decision.call, OfferWithdrawn(decision.agent, decision.outcome))
                case WaitExceeded():
                    self.send(decision.call, WaitedTooLong())
                case Overflowed():
                    self.send(decision.call, OverflowedTo(decision.queues))
                case AgentChanged():
                    self._agent_changed(decision)
                case PointerMoved():
                    self._keep_pointer(decision.queue, decision.agent)
                case Refuse():
                    log.debug("refused", code=decision.code)
        self._wind()

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wake = self._acd.next_wake(self._loop.time())
        if wake is not None:
            self._timer = self._loop.call_at(wake, self._tick)

    def _tick(self) -> None:
        try:
            self.tell(Tick())
        except Exception:  # the job boundary: without a timer nobody would be offered, or told, anything more
            FAILED_TICKS.inc()
            log.exception("tick_failed")
            self._timer = self._loop.call_later(AGAIN_SECONDS, self._tick)

    def _agent_changed(self, change: AgentChanged) -> None:
        known = self.agent(change.agent)
        config = self._agents.get(change.agent)
        if config is None:
            # Removed while signed in: told, or the next run would sign the agent in again.
            if change.state is AgentState.OFFLINE:
                self._journal(AgentStateChanged(at=utcnow(), agent=change.agent, state=change.state))
            return
        row = self._row(config, change)
        if known is None or _standing(known) != _standing(row):
            self._journal_state(row)
        elif known is not None:
            row = msgspec.structs.replace(row, since=known.since)
        self._board.put(row)

    def _row(self, config: AgentConfig, change: AgentChanged) -> AgentRow:
        since = utcnow() - timedelta(seconds=self._loop.time() - change.since)
        return AgentRow(
            id=change.agent,
            name=config.name,
            state=change.state,
            since=since,
            queues=config.queues,
            device_online=change.device_online,
            reason=change.reason,
            call_id=call_of(change.call),
            pause_after=change.pause_after,
            mobile=change.mobile,
            has_mobile=config.mobile is not None,
        )

    def _redraw(self) -> None:
        """Rows of queues and agents that came, went or got another name."""
        for queue in self._queues.values():
            self._board.put(QueueRow(id=queue.id, name=queue.name))
        for gone in self._board.ids("queue") - self._queues.keys():
            self._board.remove("queue", gone)
        for gone in self._board.ids("agent") - self._agents.keys():
            self._board.remove("agent", gone)
        for agent in self._agents.values():
            known = self.agent(agent.id)
            if known is not None:
                has_mobile = agent.mobile is not None
                row = msgspec.structs.replace(
                    known, name=agent.name, queues=agent.queues, has_mobile=has_mobile
                )
                self._board.put(row)
            elif (state := self._acd.agent(agent.id)) is not None:
                self._board.put(self._row(agent, state))


def _standing(row: AgentRow) -> tuple[AgentState, str | None, str | None, MobileUse]:
    return row.state, row.reason, row.call_id, row.mobile
