"""One caller's way through a flow. Pure: no clock, no sound; `steps` says how to run it."""

from collections import deque
from typing import TypeAlias

import msgspec

from springline.telephony.flow.model import (
    BACK,
    REPEAT,
    AnyNode,
    Edge,
    Flow,
    HangupNode,
    HoursNode,
    MenuNode,
    PlayNode,
    QueueNode,
    RouteNode,
    VoicemailNode,
    targets,
)
from springline.telephony.flow.steps import (
    Ask,
    Clock,
    End,
    Enqueue,
    Hour,
    Input,
    Key,
    Leave,
    Locate,
    Located,
    Play,
    Played,
    Silence,
    Step,
)

MAX_INPUTS = 100
"""A caller who is still in menus after so many keys and silences (a machine that dials `*`) is taken for
one who failed."""


class Known(msgspec.Struct, frozen=True):
    """What keys and records told about the call, and the `via` of an Enqueue that would follow now."""

    intent: str | None = None
    region: str | None = None
    via: str = "default"

    def learn(self, edge: Edge) -> "Known":
        return Known(edge.intent or self.intent, edge.region or self.region, "key")

    def located(self, region: str) -> "Known":
        return Known(self.intent, region, "region")

    def failed(self) -> "Known":
        return msgspec.structs.replace(self, via="retries")


Hop: TypeAlias = tuple[str, Edge | None]
"""A node that was left, and the key's edge, or None for the way taken without a key."""


