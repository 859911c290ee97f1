"""Where an agent's softphone is: in the browser that proved itself last.

The engine keeps one contact of an agent. A browser whose contact was replaced hears nothing of it: it would
go on saying that it is registered, never ring, and take the contact back at its next refresh.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from springline.business import siblings

_WORD = "softphone_place"


class Place:
    """Of one open socket. `lost` is set when another one of the agent has taken it."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.name = secrets.token_hex(8)
        self.lost = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.taken = False


class Places:
    def __init__(self) -> None:
        self._open: set[Place] = set()

    @contextmanager
    def at(self, agent: str) -> Iterator[Place]:
        place = Place(agent)
        self._open.add(place)
        try:
            yield place
        finally:
            self._open.discard(place)

    def take(self, place: Place) -> None:
        """This socket's browser has proved itself: those of all others of the agent are to know."""
        if not place.taken:
            place.taken = True
            self.hear(f"{place.agent} {place.name}")
            siblings.tell(_WORD, f"{place.agent} {place.name}")

    def hear(self, about: str) -> None:
        """Of a place that was taken, here or in another process; from any thread."""
        agent, _, name = about.partition(" ")
        for place in list(self._open):
            if place.agent == agent and place.name != name and place.taken and not place.loop.is_closed():
                place.loop.call_soon_threadsafe(place.lost.set)


places = Places()
siblings.on(_WORD, places.hear)
