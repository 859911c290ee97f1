"""The desks that are open in browsers: each says so now and then, and is taken for asleep when it stops."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from springline.contracts.commands import DeskSeen
from springline.contracts.event import utcnow
from springline.contracts.ringing import DeskLease

LEASE_SECONDS = 90.0
"""A desk says it every 20 s; in the background a browser lets it do so once a minute only."""

TABS = 8
"""Of one agent, remembered, those that were closed too; the oldest is forgotten."""


@dataclass
class _Tab:
    heard: float
    at: datetime
    open: bool
    said: int


class Desks:
    def __init__(self) -> None:
        self._now = asyncio.get_running_loop().time
        self._began = self._now()
        self._tabs: dict[str, dict[str, _Tab]] = {}

    def seen(self, word: DeskSeen) -> None:
        tabs = self._tabs.setdefault(word.agent, {})
        tab = tabs.pop(word.tab, None)
        if tab is None or word.said >= tab.said:
            tab = _Tab(self._now(), utcnow(), word.open, word.said)
        tabs[word.tab] = tab
        while len(tabs) > TABS:
            del tabs[next(iter(tabs))]

    def forget(self, agent: str) -> None:
        """Until a desk of theirs says again that it is open."""
        self._tabs.pop(agent, None)

    def lease(self, agent: str) -> tuple[DeskLease, datetime | None]:
        """And when a desk of the agent was heard last (UTC)."""
        tabs = self._tabs.get(agent)
        if not tabs:
            fresh = tabs is None and self._now() - self._began < LEASE_SECONDS
            return DeskLease.UNKNOWN if fresh else DeskLease.CLOSED, None
        alive = [tab for tab in tabs.values() if tab.open and self._now() - tab.heard < LEASE_SECONDS]
        if alive:
            return DeskLease.OPEN, max(alive, key=lambda tab: tab.heard).at
        last = max(tabs.values(), key=lambda tab: tab.heard)
        return (DeskLease.ASLEEP, last.at) if last.open else (DeskLease.CLOSED, None)
