"""Requests about applications, playbacks, recordings, endpoints, device states, variables, modules."""

from __future__ import annotations

from ..generated.models import Application
from .channel import RecordingCommand
from .link import Answer, Reply
from .routes import Call, Refused, Route, Routes


class OtherRoutes(Routes):
    """Applications, playbacks, recordings, endpoints, device states, variables, modules."""

    def table(self) -> dict[str, Route]:
        return {
            "GET applications/{}": self.application,
            "POST applications/{}/subscription": self.subscribe,
            "DELETE applications/{}/subscription": self.unsubscribe,
            "PUT applications/{}/eventFilter": self.filter,
            "GET playbacks/{}": self.get_playback,
            "DELETE playbacks/{}": self.stop_playback,
            "GET recordings/live/{}": self.get_live,
            "DELETE recordings/live/{}": lambda call: self.end_live(call, keep=False),
            "POST recordings/live/{}/stop": lambda call: self.end_live(call, keep=True),
            "GET recordings/stored": self.list_stored,
            "GET recordings/stored/{}": self.get_stored,
            "POST recordings/stored/{}/copy": self.copy_stored,
            "DELETE recordings/stored/{}": self.delete_stored,
            "GET endpoints": self.list_endpoints,
            "GET endpoints/{}": self.list_endpoints,
            "GET endpoints/{}/{}": self.get_endpoint,
            "GET deviceStates/{}": self.get_device_state,
            "PUT deviceStates/{}": self.set_device_state,
            "GET asterisk/ping": lambda call: Reply(
                200, {"asterisk_id": "fake", "ping": "pong", "timestamp": ""}
            ),
            "GET asterisk/info": self.info,
            "GET asterisk/variable": self.get_global,
            "POST asterisk/variable": self.set_global,
            "PUT asterisk/modules/{}": lambda call: Reply(),
        }

    def info(self, call: Call) -> Answer:
        config = {
            "name": self.asterisk.system_name,
            "default_language": "en",
            "setid": {"user": "", "group": ""},
        }
        return Reply(200, {"system": {"version": "22.0.0-fake", "entity_id": ""}, "config": config})

    def application(self, call: Call) -> Answer:
        if call.ids[0] != self.asterisk.app:
            raise Refused(404, "Application not found")
        sources = [source.partition(":") for source in self.asterisk.event_sources]
        inside = [c.id for c in self.asterisk.channels.values() if c.in_stasis or c.subscribed]
        return Reply(
            200,
            Application(
                name=self.asterisk.app,
                channel_ids=inside,
                bridge_ids=[],
                endpoint_ids=[name for kind, _, name in sources if kind == "endpoint"],
                device_names=[name for kind, _, name in sources if kind == "deviceState"],
                events_allowed=[],
                events_disallowed=[{"type": name} for name in sorted(self.asterisk.disallowed)],
            ),
        )

    def subscribe(self, call: Call) -> Answer:
        sources = call.query["eventSource"].split(",")
        for source in sources:
            kind, _, name = source.partition(":")
            known = kind != "channel" or name in self.asterisk.channels
            if kind == "endpoint" and "/" in name:
                known = name in self.asterisk.phones
            if not known:
                raise Refused(422, "Event source does not exist")
        self.asterisk.event_sources.update(sources)
        return self.application(call)

    def unsubscribe(self, call: Call) -> Answer:
        self.asterisk.event_sources.difference_update(call.query["eventSource"].split(","))
        return self.application(call)

    def filter(self, call: Call) -> Answer:
        self.asterisk.disallowed = {entry["type"] for entry in call.body.get("disallowed", [])}
        return self.application(call)

    def get_playback(self, call: Call) -> Answer:
        playback = self.asterisk.playbacks.get(call.ids[0])
        if playback is None:
            raise Refused(404, "Playback not found")
        return Reply(200, playback.snapshot())

    def stop_playback(self, call: Call) -> Answer:
        playback = self.asterisk.playbacks.get(call.ids[0])
        if playback is None:
            raise Refused(404, "Playback not found")
        playback.stop(False)
        return Reply()

    def get_live(self, call: Call) -> Answer:
        return Reply(200, self._live(call).snapshot())

    def end_live(self, call: Call, keep: bool) -> Answer:
        self._live(call).end(keep)
        return Reply()

    def _live(self, call: Call) -> RecordingCommand:
        recording = self.asterisk.live_recordings.get(call.ids[0])
        if recording is None:
            raise Refused(404, "Recording not found")
        return recording

    def list_stored(self, call: Call) -> Answer:
        stored = self.asterisk.stored_recordings.items()
        return Reply(200, [{"name": name, "format": form} for name, form in stored])

    def get_stored(self, call: Call) -> Answer:
        return Reply(200, {"name": call.ids[0], "format": self._stored(call.ids[0])})

    def copy_stored(self, call: Call) -> Answer:
        form, target = self._stored(call.ids[0]), call.query["destinationRecordingName"]
        self.asterisk.stored_recordings[target] = form
        return Reply(200, {"name": target, "format": form})

    def delete_stored(self, call: Call) -> Answer:
        self._stored(call.ids[0])
        del self.asterisk.stored_recordings[call.ids[0]]
        return Reply()

    def _stored(self, name: str) -> str:
        form = self.asterisk.stored_recordings.get(name)
        if form is None:
            raise Refused(404, "Recording not found")
        return form

    def list_endpoints(self, call: Call) -> Answer:
        technology = call.ids[0] if call.ids else ""
        names = [name for name in self.asterisk.phones if name.startswith(technology)]
        return Reply(200, [self.asterisk.endpoint(name) for name in names])

    def get_endpoint(self, call: Call) -> Answer:
        name = "/".join(call.ids)
        if name not in self.asterisk.phones:
            raise Refused(404, "Endpoint not found")
        return Reply(200, self.asterisk.endpoint(name))

    def get_device_state(self, call: Call) -> Answer:
        name = call.ids[0]
        return Reply(200, {"name": name, "state": self.asterisk.device_states.get(name, "UNKNOWN")})

    def set_device_state(self, call: Call) -> Answer:
        if not call.ids[0].startswith("Stasis:"):
            raise Refused(409, "Uncontrolled device specified")
        self.asterisk.device_states[call.ids[0]] = call.query["deviceState"]
        return Reply()

    def get_global(self, call: Call) -> Answer:
        return Reply(200, {"value": self.asterisk.globals.get(call.query["variable"], "")})

    def set_global(self, call: Call) -> Answer:
        self.asterisk.globals[call.query["variable"]] = call.query.get("value", "")
        return Reply()
