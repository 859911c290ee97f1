"""Writes the generated diagrams into docs/development: `python -m tools.diagrams`.

A page has a block `<!-- diagram:NAME -->` … `<!-- end -->`; what is between is replaced.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import django

from springline.telephony.acd.states import diagram as agent_states
from springline.telephony.flow import diagram as flow_diagram
from springline.telephony.flow import parse, shipped

DOCS = Path(__file__).parent.parent / "docs" / "development"


def order_states() -> str:
    """Needs a configured Django: the names of states are translated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings_test")
    django.setup()
    from springline.business.orders.states import diagram

    return diagram()


DIAGRAMS: dict[str, tuple[str, Callable[[], str]]] = {
    "flow": ("flow.md", lambda: flow_diagram(parse(shipped()))),
    "agent-states": ("acd.md", agent_states),
    "order-states": ("orders.md", order_states),
}


def drawn(name: str) -> tuple[Path, str]:
    """The page of a diagram and the text it should have. Raises ValueError if it has no place for it."""
    file, draw = DIAGRAMS[name]
    page = DOCS / file
    block = re.compile(rf"(<!-- diagram:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
    text, count = block.subn(lambda m: f"{m[1]}```mermaid\n{draw()}```\n{m[2]}", page.read_text("utf-8"))
    if count != 1:
        raise ValueError(f"{page} has no single block for the diagram {name}")
    return page, text


def main() -> None:
    for name in DIAGRAMS:
        page, text = drawn(name)
        page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
