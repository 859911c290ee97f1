"""Names and lines of generated Python."""

from __future__ import annotations

import keyword
import re

WIDTH = 108


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def constant(result: str) -> str:
    return re.sub(r"\W+", "_", snake(result)).strip("_").upper()


def plural(name: str) -> str:
    return f"_{name}s"


def class_name(resource: str) -> str:
    return resource[0].upper() + resource[1:]


def safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def union(names: list[str]) -> list[str]:
    return [f"    {'| ' if i else ''}{name}" for i, name in enumerate(names)]


def wrapped(start: str, names: list[str], end: str) -> list[str]:
    flat = f"{start.removesuffix('(')}{', '.join(names)}"
    return [flat] if len(flat) <= WIDTH else [start, *fill(names, 4), end]


def signature(start: str, pieces: list[str], end: str, indent: int = 8) -> list[str]:
    flat = f"{start}{', '.join(pieces)}{end}"
    if len(flat) <= WIDTH:
        return [flat]
    outer = " " * (indent - 4)
    return [start, *fill(pieces, indent), outer + end.lstrip()]


def fill(pieces: list[str], indent: int) -> list[str]:
    """The pieces with commas, as many on one line as fit."""
    lines, current = [], " " * indent
    for piece in pieces:
        if len(current) + len(piece) + 2 > WIDTH and current.strip():
            lines.append(current.rstrip())
            current = " " * indent
        current += f"{piece}, "
    return [*lines, current.rstrip()]
