"""What a flow is: nodes of a few kinds, joined by keys.

The file format is described in docs/development/flow.md. A new kind of node (voicemail, opening hours,
region look-up) is a new Struct with a new tag: files written before it stay valid.
"""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

FORMAT = 1

KEYS = "0123456789*#"
"""Keys that a telephone has. A to D exist in DTMF but on no telephone: as input they are wrong keys."""

HUMAN_KEY = "0"
"""Leads to a person in every menu (requirements D4)."""

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
    and `noinput` are said before the menu is said again.
    """

    prompts: tuple[str, ...]
    keys: dict[str, Edge]
    attempts: int
    exhausted: str
    title: str | None = None
    timeout: float = 6.0
    invalid: str = "ivr.invalid"
    noinput: str = "ivr.noinput"


class QueueNode(Node, frozen=True, kw_only=True, tag="queue"):
    """The call waits for an agent of `queue`; `prompts` are said first ("正在为您转接…")."""

    queue: str
    prompts: tuple[str, ...] = ()


class HangupNode(Node, frozen=True, kw_only=True, tag="hangup"):
    """We end the call after `prompts`. `reason` goes to the call's record."""

    prompts: tuple[str, ...] = ()
    reason: str = "flow"


AnyNode: TypeAlias = PlayNode | MenuNode | QueueNode | HangupNode


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole IVR. `parse` returns only sound ones: every target exists and every path ends."""

    name: str
    start: str
    nodes: dict[str, AnyNode]


def prompts_of(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, prompt id) of everything the node can say."""
    for prompt in node.prompts:
        yield "prompts", prompt
    if isinstance(node, MenuNode):
        yield "invalid", node.invalid
        yield "noinput", node.noinput


def silent_targets(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, node id) that are reached without a key: by playing on, or by failing."""
    if isinstance(node, PlayNode):
        yield "next", node.next
    elif isinstance(node, MenuNode):
        yield "exhausted", node.exhausted


def targets(node: AnyNode) -> Iterator[tuple[str, str]]:
    """(field, node id) of every way out of the node; `repeat` and `back` are none."""
    yield from silent_targets(node)
    if isinstance(node, MenuNode):
        for key, edge in node.keys.items():
            if edge.to not in RESERVED:
                yield f"keys.{key}", edge.to
