"""A flow as a Mermaid flowchart, for the docs and for the page where the owner edits it."""

from collections.abc import Iterator

from springline.telephony.flow.model import (
    RESERVED,
    AnyNode,
    Flow,
    HoursNode,
    MenuNode,
    PlayNode,
    QueueNode,
    RouteNode,
    VoicemailNode,
    said_at,
    silent_targets,
)

_SILENT = {"next": "", "exhausted": "no choice", "message": "nobody"}


def diagram(flow: Flow) -> str:
    lines = ["flowchart TD"]
    for node_id, node in flow.nodes.items():
        lines.append(f"    {node_id}{_shape(node_id, node)}")
    for node_id, node in flow.nodes.items():
        lines.extend(f"    {line}" for line in _arrows(node_id, node))
    return "\n".join(lines) + "\n"


def _shape(node_id: str, node: AnyNode) -> str:
    said = "<br/>".join(said_at(node))
    if isinstance(node, RouteNode | HoursNode):
        return f'{{{{"{node_id}<br/>{"caller" if isinstance(node, RouteNode) else "calendar"}"}}}}'
    if isinstance(node, MenuNode):
        return f'{{"{node_id}<br/>{said}"}}'
    if isinstance(node, PlayNode):
        return f'["{node_id}<br/>{said}"]'
    if isinstance(node, QueueNode):
        return f'(["queue {node.queue}"])'
    if isinstance(node, VoicemailNode):
        return f'[/"{node_id}<br/>{said}"/]'
    return f'(("{node_id}<br/>{said}"))'


def _arrows(node_id: str, node: AnyNode) -> Iterator[str]:
    for field, to in silent_targets(node):
        label = _SILENT.get(field, field.removeprefix("counties."))
        yield f"{node_id} -.->|{label}| {to}" if label else f"{node_id} --> {to}"
    if isinstance(node, MenuNode):
        for key, edge in node.keys.items():
            learned = " ".join(part for part in (edge.intent, edge.region) if part)
            label = f'"{key} {learned}"' if learned else f'"{key}"'
            if edge.to in RESERVED:
                yield f'{node_id} -->|"{key} {edge.to}"| {node_id}'
            else:
                yield f"{node_id} -->|{label}| {edge.to}"
