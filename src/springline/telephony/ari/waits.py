"""Which requests Asterisk answers only once the channel's own thread took them (docs/development/ari.md)."""

from __future__ import annotations

# The last segment of their paths.
CHANNEL_WAITS = frozenset({"answer", "variable", "variables"})
BRIDGE_WAITS = frozenset({"addChannel", "removeChannel"})


def waits_for_channel(method: str, uri: str) -> bool:
    """`uri` as of a request, without the leading slash."""
    if method != "POST":
        return False
    parts = uri.split("/")
    if len(parts) != 3:
        return False
    return parts[2] in {"channels": CHANNEL_WAITS, "bridges": BRIDGE_WAITS}.get(parts[0], ())
