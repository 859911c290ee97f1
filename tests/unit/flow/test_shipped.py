"""The shipped default names only what is shipped, and its texts are the brief's."""

import tomllib
from importlib import resources

import pytest

from springline.telephony.flow import check, diagram, parse, shipped

QUEUES = {"city", "huoshan", "shucheng", "other", "aftersale", "enterprise", "complaint", "pool"}


def texts() -> dict[str, str]:
    """Prompt id → text, a variant's id being `<id>.<entry>`, parts joined."""
    source = resources.files("springline.telephony.prompts") / "texts.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for prompt in data["prompt"]:
        names = data["variants"][prompt["variants"]] if "variants" in prompt else None
        for suffix in names if names is not None else [None]:
            found[prompt["id"] + (f".{suffix}" if suffix else "")] = prompt.get("text", "")
    return found


def test_every_prompt_and_queue_exists() -> None:
    assert check(shipped(), set(texts()), QUEUES) == ()


def test_the_menus_are_worded_as_in_the_brief() -> None:
    main = "订水服务请按 1，售后咨询请按 2，企业团购请按 3，投诉建议请按 4，人工服务请按 0"
    region = "六安城区请按 1，霍山县请按 2，舒城县请按 3，其他区域请按 4"
    assert texts()["ivr.main"] == main
    assert texts()["ivr.order.region"] == region


def test_the_diagram_has_every_node() -> None:
    flow = parse(shipped())
    drawn = diagram(flow)
    assert drawn.startswith("flowchart TD\n")
    assert all(f"    {node_id}" in drawn for node_id in flow.nodes)
    assert 'order_region -->|"# back"| order_region' in drawn


@pytest.mark.parametrize("name", ["main.v1", "main.v2"])
def test_every_shipped_flow_is_sound(name: str) -> None:
    assert check(shipped(name), set(texts()), QUEUES) == ()
