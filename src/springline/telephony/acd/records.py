"""What the ACD remembers: agents, calls, queues. Mutable, and never seen outside this package."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from enum import IntEnum
from math import inf
from typing import TypeAlias

from springline.contracts.agents import AgentState
from springline.contracts.config import QueueConfig
from springline.contracts.mobile import MobileUse

Rank: TypeAlias = tuple[int, str]
"""Sorts extensions as numbers without taking them for numbers: by length, then by digits."""

Place: TypeAlias = tuple[bool, float, int, str]
"""A place in line: (not at the front, since, order of arrival, call). The smallest is served first."""


class Duty(IntEnum):
    """SIGNED_IN: may come back any moment, from a pause or with the device."""

    AWAY = 0
    SIGNED_IN = 1
    WORKING = 2


def rank_of(agent_id: str) -> Rank:
    return len(agent_id), agent_id


@dataclass(slots=True)
class Agent:
    """`paused` and `pause_reason` are what the agent wants; during a call they are the pause to come.

    `ready_in`: the queues whose `ready` list has this agent now; empty unless a call can be offered.
    `duty` is the one in which `counted_in` count the agent. `owed`: seconds of wrap-up that begin when the
    agent rests with a device.
    """

    id: str
    queues: tuple[str, ...]
    state: AgentState = AgentState.OFFLINE
    since: float = 0.0
    call: str | None = None
    signed_in: bool = False
    online: bool = False
    mobile: MobileUse = MobileUse.OFF
    paused: bool = False
    pause_reason: str | None = None
    wrap_until: float = -inf
    owed: float = 0.0
    cool_until: float = -inf
    misses: int = 0
    removed: bool = False
    ready_in: tuple[str, ...] = ()
    duty: Duty = Duty.AWAY
    counted_in: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        return self.online or self.mobile is not MobileUse.OFF

    @property
    def duty_now(self) -> Duty:
        if not self.signed_in and self.call is None:
            return Duty.AWAY
        working = self.call is not None or (self.reachable and not self.paused)
        return Duty.WORKING if working else Duty.SIGNED_IN


@dataclass(slots=True)
class Call:
    """`agent`: who rings or talks. `give_up_at`: when the wait ends as things are, `patience_ends` when it
    ends at the latest. `spread`: waits in the lines of other queues as well; `guest_in`: those it stands in
    now. `wanted`: the agent who gets it first, in any case if `handed`. `taken_at`: when the conversation
    began. `outgoing`: called by the agent, and in no line. `torn_from`: who talked with it until the line
    broke, and has not wrapped up."""

    id: str
    queue: str
    place: Place
    give_up_at: float
    patience_ends: float = 0.0
    wanted: str | None = None
    handed: bool = False
    spread: bool = False
    told_of_spread: bool = False
    guest_in: tuple[str, ...] = ()
    taken_at: float = 0.0
    outgoing: bool = False
    torn_from: str | None = None
    agent: str | None = None
    talking: bool = False
    attempts: int = 0


@dataclass(slots=True)
class Queue:
    """`line`: places of waiting calls, guests of other queues among them, sorted. `ready`: ranks of agents
    that can be offered a call, sorted.

    `calls` counts the queue's own live calls, also those ringing or talking: a queue that the configuration
    no longer has (`retired`) is kept until they are gone. `on_duty`: agents with this skill by their duty.
    `handling`: seconds that a call takes an agent, as seen lately.
    """

    config: QueueConfig
    pointer: str | None = None
    line: list[Place] = field(default_factory=list)
    ready: list[Rank] = field(default_factory=list)
    calls: int = 0
    retired: bool = False
    on_duty: list[int] = field(default_factory=lambda: [0, 0, 0])
    handling: float = 0.0

    def __post_init__(self) -> None:
        self.handling = self.config.handling

    @property
    def working(self) -> int:
        return self.on_duty[Duty.WORKING]

    @property
    def signed_in(self) -> int:
        return self.on_duty[Duty.SIGNED_IN] + self.on_duty[Duty.WORKING]

    def ahead_of(self, place: Place) -> int:
        return bisect_left(self.line, place)

    def wait_at(self, ahead: int) -> float:
        """Seconds that somebody behind `ahead` others may expect to wait; endless with nobody at work."""
        return (ahead + 1) * self.handling / self.working if self.working else inf

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
