"""Dictionaries of strings → the model's Structs, field by field, so that all faults are found at once."""

import re
from typing import Any, cast

import msgspec

from springline.telephony.flow.errors import FlowError, at_file, at_node
from springline.telephony.flow.model import (
    FORMAT,
    KEYS,
    RESERVED,
    AnyNode,
    Edge,
    HangupNode,
    HoursNode,
    MenuNode,
    PlayNode,
    QueueNode,
    RouteNode,
    VoicemailNode,
)
from springline.telephony.flow.reader import Plain

KINDS: dict[str, type[AnyNode]] = {
    "play": PlayNode,
    "menu": MenuNode,
    "route": RouteNode,
    "hours": HoursNode,
    "queue": QueueNode,
    "voicemail": VoicemailNode,
    "hangup": HangupNode,
}

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REGION = re.compile(r"\d{6}(\+\d{6})*")
_MISSING = ("missing", "缺少此项", "is missing")


class Draft(msgspec.Struct):
    """What could be read. `declared` has also the nodes that could not, so that they count as known."""

    name: str
    start: str
    nodes: dict[str, AnyNode]
    declared: frozenset[str]
    errors: list[FlowError]


def decode(document: dict[str, Plain]) -> Draft:
    errors: list[FlowError] = []
    for field in document:
        if field not in ("format", "name", "start", "nodes"):
            errors.append(at_file(field, "unknown_field", "不认识的字段", "unknown field"))
    if document.get("format") != str(FORMAT):
        errors.append(at_file("format", "format", f"必须是 {FORMAT}", f"must be {FORMAT}"))
    name, start = (_head(document, field, errors) for field in ("name", "start"))
    raw = document.get("nodes")
    if not isinstance(raw, dict) or not raw:
        errors.append(at_file("nodes", "no_nodes", "至少要有一个节点", "there must be at least one node"))
        raw = {}
    nodes: dict[str, AnyNode] = {}
    for node_id, value in raw.items():
        node = _node(node_id, value, errors)
        if node is not None:
            nodes[node_id] = node
    return Draft(name=name, start=start, nodes=nodes, declared=frozenset(raw), errors=errors)


def _head(document: dict[str, Plain], field: str, errors: list[FlowError]) -> str:
    value = document.get(field)
    if isinstance(value, str) and value:
        return value
    errors.append(at_file(field, *_MISSING))
    return ""


def _node(node_id: str, value: Plain, errors: list[FlowError]) -> AnyNode | None:
    if not _ID.fullmatch(node_id) or node_id in RESERVED:
        zh = "节点名只能用小写字母、数字和下划线，以字母开头，最长 40；repeat 和 back 是保留字"
        en = (
            "a node's id has lower-case letters, digits and _, begins with a letter, at most 40; "
            "repeat and back are reserved"
        )
        errors.append(at_node(node_id, None, "bad_id", zh, en))
    if not isinstance(value, dict):
        errors.append(at_node(node_id, None, "no_mapping", "不是键值结构", "is no mapping"))
        return None
    raw = dict(value)
    kind = raw.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        errors.append(at_node(node_id, "kind", "bad_kind", f"必须是 {known} 之一", f"must be one of {known}"))
        return None
    return _fields(node_id, KINDS[kind], raw, errors)


def _fields(
    node_id: str, kind: type[AnyNode], raw: dict[str, Plain], errors: list[FlowError]
) -> AnyNode | None:
    before = len(errors)
    values: dict[str, Any] = {}
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in raw.keys() - fields.keys():
        errors.append(at_node(node_id, name, "unknown_field", "不认识的字段", "unknown field"))
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                errors.append(at_node(node_id, name, *_MISSING))
        elif name == "keys":
            values[name] = _keys(node_id, raw[name], errors)
        elif name == "counties":
            values[name] = _counties(node_id, raw[name], errors)
        else:
            values[name] = _value(node_id, name, raw[name], field.type, errors)
    if len(errors) > before:
        return None
    node = kind(**values)
    return node if _in_range(node_id, node, errors) else None


