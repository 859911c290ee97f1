"""What makes a flow sound: every target exists, every caller gets through, and is told of the recording."""

from collections.abc import Callable, Iterator, Mapping, Set

from springline.telephony.flow.errors import FlowError, at_file, at_node
from springline.telephony.flow.model import (
    BACK,
    HUMAN_KEY,
    RESERVED,
    AnyNode,
    Flow,
    HangupNode,
    MenuNode,
    PlayNode,
    QueueNode,
    VoicemailNode,
    prompts_of,
    silent_targets,
    targets,
)


def unknown_targets(start: str, nodes: Mapping[str, AnyNode], declared: Set[str]) -> Iterator[FlowError]:
    if start and start not in declared:
        yield at_file("start", "unknown_node", f"没有节点“{start}”", f"unknown node '{start}'")
    for node_id, node in nodes.items():
        for field, to in targets(node):
            if to not in declared:
                zh, en = f"指向不存在的节点“{to}”", f"leads to unknown node '{to}'"
                if field.startswith("keys."):
                    key = field.removeprefix("keys.")
                    zh, en = f"按键 {key} {zh}", f"key {key} {en}"
                yield at_node(node_id, field, "unknown_node", zh, en)


def unsound(flow: Flow) -> Iterator[FlowError]:
    """Faults of the graph; for a flow whose targets all exist."""
    reachable = _reach(flow, flow.start, lambda node: True)
    for node_id in flow.nodes:
        if node_id not in reachable:
            yield at_node(node_id, None, "unreachable", "没有任何路径能到达", "no path leads here")
    yield from _dead_ends(flow)
    yield from _loops(flow)
    for node_id, node in flow.nodes.items():
        if isinstance(node, MenuNode):
            yield from _menu(flow, node_id, node)
    yield from _backs(flow)
    yield from _messages(flow)
    yield from _notice(flow)


def unknown_names(nodes: Mapping[str, AnyNode], prompts: Set[str], queues: Set[str]) -> Iterator[FlowError]:
    for node_id, node in nodes.items():
        for field, prompt in prompts_of(node):
            if prompt not in prompts:
                zh, en = f"没有提示音“{prompt}”", f"unknown prompt '{prompt}'"
                yield at_node(node_id, field, "unknown_prompt", zh, en)
        if isinstance(node, QueueNode) and node.queue not in queues:
            zh, en = f"没有队列“{node.queue}”", f"unknown queue '{node.queue}'"
            yield at_node(node_id, "queue", "unknown_queue", zh, en)


def _reach(flow: Flow, start: str, leave: Callable[[AnyNode], bool]) -> set[str]:
    """Node ids on paths from `start`, which go on only through nodes that `leave` lets pass."""
    seen, todo = {start}, [start]
    while todo:
        node = flow.nodes[todo.pop()]
        if leave(node):
            fresh = {to for _, to in targets(node)} - seen
            seen |= fresh
            todo.extend(fresh)
    return seen


def _dead_ends(flow: Flow) -> Iterator[FlowError]:
    ends = (QueueNode, VoicemailNode, HangupNode)
    saved = {i for i, node in flow.nodes.items() if isinstance(node, ends)}
    grown = True
    while grown:
        fresh = {i for i, node in flow.nodes.items() if any(to in saved for _, to in targets(node))} - saved
        saved |= fresh
        grown = bool(fresh)
    for node_id in flow.nodes:
        if node_id not in saved:
            zh, en = "从这里到不了坐席，也不会结束", "no path from here reaches an agent or an end"
            yield at_node(node_id, None, "no_way_out", zh, en)


def _loops(flow: Flow) -> Iterator[FlowError]:
    """Cycles that a caller who presses nothing may go round for ever; each is told once."""
    finished: set[str] = set()
    for start in flow.nodes:
        yield from _rings(flow, start, [], finished)


def _rings(flow: Flow, at: str, path: list[str], finished: set[str]) -> Iterator[FlowError]:
    if at in path:
        ring = " → ".join([*path[path.index(at) :], at])
        zh, en = f"不按键会一直循环：{ring}", f"without a key the call goes round for ever: {ring}"
        yield at_node(at, None, "loop", zh, en)
    elif at not in finished:
        for _, to in silent_targets(flow.nodes[at]):
            yield from _rings(flow, to, [*path, at], finished)
        finished.add(at)


def silent_end(flow: Flow, start: str) -> str | None:
    """Where a caller at `start` ends who presses nothing more: a node that asks or decides, or a last one;
    None for a loop."""
    seen: set[str] = set()
    at = start
    while isinstance(node := flow.nodes[at], PlayNode):
        if at in seen:
            return None
        seen.add(at)
        at = node.next
    return at


def _menu(flow: Flow, node_id: str, menu: MenuNode) -> Iterator[FlowError]:
    human = menu.keys.get(HUMAN_KEY)
    end = None
    if human is not None and human.to not in RESERVED:
        end = silent_end(flow, human.to)
    if end is None or not isinstance(flow.nodes[end], QueueNode):
        zh, en = "按 0 必须转到人工（队列节点）", "key 0 must lead to a person (a queue node)"
        yield at_node(node_id, f"keys.{HUMAN_KEY}", "no_human", zh, en)


def _backs(flow: Flow) -> Iterator[FlowError]:
    """Menus with a key for `back` that can be reached without having been in another menu."""
    first = _reach(flow, flow.start, lambda node: not isinstance(node, MenuNode))
    for node_id in sorted(first):
        node = flow.nodes[node_id]
        if isinstance(node, MenuNode):
            for key, edge in node.keys.items():
                if edge.to == BACK:
                    zh, en = "这里没有上一级菜单", "there is no menu to go back to"
                    yield at_node(node_id, f"keys.{key}", "no_back", zh, en)


def _messages(flow: Flow) -> Iterator[FlowError]:
    for node_id, node in flow.nodes.items():
        to = node.message if isinstance(node, QueueNode) else None
        if to is not None and not isinstance(flow.nodes[to], VoicemailNode):
            zh, en = "必须指向留言节点", "must lead to a voicemail node"
            yield at_node(node_id, "message", "no_voicemail", zh, en)


def _notice(flow: Flow) -> Iterator[FlowError]:
    """Requirement E4: nobody talks to an agent, or to the machine, who was not told of the recording."""
    untold = _reach(flow, flow.start, lambda node: not (isinstance(node, PlayNode) and node.notice))
    for node_id, node in flow.nodes.items():
        if isinstance(node, QueueNode | VoicemailNode) and node_id in untold:
            zh, en = "有路径在录音告知之前到达这里", "a path leads here without the recording notice"
            yield at_node(node_id, None, "no_notice", zh, en)
