"""What a flow is: nodes of a few kinds, joined by keys.

The file format is described in docs/development/flow.md. A new kind of node is a new Struct with a new tag:
files written before it stay valid.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

FORMAT = 1

KEYS = "0123456789*#"
"""Keys that a telephone has. A to D exist in DTMF but on no telephone: as input they are wrong keys."""

HUMAN_KEY = "0"
"""Leads to a person in every menu (requirements D4)."""

Outcome: TypeAlias = Literal["out_of_area"]
"""What a call was that ends at a node, where the node says more than that nobody talked."""

REPEAT = "repeat"
BACK = "back"
RESERVED = frozenset({REPEAT, BACK})
"""Targets of a key that are no nodes: hear the menu again, return to the menu before."""


class Edge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a key leads: a node id, `repeat` or `back`; and what the choice tells about the call.

    `region` is one adcode or several joined by "+" ("341502+341503": the caller is in one of these).
    None leaves what was known before.
    """

    to: str
    intent: str | None = None
    region: str | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    pass


class PlayNode(Node, frozen=True, kw_only=True, tag="play"):
    """Says something and goes on. `notice`: this is the recording notice, which no key cuts short."""

    prompts: tuple[str, ...]
    next: str
    notice: bool = False


class MenuNode(Node, frozen=True, kw_only=True, tag="menu"):
    """Asks for one key.

    `attempts`: the failure (wrong key or silence, in any mix) with this number leads to `exhausted`.
    `title` is what people call it in reports. `timeout`: seconds of silence after the prompts. `invalid`
    and `noinput` are said before the menu is said again. `outcome`: what the call was if it ends here.
    """

    prompts: tuple[str, ...]
    keys: dict[str, Edge]
    attempts: int
    exhausted: str
    title: str | None = None
    timeout: float = 6.0
    invalid: str = "ivr.invalid"
    noinput: str = "ivr.noinput"
    outcome: Outcome | None = None


class RouteNode(Node, frozen=True, kw_only=True, tag="route"):
    """Goes on by what the records know of the caller; says nothing itself.

    `counties`: adcodes, joined by "+" as in an edge's region, → a node, for a caller whose county is known
    for certain. `outside`: for a stranger whose number is at home in another city. `otherwise`: all others.
    """

    otherwise: str
    counties: dict[str, str] = {}
    outside: str | None = None

    def county(self, region: str) -> str | None:
        """The node for this adcode."""
        return next((to for codes, to in self.counties.items() if region in codes.split("+")), None)


class HoursNode(Node, frozen=True, kw_only=True, tag="hours"):
    """Goes on by the service calendar. `holiday`: on an open day that has a name, where it differs."""

    open: str
    closed: str
    holiday: str | None = None


class VoicemailNode(Node, frozen=True, kw_only=True, tag="voicemail"):
    """The caller leaves a message, and the call ends. `prompts` are said first; `reason` as in
    MessageOffered."""

    reason: Literal["busy", "closed", "asked"]
    prompts: tuple[str, ...] = ()


class QueueNode(Node, frozen=True, kw_only=True, tag="queue"):
    """The call waits for an agent of `queue`; `prompts` are said first ("正在为您转接…").

    `message`: the voicemail node for those whom nobody serves in time, or who ask for it while they wait.
    """

    queue: str
    prompts: tuple[str, ...] = ()
    message: str | None = None


class HangupNode(Node, frozen=True, kw_only=True, tag="hangup"):
    """We end the call after `prompts`. `reason` goes to the call's record."""

    prompts: tuple[str, ...] = ()
    reason: str = "flow"


AnyNode: TypeAlias = PlayNode | MenuNode | RouteNode | HoursNode | QueueNode | VoicemailNode | HangupNode


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole IVR. `parse` returns only sound ones: every target exists and every path ends."""

    name: str
    start: str
    nodes: dict[str, AnyNode]

    def messages(self) -> list[VoicemailNode]:
        return [node for node in self.nodes.values() if isinstance(node, VoicemailNode)]

    def message_of(self, queue: str) -> VoicemailNode | None:
        """Where callers of this queue leave their messages."""
        for node in self.nodes.values():
            if isinstance(node, QueueNode) and node.queue == queue and node.message is not None:
                found = self.nodes[node.message]
                return found if isinstance(found, VoicemailNode) else None
        return None


def said_at(node: AnyNode) -> tuple[str, ...]:
    return () if isinstance(node, RouteNode | HoursNode) else node.prompts


def prompts_of(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, prompt id) of everything the node can say."""
    for prompt in said_at(node):
        yield "prompts", prompt
    if isinstance(node, MenuNode):
        yield "invalid", node.invalid
        yield "noinput", node.noinput


def silent_targets(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, node id) that are reached without a key: by playing on, by failing, by what is known."""
    if isinstance(node, PlayNode):
        yield "next", node.next
    elif isinstance(node, MenuNode):
        yield "exhausted", node.exhausted
    elif isinstance(node, RouteNode):
        for codes, to in node.counties.items():
            yield f"counties.{codes}", to
        if node.outside is not None:
            yield "outside", node.outside
        yield "otherwise", node.otherwise
    elif isinstance(node, HoursNode):
        yield "open", node.open
        yield "closed", node.closed
        if node.holiday is not None:
            yield "holiday", node.holiday
    elif isinstance(node, QueueNode) and node.message is not None:
        yield "message", node.message


def targets(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, node id) of every way out of the node; `repeat` and `back` are none."""
    yield from silent_targets(node)
    if isinstance(node, MenuNode):
        for key, edge in node.keys.items():
            if edge.to not in RESERVED:
                yield f"keys.{key}", edge.to
