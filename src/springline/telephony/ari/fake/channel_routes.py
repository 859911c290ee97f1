"""Requests under ``channels``."""

from __future__ import annotations

from ..generated import events as ev
from ..generated.models import CallerID, RTPstat
from .channel import FakeChannel
from .link import Answer, Reply
from .routes import Call, Refused, Route, Routes


class ChannelRoutes(Routes):
    """Everything under ``channels``."""

    def table(self) -> dict[str, Route]:
        return {
            "GET channels": lambda call: Reply(200, [c.snapshot() for c in self.asterisk.channels.values()]),
            "POST channels": self.originate,
            "POST channels/create": self.create,
            "POST channels/externalMedia": self.external_media,
            "GET channels/{}": lambda call: Reply(200, self.channel(call.ids[0]).snapshot()),
            "POST channels/{}": self.originate,
            "DELETE channels/{}": self.hangup,
            "POST channels/{}/dial": self.dial,
            "POST channels/{}/answer": self.answer,
            "POST channels/{}/continue": self.continue_,
            "POST channels/{}/play": self.play,
            "POST channels/{}/play/{}": self.play,
            "POST channels/{}/record": self.record,
            "GET channels/{}/variable": self.get_variable,
            "POST channels/{}/variable": self.set_variable,
            "POST channels/{}/variables": self.set_variables,
            "POST channels/{}/moh": self.moh,
            "DELETE channels/{}/moh": self.flag("moh", None),
            "POST channels/{}/ring": self.flag("ringing", True),
            "DELETE channels/{}/ring": self.flag("ringing", False),
            "POST channels/{}/hold": self.flag("held", True),
            "DELETE channels/{}/hold": self.flag("held", False),
            "POST channels/{}/mute": self.mute(1),
            "DELETE channels/{}/mute": self.mute(-1),
            "POST channels/{}/dtmf": self.dtmf,
            "POST channels/{}/snoop": self.snoop,
            "POST channels/{}/snoop/{}": self.snoop,
            "GET channels/{}/rtp_statistics": self.rtp_statistics,
            "POST channels/{}/redirect": self.redirect,
        }

    def new_leg(self, call: Call) -> FakeChannel:
        query = call.query
        identity = call.ids[0] if call.ids else query.get("channelId")
        if identity in self.asterisk.channels:
            raise Refused(409, "Channel with given unique ID already exists")
        phone = self.asterisk.phone(query["endpoint"])
        if phone is None or not phone.online:
            # What a real one answers for a phone without a registered contact.
            raise Refused(500, "Allocation failed")
        channel = self.asterisk.new_channel(
            identity, f"{query['endpoint']}-{len(self.asterisk.requests):08x}"
        )
        channel.subscribed = True
        channel.stasis_args = tuple(query["appArgs"].split(",")) if query.get("appArgs") else ()
        channel.variables.update(call.body.get("variables", {}))
        channel.caller = channel.connected = caller_id(query.get("callerId", ""))
        return channel

    def originate(self, call: Call) -> Answer:
        if "app" not in call.query and "extension" not in call.query:
            raise Refused(400, "Application or extension must be specified")
        channel = self.new_leg(call)
        timeout = float(call.query.get("timeout", "30"))
        phone = self.asterisk.phone(call.query["endpoint"])
        assert phone is not None
        self.asterisk.soon(lambda: self.asterisk.dial(channel, phone, None if timeout < 0 else timeout))
        return Reply(200, channel.snapshot())

    def create(self, call: Call) -> Answer:
        channel = self.new_leg(call)
        self.asterisk.soon(lambda: self.asterisk.enter_stasis(channel, channel.stasis_args))
        return Reply(200, channel.snapshot())

    def dial(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        timeout = float(call.query.get("timeout", "0"))
        phone = self.asterisk.phone(channel.name.rpartition("-")[0])
        assert phone is not None
        return self.queued(channel, lambda: self.asterisk.dial(channel, phone, timeout or None))

    def external_media(self, call: Call) -> Answer:
        channel = self.asterisk.new_channel(call.query.get("channelId"), "UnicastRTP/192.0.2.1-0", "Up")
        channel.subscribed = True
        self.asterisk.soon(lambda: self.asterisk.enter_stasis(channel, ()))
        return Reply(200, channel.snapshot())

    def snoop(self, call: Call) -> Answer:
        target = self.channel(call.ids[0])
        identity = call.ids[1] if len(call.ids) > 1 else call.query.get("snoopId")
        channel = self.asterisk.new_channel(identity, f"Snoop/{target.id}-00000000", "Up")
        args = tuple(call.query["appArgs"].split(",")) if call.query.get("appArgs") else ()
        channel.subscribed = True
        target.ears.append(channel)
        self.asterisk.soon(lambda: self.asterisk.enter_stasis(channel, args))
        return Reply(200, channel.snapshot())

    def hangup(self, call: Call) -> Answer:
        channel = self.channel(call.ids[0])
        cause = int(call.query.get("reason_code") or _REASON_CAUSES.get(call.query.get("reason", ""), 16))

        def end() -> None:
            if channel.alive:
                self.asterisk.emit(ev.ChannelHangupRequest, channel, cause=32, soft=True)
                if channel.state != "Up":
                    self.asterisk.emit_dial(channel, "NOANSWER")
                channel.end(cause)

        self.asterisk.soon(end)
        return Reply()

    def answer(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])

        def up() -> Reply:
            if channel.state != "Up":
                channel.state = "Up"
                self.asterisk.emit(ev.ChannelStateChange, channel)
            return Reply()

        return self.waiting(channel, up)

    def continue_(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        context = call.query.get("context") or channel.context
        extension = call.query.get("extension") or channel.exten
        return self.queued(channel, lambda: self.asterisk.continue_to(channel, context, extension))

    def play(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        playback = self.playback(channel, f"channel:{channel.id}", call)
        channel.run(playback.command)
        return Reply(201, playback.snapshot())

    def record(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        recording = self.recording(channel, f"channel:{channel.id}", call)
        channel.run(recording.command)
        return Reply(201, recording.snapshot())

    def get_variable(self, call: Call) -> Answer:
        channel = self.asterisk.channels.get(call.ids[0])
        if channel is None:
            raise Refused(404, "Provided channel was not found")
        value = channel.variables.get(call.query["variable"])
        if value is None:
            raise Refused(404, "Provided variable was not found")
        return Reply(200, {"value": value})

    def set_variable(self, call: Call) -> Answer:
        return self._set(call.ids[0], {call.query["variable"]: call.query.get("value", "")})

    def set_variables(self, call: Call) -> Answer:
        return self._set(call.ids[0], call.body.get("variables", {}))

    def _set(self, channel_id: str, values: dict[str, str]) -> Answer:
        channel = self.controlled(channel_id)

        def apply() -> Reply:
            channel.variables.update(values)
            return Reply()

        return self.waiting(channel, apply)

    def moh(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        return self.queued(channel, lambda: setattr(channel, "moh", call.query.get("mohClass", "default")))

    def flag(self, attribute: str, value: object) -> Route:
        def route(call: Call) -> Answer:
            channel = self.controlled(call.ids[0])
            return self.queued(channel, lambda: setattr(channel, attribute, value))

        return route

    def mute(self, step: int) -> Route:
        def route(call: Call) -> Answer:
            channel = self.controlled(call.ids[0])
            if "direction" not in call.query:
                raise Refused(400, "Direction is required")
            return self.queued(channel, lambda: setattr(channel, "mutes", max(channel.mutes + step, 0)))

        return route

    def dtmf(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        digits = channel.sent_digits + call.query.get("dtmf", "")
        return self.queued(channel, lambda: setattr(channel, "sent_digits", digits))

    def rtp_statistics(self, call: Call) -> Answer:
        channel = self.channel(call.ids[0])
        return Reply(200, {**_NO_RTP, "channel_uniqueid": channel.id})

    def redirect(self, call: Call) -> Answer:
        channel = self.controlled(call.ids[0])
        return self.queued(channel, lambda: channel.end(16))


def caller_id(text: str) -> CallerID:
    """The parts of ``"Name" <number>``; a bare text is the number."""
    name, bracket, number = text.partition("<")
    if not bracket:
        return CallerID(name="", number=text)
    return CallerID(name=name.strip().strip('"'), number=number.rstrip(">"))


# The words of `reason` as Q.850 causes, from the enumeration in the API description.
_REASON_CAUSES = {
    "normal": 16,
    "busy": 17,
    "congestion": 34,
    "no_answer": 19,
    "timeout": 18,
    "rejected": 21,
    "unallocated": 1,
    "normal_unspecified": 31,
    "number_incomplete": 28,
    "codec_mismatch": 58,
    "interworking": 127,
    "failure": 38,
    "answered_elsewhere": 26,
}
_NO_RTP = {name: 0 for name in RTPstat.__struct_fields__ if name != "channel_uniqueid"}
