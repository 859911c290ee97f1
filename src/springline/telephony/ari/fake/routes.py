"""What the tables of requests have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .channel import Command, FakeChannel, PlaybackCommand, RecordingCommand
from .link import Answer, Reply

if TYPE_CHECKING:
    from .asterisk import FakeAsterisk
    from .bridge import FakeBridge


class Call(NamedTuple):
    """One request: the variable segments of its path, its query and its body."""

    ids: list[str]
    query: dict[str, str]
    body: dict[str, Any]


Route: TypeAlias = Callable[[Call], Answer]


class Refused(Exception):
    """A request the real one refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = Reply(status, {"message": message})


class Routes:
    def __init__(self, asterisk: FakeAsterisk) -> None:
        self.asterisk = asterisk

    def channel(self, channel_id: str) -> FakeChannel:
        channel = self.asterisk.channels.get(channel_id)
        if channel is None:
            raise Refused(404, "Channel not found")
        return channel

    def controlled(self, channel_id: str) -> FakeChannel:
        channel = self.channel(channel_id)
        if not channel.in_stasis:
            raise Refused(409, "Channel not in Stasis application")
        return channel

    def bridge(self, bridge_id: str) -> FakeBridge:
        bridge = self.asterisk.bridges.get(bridge_id)
        if bridge is None:
            raise Refused(404, "Bridge not found")
        return bridge

    def waiting(self, channel: FakeChannel, action: Callable[[], Reply]) -> Answer:
        """Run in the channel's queue and answer only then: behind a prompt this holds up the whole link."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        def start() -> bool:
            reply = action() if channel.alive else Reply(404, {"message": "Channel not found"})
            if not answer.done():
                answer.set_result(reply)
            return False

        channel.queue.append(Command(start))
        channel.pump()
        return answer

    def queued(self, channel: FakeChannel, action: Callable[[], None]) -> Reply:
        """Answer at once, run in the channel's queue."""

        def start() -> bool:
            if channel.alive:
                action()
            return False

        channel.run(Command(start))
        return Reply()

    def playback(self, channel: FakeChannel | None, target: str, call: Call) -> PlaybackCommand:
        identity = call.ids[1] if len(call.ids) > 1 else call.query.get("playbackId")
        number = len(self.asterisk.requests)
        media = call.query["media"].split(",")
        playback = PlaybackCommand(self.asterisk, channel, target, identity or f"play-{number}", media)
        self.asterisk.playbacks[playback.id] = playback
        return playback

    def recording(self, channel: FakeChannel | None, target: str, call: Call) -> RecordingCommand:
        name, overwrite = call.query["name"], call.query.get("ifExists", "fail") != "fail"
        if name in self.asterisk.live_recordings or (
            name in self.asterisk.stored_recordings and not overwrite
        ):
            raise Refused(409, f"Recording '{name}' already exists and can not be overwritten")
        limit = int(call.query.get("maxDurationSeconds", "0"))
        recording = RecordingCommand(
            self.asterisk, channel, target, name, call.query.get("format", "wav"), limit
        )
        self.asterisk.live_recordings[name] = recording
        return recording
