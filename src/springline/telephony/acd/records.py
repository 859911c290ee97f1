"""What the ACD remembers: agents, calls, queues. Mutable, and never seen outside this package."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from math import inf
from typing import TypeAlias

from springline.contracts.config import QueueConfig
from springline.contracts.events import AgentState

Rank: TypeAlias = tuple[int, str]
"""Sorts extensions as numbers without taking them for numbers: by length, then by digits."""

Place: TypeAlias = tuple[bool, float, int, str]
"""A place in line: (not at the front, since, order of arrival, call). The smallest is served first."""


def rank_of(agent_id: str) -> Rank:
    return len(agent_id), agent_id


@dataclass(slots=True)
class Agent:
    """`paused` and `pause_reason` are what the agent wants; during a call they are the pause to come.

    `ready_in`: the queues whose `ready` list has this agent now; empty unless a call can be offered.
    """

    id: str
    queues: tuple[str, ...]
    state: AgentState = AgentState.OFFLINE
    since: float = 0.0
    call: str | None = None
    signed_in: bool = False
    online: bool = False
    paused: bool = False
    pause_reason: str | None = None
    wrap_until: float = -inf
    cool_until: float = -inf
    misses: int = 0
    removed: bool = False
    ready_in: tuple[str, ...] = ()


@dataclass(slots=True)
class Call:
    """`agent`: who rings or talks. `give_up_at`: end of `max_wait`."""

    id: str
    queue: str
    place: Place
    give_up_at: float
    agent: str | None = None
    talking: bool = False
    attempts: int = 0


@dataclass(slots=True)
class Queue:
    """`line`: places of waiting calls, sorted. `ready`: ranks of agents that can be offered a call, sorted.

    `calls` counts the queue's live calls, also those ringing or talking: a queue that the configuration
    no longer has (`retired`) is kept until they are gone.
    """

    config: QueueConfig
    pointer: str | None = None
    line: list[Place] = field(default_factory=list)
    ready: list[Rank] = field(default_factory=list)
    calls: int = 0
    retired: bool = False

    def join(self, place: Place) -> None:
        insort(self.line, place)

    def leave(self, place: Place) -> bool:
        """Whether the place was in the line."""
        at = bisect_left(self.line, place)
        if at == len(self.line) or self.line[at] != place:
            return False
        del self.line[at]
        return True

    def add_ready(self, rank: Rank) -> None:
        insort(self.ready, rank)

    def remove_ready(self, rank: Rank) -> None:
        del self.ready[bisect_left(self.ready, rank)]

    def next_in_turn(self) -> str | None:
        """The ready agent after the pointer, going round; the pointer's own agent comes last."""
        if not self.ready:
            return None
        at = bisect_right(self.ready, rank_of(self.pointer)) if self.pointer is not None else 0
        return self.ready[at % len(self.ready)][1]
