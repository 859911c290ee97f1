"""A bridge of the fake."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class FakeBridge:
    """A bridge and who is in it."""

    id: str
    name: str
    kind: str
    created: float
    channels: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    moh: str | None = None