class FlowRun:
    """`start`, then `feed` until the step is a last one. No input ever raises; one that does not fit
    the step changes nothing and is answered with the same step (a key with `accepted` False).

    With `node` the call goes on there, after a restart: what the shortest way to it tells (intent, menus to
    go back to) is known again. For a node that the flow no longer has it begins from the start.
    """

    def __init__(self, flow: Flow, node: str | None = None) -> None:
        self._flow = flow
        self._known = Known()
        self._menus: list[tuple[str, Known]] = []
        self._failures = 0
        self._inputs = 0
        way = _way_to(flow, node) if node is not None else None
        for hop in way or ():
            self._leave(*hop)
        self._step: Step = self._enter(node if node is not None and way is not None else flow.start)

    @property
    def node(self) -> str:
        return self._step.node

    @property
    def step(self) -> Step:
        """The last step."""
        return self._step

    def start(self) -> Step:
        return self._step

    def feed(self, event: Input) -> Step:
        step = self._step
        if isinstance(step, Play) and isinstance(event, Played):
            node = self._flow.nodes[step.node]
            assert isinstance(node, PlayNode)
            self._step = self._enter(node.next)
        elif isinstance(step, Locate) and isinstance(event, Located):
            self._step = self._enter(self._way_of(step.node, event))
        elif isinstance(step, Clock) and isinstance(event, Hour):
            self._step = self._enter(self._hour(step.node, event))
        elif isinstance(step, Ask) and isinstance(event, Key | Silence):
            menu = self._flow.nodes[step.node]
            assert isinstance(menu, MenuNode)
            self._step = self._answer(step.node, menu, event)
        else:
            return msgspec.structs.replace(step, accepted=False if isinstance(event, Key) else None)
        return self._step

    def _way_of(self, node_id: str, found: Located) -> str:
        node = self._flow.nodes[node_id]
        assert isinstance(node, RouteNode)
        to = node.county(found.region) if found.region is not None else None
        if to is not None and found.region is not None:
            self._known = self._known.located(found.region)
            return to
        return node.outside if found.outside and node.outside is not None else node.otherwise

    def _hour(self, node_id: str, hour: Hour) -> str:
        node = self._flow.nodes[node_id]
        assert isinstance(node, HoursNode)
        if not hour.open:
            return node.closed
        return node.holiday if hour.holiday and node.holiday is not None else node.open

    def _answer(self, menu_id: str, menu: MenuNode, event: Key | Silence) -> Step:
        self._inputs += 1
        if self._inputs > MAX_INPUTS:
            return self._exhaust(menu_id, menu)
        if isinstance(event, Silence):
            return self._fail(menu_id, menu, menu.noinput)
        edge = menu.keys.get(event.key)
        if edge is None or (edge.to == BACK and not self._menus):
            return self._fail(menu_id, menu, menu.invalid)
        if edge.to == REPEAT:
            return self._ask(menu_id, menu, accepted=True)
        if edge.to == BACK:
            parent, self._known = self._menus.pop()
            return self._enter(parent, accepted=True)
        self._leave(menu_id, edge)
        return self._enter(edge.to, accepted=True)

    def _fail(self, menu_id: str, menu: MenuNode, prompt: str) -> Step:
        self._failures += 1
        if self._failures >= menu.attempts:
            return self._exhaust(menu_id, menu)
        return self._ask(menu_id, menu, accepted=False, first=(prompt,))

    def _exhaust(self, menu_id: str, menu: MenuNode) -> Step:
        self._leave(menu_id, None)
        return self._enter(menu.exhausted, accepted=False)

    def _leave(self, node_id: str, edge: Edge | None) -> None:
        if isinstance(self._flow.nodes[node_id], MenuNode):
            self._menus.append((node_id, self._known))
            self._known = self._known.learn(edge) if edge else self._known.failed()

    def _enter(self, node_id: str, accepted: bool | None = None) -> Step:
        self._failures = 0
        node = self._flow.nodes[node_id]
        if isinstance(node, PlayNode):
            return Play(node=node_id, prompts=node.prompts, notice=node.notice, accepted=accepted)
        if isinstance(node, MenuNode):
            return self._ask(node_id, node, accepted, entered=True)
        if isinstance(node, RouteNode):
            return Locate(node=node_id, prompts=(), accepted=accepted)
        if isinstance(node, HoursNode):
            return Clock(node=node_id, prompts=(), accepted=accepted)
        return self._last(node_id, node, accepted)

    def _last(self, node_id: str, node: AnyNode, accepted: bool | None) -> Step:
        if isinstance(node, HangupNode):
            return End(node=node_id, prompts=node.prompts, reason=node.reason, accepted=accepted)
        known = self._known
        if isinstance(node, QueueNode):
            return Enqueue(
                node=node_id,
                prompts=node.prompts,
                queue=node.queue,
                via=known.via,
                intent=known.intent,
                region=known.region,
                accepted=accepted,
            )
        assert isinstance(node, VoicemailNode)
        return Leave(
            node=node_id,
            prompts=node.prompts,
            reason=node.reason,
            intent=known.intent,
            region=known.region,
            accepted=accepted,
        )

    def _ask(
        self,
        node_id: str,
        menu: MenuNode,
        accepted: bool | None,
        first: tuple[str, ...] = (),
        entered: bool = False,
    ) -> Ask:
        return Ask(
            node=node_id,
            prompts=first + menu.prompts,
            timeout=menu.timeout,
            entered=entered,
            accepted=accepted,
            title=menu.title,
            outcome=menu.outcome,
        )


def _way_to(flow: Flow, goal: str) -> list[Hop] | None:
    """The hops of the shortest way from the start; None where there is none."""
    came: dict[str, tuple[str, Edge | None] | None] = {flow.start: None}
    todo = deque([flow.start])
    while todo:
        at = todo.popleft()
        node = flow.nodes[at]
        for field, to in targets(node):
            if to not in came:
                key = field.removeprefix("keys.")
                came[to] = (at, node.keys[key] if isinstance(node, MenuNode) and key in node.keys else None)
                todo.append(to)
    if goal not in came:
        return None
    way: list[Hop] = []
    hop = came[goal]
    while hop is not None:
        way.append(hop)
        hop = came[hop[0]]
    return way[::-1]
