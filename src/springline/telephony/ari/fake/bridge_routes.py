"""Requests under ``bridges``."""

from __future__ import annotations

from collections.abc import Callable

from ..generated import events as ev
from .bridge import FakeBridge
from .channel import FakeChannel
from .link import Answer, Reply
from .routes import Call, Refused, Route, Routes


class BridgeRoutes(Routes):
    """Everything under ``bridges``."""

    def table(self) -> dict[str, Route]:
        return {
            "GET bridges": self.list_all,
            "POST bridges": self.create,
            "GET bridges/{}": self.get,
            "POST bridges/{}": self.create,
            "DELETE bridges/{}": self.destroy,
            "POST bridges/{}/addChannel": self.add,
            "POST bridges/{}/removeChannel": self.remove,
            "POST bridges/{}/moh": self.moh,
            "DELETE bridges/{}/moh": self.moh_stop,
            "POST bridges/{}/play": self.play,
            "POST bridges/{}/play/{}": self.play,
            "POST bridges/{}/record": self.record,
        }

    def list_all(self, call: Call) -> Answer:
        return Reply(200, [self.asterisk.bridge_snapshot(b) for b in self.asterisk.bridges.values()])

    def get(self, call: Call) -> Answer:
        return Reply(200, self.asterisk.bridge_snapshot(self.bridge(call.ids[0])))

    def create(self, call: Call) -> Answer:
        fallback = f"bridge-{len(self.asterisk.requests)}"
        identity = call.ids[0] if call.ids else call.query.get("bridgeId", fallback)
        if identity in self.asterisk.bridges:
            raise Refused(409, f"Bridge with id '{identity}' already exists")
        name, kind = call.query.get("name", ""), call.query.get("type", "mixing")
        bridge = FakeBridge(identity, name, kind, self.asterisk.now)
        self.asterisk.bridges[identity] = bridge
        return Reply(200, self.asterisk.bridge_snapshot(bridge))

    def destroy(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])
        del self.asterisk.bridges[bridge.id]

        def end() -> None:
            for channel_id in tuple(bridge.channels):
                channel = self.asterisk.channels[channel_id]
                bridge.channels.remove(channel_id)
                channel.bridge_id = None
                snapshot = self.asterisk.bridge_snapshot(bridge)
                self.asterisk.emit(ev.ChannelLeftBridge, channel, bridge=snapshot)

        self.asterisk.soon(end)
        return Reply()

    def members(self, call: Call) -> list[FakeChannel]:
        members = []
        for channel_id in call.query["channel"].split(","):
            channel = self.asterisk.channels.get(channel_id)
            if channel is None:
                raise Refused(400, "Channel not found")
            if not channel.in_stasis:
                raise Refused(422, "Channel not in Stasis application")
            members.append(channel)
        return members

    def add(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])

        def enter(channel: FakeChannel) -> Reply:
            channel.leave_bridge()
            channel.bridge_id = bridge.id
            bridge.channels.append(channel.id)
            snapshot = self.asterisk.bridge_snapshot(bridge)
            self.asterisk.emit(ev.ChannelEnteredBridge, channel, bridge=snapshot)
            return Reply()

        return self._each(self.members(call), enter)

    def remove(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])
        members = self.members(call)
        if any(channel.bridge_id != bridge.id for channel in members):
            raise Refused(422, "Channel not in this bridge")

        def leave(channel: FakeChannel) -> Reply:
            channel.leave_bridge()
            return Reply()

        return self._each(members, leave)

    def _each(self, members: list[FakeChannel], action: Callable[[FakeChannel], Reply]) -> Answer:
        answers = [self.waiting(channel, lambda channel=channel: action(channel)) for channel in members]  # type: ignore[misc]
        # The answer of the last one stands for all: the queues of the others were served before.
        return answers[-1]

    def moh(self, call: Call) -> Answer:
        self.bridge(call.ids[0]).moh = call.query.get("mohClass", "default")
        return Reply()

    def moh_stop(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])
        if bridge.moh is None:
            raise Refused(409, "Bridge isn't playing music")
        bridge.moh = None
        return Reply()

    def play(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])
        playback = self.playback(None, f"bridge:{bridge.id}", call)
        reply = Reply(201, playback.snapshot())
        self.asterisk.soon(playback.begin)
        return reply

    def record(self, call: Call) -> Answer:
        bridge = self.bridge(call.ids[0])
        recording = self.recording(None, f"bridge:{bridge.id}", call)
        reply = Reply(201, recording.snapshot())
        self.asterisk.soon(recording.begin)
        return reply
