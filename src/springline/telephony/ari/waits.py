"""Which requests Asterisk answers only once the channel's own thread took them (docs/development/ari.md)."""

from __future__ import annotations

# The last segment of their paths.
CHANNEL_WAITS = frozenset({"answer", "variable", "variables"})
BRIDGE_WAITS = frozenset({"addChannel", "removeChannel"})
_WAITS = {"channels": CHANNEL_WAITS, "bridges": BRIDGE_WAITS}


def waits_for_channel(method: str, uri: str) -> bool:
    """`uri` as of a request, without the leading slash."""
    if method != "POST":
        return False
    parts = uri.split("/")
    return len(parts) == 3 and parts[2] in _WAITS.get(parts[0], ())
