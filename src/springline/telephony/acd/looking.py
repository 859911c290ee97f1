"""What can be seen of the queues without changing them."""

from math import inf

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.mobile import MobileUse
from springline.telephony.acd.book import Book
from springline.telephony.acd.records import Queue


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`ahead`: calls to be served before in the own line. `seconds`: the wait to be expected, None when
    nobody is at work."""

    ahead: int
    seconds: float | None


class QueueLook(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting`: calls in the line. `ahead`: the agents who are offered a call before this one, in turn;
    None: this one is in no rotation now."""

    id: str
    waiting: int
    ahead: tuple[str, ...] | None


class AgentLook(msgspec.Struct, frozen=True, kw_only=True):
    """As `records.Agent`; times are of the Acd's clock. `elsewhere`: queues of others in which calls wait
    that stand in none of this agent's lines."""

    state: AgentState
    since: float
    signed_in: bool
    online: bool
    mobile: MobileUse
    paused: bool
    pause_reason: str | None
    wrap_until: float
    cool_until: float
    misses: int
    call: str | None
    queues: tuple[QueueLook, ...]
    elsewhere: tuple[str, ...]


def standing(book: Book, call_id: str) -> Standing | None:
    call = book.calls.get(call_id)
    if call is None or call.agent is not None:
        return None
    lines = [book.queues[queue] for queue in (call.queue, *call.guest_in)]
    seconds = min(line.wait_at(line.ahead_of(call.place)) for line in lines)
    return Standing(ahead=lines[0].ahead_of(call.place), seconds=None if seconds == inf else seconds)


def look(book: Book, agent_id: str) -> AgentLook | None:
    """Costs all queues."""
    agent = book.agents.get(agent_id)
    if agent is None:
        return None
    mine = [book.queues[queue] for queue in agent.queues]
    seen = {place[3] for queue in mine for place in queue.line}
    return AgentLook(
        state=agent.state,
        since=agent.since,
        signed_in=agent.signed_in,
        online=agent.online,
        mobile=agent.mobile,
        paused=agent.paused,
        pause_reason=agent.pause_reason,
        wrap_until=agent.wrap_until,
        cool_until=agent.cool_until,
        misses=agent.misses,
        call=agent.call,
        queues=tuple(
            QueueLook(id=queue.config.id, waiting=len(queue.line), ahead=_ahead(queue, agent_id))
            for queue in mine
        ),
        elsewhere=tuple(
            queue_id
            for queue_id, queue in book.queues.items()
            if queue_id not in agent.queues and any(place[3] not in seen for place in queue.line)
        ),
    )


def _ahead(queue: Queue, agent_id: str) -> tuple[str, ...] | None:
    """The ready agents after the pointer, going round, until this one."""
    turn = [agent for _length, agent in queue.ready]
    if agent_id not in turn:
        return None
    first = queue.next_in_turn()
    start = turn.index(first) if first is not None else 0
    turn = turn[start:] + turn[:start]
    return tuple(turn[: turn.index(agent_id)])
