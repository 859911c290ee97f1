"""Keeps one channel's prompt from holding up everybody's requests.

Asterisk runs some operations inside the channel's own thread and answers only then. While that thread plays a
prompt or records, the answer waits, and with it every later request of the same WebSocket, whichever call it
is for (measured: docs/development/ari.md). So before such an operation the channel's prompts are stopped, and
it is refused while the channel records.
"""

from __future__ import annotations

import msgspec
from prometheus_client import Counter

from .errors import AriConflict, AriNotFound
from .generated import events as ev
from .generated.events import AnyEvent
from .resource import Requester, quote
from .waits import BRIDGE_WAITS, CHANNEL_WAITS
from .wire import Body, Query, UnknownEvent

STOPPED_PROMPTS = Counter(
    "springline_ari_stopped_prompts_total", "Prompts stopped for an operation that would have waited for them"
)


class _Identified(msgspec.Struct):
    id: str


_identified = msgspec.json.Decoder(_Identified)


class Guard:
    """A ``Requester`` in front of the connection; ``observe`` must see every event."""

    def __init__(self, connection: Requester) -> None:
        self._connection = connection
        # By percent-encoded channel id, as in the request's path: the playbacks, and the name of a recording.
        self._playing: dict[str, dict[str, None]] = {}
        self._recording: dict[str, str] = {}

    async def request(
        self, method: str, uri: str, query: Query = (), body: Body = None, deadline: float | None = None
    ) -> str | None:
        """As of the connection; raises ``AriConflict`` without asking Asterisk if the channel records."""
        if method == "POST":
            parts = uri.split("/")
            if len(parts) >= 3:
                return await self._post(parts, uri, query, body, deadline)
        elif method == "DELETE" and uri.startswith("playbacks/"):
            self._forget_playback(uri.removeprefix("playbacks/"))
        return await self._connection.request(method, uri, query, body, deadline)

    async def _post(
        self, parts: list[str], uri: str, query: Query, body: Body, deadline: float | None
    ) -> str | None:
        resource, owner, verb = parts[0], parts[1], parts[2]
        if resource == "bridges" and verb in BRIDGE_WAITS:
            for member in _members(query):
                await self._quiet(quote(member), deadline)
        elif resource == "channels":
            if verb in CHANNEL_WAITS:
                await self._quiet(owner, deadline)
            elif verb == "play":
                return await self._play(parts, uri, query, deadline)
            elif verb == "record":
                return await self._record(owner, uri, query, deadline)
        elif resource == "recordings" and parts[-1] == "stop":
            self._forget_recording(parts[2])
        return await self._connection.request("POST", uri, query, body, deadline)

    async def _play(self, parts: list[str], uri: str, query: Query, deadline: float | None) -> str | None:
        owner = parts[1]
        if len(parts) > 3:
            # Before the answer: a prompt of a missing file has ended before the answer is read.
            self._playing.setdefault(owner, {})[parts[3]] = None
            return await self._connection.request("POST", uri, query, None, deadline)
        text = await self._connection.request("POST", uri, query, None, deadline)
        self._playing.setdefault(owner, {})[quote(_identified.decode(text or "{}").id)] = None
        return text

    async def _record(self, owner: str, uri: str, query: Query, deadline: float | None) -> str | None:
        name = next((str(value) for key, value in query if key == "name"), "")
        text = await self._connection.request("POST", uri, query, None, deadline)
        self._recording[owner] = quote(name)
        return text

    async def _quiet(self, owner: str, deadline: float | None) -> None:
        if owner in self._recording:
            raise AriConflict("the channel is recording; stop that first", 409)
        for playback in self._playing.pop(owner, ()):
            STOPPED_PROMPTS.inc()
            try:
                await self._connection.request("DELETE", f"playbacks/{playback}", (), None, deadline)
            except AriNotFound:
                continue

    def observe(self, event: AnyEvent | UnknownEvent) -> None:
        """Take note of the end of a prompt, a recording or a channel."""
        if isinstance(event, ev.PlaybackFinished):
            owner = quote(event.playback.target_uri.partition(":")[2])
            self._discard(owner, quote(event.playback.id))
        elif isinstance(event, (ev.RecordingFinished, ev.RecordingFailed)):
            self._forget_recording(quote(event.recording.name))
        elif isinstance(event, (ev.StasisEnd, ev.ChannelDestroyed)):
            owner = quote(event.channel.id)
            self._playing.pop(owner, None)
            self._recording.pop(owner, None)

    def reset(self, channels: frozenset[str]) -> None:
        """After a reconnect: forget channels that are gone; ``channels`` holds the ids of the living."""
        living = {quote(channel) for channel in channels}
        for known in (self._playing, self._recording):
            for owner in known.keys() - living:
                del known[owner]

    def _forget_playback(self, playback: str) -> None:
        for owner, playbacks in self._playing.items():
            if playback in playbacks:
                self._discard(owner, playback)
                return

    def _discard(self, owner: str, playback: str) -> None:
        playbacks = self._playing.get(owner)
        if playbacks is not None:
            playbacks.pop(playback, None)
            if not playbacks:
                del self._playing[owner]

    def _forget_recording(self, name: str) -> None:
        for owner, current in self._recording.items():
            if current == name:
                del self._recording[owner]
                return


def _members(query: Query) -> list[str]:
    for key, value in query:
        if key == "channel" and value is not None:
            return value.split(",") if isinstance(value, str) else [str(member) for member in value]  # type: ignore[union-attr]
    return []
