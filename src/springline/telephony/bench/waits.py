"""From an agent's hang-up to the ring of the next caller, out of what SIPp saw on the wire. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FIELDS = 7


@dataclass(frozen=True, slots=True)
class Message:
    """One SIP message as SIPp logs it: seconds since 1970, whether SIPp sent it, its first line."""

    at: float
    sent: bool
    call: str
    line: str

    @property
    def invites(self) -> bool:
        return self.line.startswith("INVITE ")


@dataclass(frozen=True, slots=True)
class HandOver:
    """`ms`: from the moment the agent was free to the INVITE at the same agent's telephone. `waiting`: the
    callers in the queue at that moment."""

    ms: float
    waiting: int


def read_messages(text: str) -> list[Message]:
    """A `-trace_shortmsg` file; a last line that is still being written is left out."""
    found = []
    for line in text.splitlines(keepends=True):
        parts = line.rstrip("\r\n").split("\t")
        if len(parts) == _FIELDS and line.endswith("\n"):
            _day, _time, at, way, call, _cseq, first = parts
            found.append(Message(float(at), way == "S", call, first))
    return found


def hand_overs(agents: Iterable[Message], queued_at: Sequence[float], wrap_up: float) -> list[HandOver]:
    """Each time an agent who had hung up was called again. Free is who hung up `wrap_up` seconds ago.

    `agents`: what the agents' telephones saw, in order. `queued_at`: when callers came into the queue,
    seconds since 1970.
    """
    arrivals = sorted(queued_at)
    found: list[HandOver] = []
    agent_of: dict[str, str] = {}
    freed: dict[str, float] = {}
    for message in agents:
        if message.invites and not message.sent and message.call not in agent_of:
            agent = _user(message.line)
            free = freed.pop(agent, None)
            if free is not None:
                waiting = bisect_right(arrivals, free) - len(agent_of)
                found.append(HandOver((message.at - free) * 1000, waiting))
            agent_of[message.call] = agent
        elif message.sent and message.line.startswith("BYE ") and message.call in agent_of:
            freed.setdefault(agent_of[message.call], message.at + wrap_up)
    return found


def arrivals(callers: Iterable[Message], reach: float) -> list[float]:
    """When each caller came into the queue: `reach` seconds after its INVITE."""
    first: dict[str, float] = {}
    for message in callers:
        if message.sent and message.invites:
            first.setdefault(message.call, message.at + reach)
    return list(first.values())


def _user(line: str) -> str:
    """Of `INVITE sip:USER@…`."""
    return line.split(" ", 2)[1].removeprefix("sip:").split("@", 1)[0]