def _value(node: str, field: str, raw: Plain, kind: Any, errors: list[FlowError]) -> object:
    if raw == "" or (isinstance(raw, list) and "" in raw):
        errors.append(at_node(node, field, "empty", "不能为空", "is empty"))
        return None
    try:
        return cast(object, msgspec.convert(raw, kind, strict=False))
    except msgspec.ValidationError:
        zh, en = _EXPECTED.get(field, ("应是一段文字", "must be a text"))
        errors.append(at_node(node, field, "bad_value", zh, en))
        return None


_EXPECTED = {
    "prompts": ("应是提示音列表，如 [ivr.main]", "must be a list of prompts such as [ivr.main]"),
    "notice": ("应是 true 或 false", "must be true or false"),
    "attempts": ("应是整数", "must be a whole number"),
    "timeout": ("应是秒数", "must be a number of seconds"),
    "outcome": ("只能是 out_of_area", "can only be out_of_area"),
    "reason": ("应是 busy、closed 或 asked", "must be busy, closed or asked"),
}


def _counties(node: str, raw: Plain, errors: list[FlowError]) -> dict[str, str]:
    """Adcodes → node id, each adcode once."""
    if not isinstance(raw, dict) or not all(isinstance(to, str) for to in raw.values()):
        zh, en = "应是“区划代码: 去处”的列表", "must map adcodes to where they lead"
        errors.append(at_node(node, "counties", "bad_value", zh, en))
        return {}
    seen: set[str] = set()
    for codes in raw:
        field = f"counties.{codes}"
        if not _REGION.fullmatch(codes):
            zh, en = "应是六位区划代码，多个用 + 相连", "must be a six-digit adcode, or several joined by +"
            errors.append(at_node(node, field, "bad_region", zh, en))
        for twice in seen & set(codes.split("+")):
            errors.append(at_node(node, field, "twice", f"{twice} 重复", f"{twice} is given twice"))
        seen |= set(codes.split("+"))
    return cast("dict[str, str]", raw)


def _keys(node: str, raw: Plain, errors: list[FlowError]) -> dict[str, Edge]:
    if not isinstance(raw, dict):
        zh, en = "应是“按键: 去处”的列表", "must map keys to where they lead"
        errors.append(at_node(node, "keys", "bad_value", zh, en))
        return {}
    edges = {key: _edge(node, key, value, errors) for key, value in raw.items()}
    return {key: edge for key, edge in edges.items() if edge is not None}


def _edge(node: str, key: str, raw: Plain, errors: list[FlowError]) -> Edge | None:
    field = f"keys.{key}"
    if len(key) != 1 or key not in KEYS:
        errors.append(at_node(node, field, "bad_key", "按键只能是 0-9 * #", "a key is one of 0-9 * #"))
        return None
    if isinstance(raw, str):
        raw = {"to": raw}
    try:
        edge = msgspec.convert(raw, Edge)
    except msgspec.ValidationError as error:
        zh = f"应是节点名，或 {{to, intent, region}}：{error}"
        en = f"must be a node's id or {{to, intent, region}}: {error}"
        errors.append(at_node(node, field, "bad_value", zh, en))
        return None
    if edge.region is not None and not _REGION.fullmatch(edge.region):
        zh = "region 应是六位区划代码，多个用 + 相连"
        en = "region must be a six-digit adcode, or several joined by +"
        errors.append(at_node(node, field, "bad_region", zh, en))
        return None
    return edge


def _in_range(node_id: str, node: AnyNode, errors: list[FlowError]) -> bool:
    before = len(errors)
    if isinstance(node, MenuNode):
        if not 1 <= node.attempts <= 9:
            errors.append(at_node(node_id, "attempts", "out_of_range", "应在 1 到 9 之间", "must be 1 to 9"))
        if not 1.0 <= node.timeout <= 60.0:
            zh, en = "应在 1 到 60 秒之间", "must be 1 to 60 seconds"
            errors.append(at_node(node_id, "timeout", "out_of_range", zh, en))
    if isinstance(node, (MenuNode, PlayNode)) and not node.prompts:
        errors.append(at_node(node_id, "prompts", "empty", "不能为空", "is empty"))
    return len(errors) == before
