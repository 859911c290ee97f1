"""The state of the fake, the events it sends, and the outside world that tests play."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ..errors import AriDisconnected
from ..generated import events as ev
from ..generated.models import Bridge, CallerID, ContactInfo, Endpoint
from ..websocket import Link, OnLost, OnText
from .bridge import FakeBridge
from .channel import FakeChannel, PlaybackCommand, RecordingCommand
from .link import FakeLink, Reply
from .phone import ANY_EXTENSION, Dialplan, Phone
from .rest import Rest

ASTERISK_ID = "fa:ke:00:00:00:01"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class FakeAsterisk:
    """Pass ``connect`` to ``Ari`` as its connector, then play callers, phones and accidents.

    ``durations`` gives the seconds of a medium by its URI; None in it means there is no such file, and what
    it does not name takes ``default_duration``. ``channelvars`` are the variables shown in every channel, as
    set in ari.conf. All times are the running loop's. With `recordings`, a folder, a finished recording is a
    WAV file of silence there.
    """

    def __init__(
        self,
        app: str = "springline",
        *,
        durations: Mapping[str, float | None] | None = None,
        default_duration: float = 1.0,
        channelvars: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self.system_name = "fake"
        self.channelvars = channelvars
        self.durations: dict[str, float | None] = dict(durations or {})
        self.default_duration = default_duration
        self.phones: dict[str, Phone] = {}
        self.dialplan: dict[tuple[str, str], Dialplan] = {}
        self.channels: dict[str, FakeChannel] = {}
        self.bridges: dict[str, FakeBridge] = {}
        self.playbacks: dict[str, PlaybackCommand] = {}
        self.live_recordings: dict[str, RecordingCommand] = {}
        self.stored_recordings: dict[str, str] = {}
        self.recordings: Path | None = None
        self.device_states: dict[str, str] = {}
        self.globals: dict[str, str] = {}
        self.event_sources: set[str] = set()
        self.disallowed: set[str] = set()
        self.refuses_connections = False
        self.requests: list[tuple[str, str]] = []
        self._failures: list[tuple[str, str, Reply | None]] = []
        self._link: FakeLink | None = None
        self._links: list[FakeLink] = []
        self._running = asyncio.Event()
        self._running.set()
        self._numbers = count(1)
        self._rest = Rest(self)

    # ── the connection ──

    async def connect(self, on_text: OnText, on_lost: OnLost) -> Link:
        """A connector for ``Ari``; a second connection takes the application over."""
        link = await self.connect_aside(on_text, on_lost)
        if self._link is not None and self._link.open:
            self._emit(ev.ApplicationReplaced)
        self._link = link
        return link

    async def connect_aside(self, on_text: OnText, on_lost: OnLost) -> FakeLink:
        """Another connector for ``Ari``: an application that has no channels."""
        await self._running.wait()
        await asyncio.sleep(0)
        if self.refuses_connections:
            raise AriDisconnected("connection refused")
        link = FakeLink(self._handle, on_text, on_lost)
        self._links.append(link)
        return link

    @property
    def app_active(self) -> bool:
        """The application is connected, so that ``Stasis`` works."""
        return self._link is not None and self._link.open

    def drop(self, *, refuse: bool = False) -> None:
        """Lose the connection; with ``refuse`` no new one is accepted until ``accept``."""
        self.refuses_connections = refuse
        for link in self._links:
            link.drop()
        self._links.clear()
        self._link = None

    def accept(self) -> None:
        """Accept connections again."""
        self.refuses_connections = False

    def stall(self) -> None:
        """As a process that was stopped: connections stay, and nothing is answered until ``resume``."""
        self._running.clear()
        for link in self._links:
            link.stall()

    def resume(self) -> None:
        self._running.set()
        for link in self._links:
            link.resume()

    def replace_app(self) -> None:
        """Another process takes our application; its events go there."""
        self._emit(ev.ApplicationReplaced)
        self._link = None

    def fail_next(self, method: str, uri_prefix: str, status: int | None) -> None:
        """Refuse the next matching request with a status, or leave it without answer (None)."""
        reply = None if status is None else Reply(status, {"message": "made to fail by the test"})
        self._failures.append((method, uri_prefix, reply))

    def _handle(self, request: Any) -> Reply | asyncio.Future[Reply]:
        self.requests.append((request.method, request.uri))
        for failure in self._failures:
            method, prefix, reply = failure
            if request.method == method and request.uri.startswith(prefix):
                self._failures.remove(failure)
                return reply if reply is not None else asyncio.get_running_loop().create_future()
        return self._rest.handle(request)

    # ── the outside world ──

    def call(
        self,
        *args: str,
        caller: str = "",
        called: str = "s",
        name: str = "",
        channel_id: str | None = None,
        context: str = "from-carrier",
        variables: Mapping[str, str] | None = None,
        protocol_id: str = "",
    ) -> FakeChannel:
        """A caller comes in, the dialplan runs ``Stasis(app,args…)``; see ``fell_through`` of the result."""
        channel = self.new_channel(channel_id, f"PJSIP/carrier-{next(self._numbers):08x}", state="Ring")
        channel.caller = CallerID(name=name, number=caller)
        channel.exten, channel.context = called, context
        channel.from_dialplan = True
        channel.protocol_id = protocol_id
        channel.variables.update(variables or {})
        self.enter_stasis(channel, args)
        return channel

    def set_registered(self, endpoint: str, registered: bool) -> None:
        """A phone registers or its registration ends; ``endpoint`` is for example ``PJSIP/agent1``."""
        self.phones.setdefault(endpoint, Phone()).online = registered
        technology, _, resource = endpoint.partition("/")
        state = self.endpoint(endpoint)
        status = "Reachable" if registered else "Removed"
        contact = ContactInfo(uri=f"sip:{resource}@192.0.2.10", contact_status=status, aor=resource)
        if {f"endpoint:{technology}", f"endpoint:{endpoint}"} & self.event_sources:
            self._emit(ev.ContactStatusChange, endpoint=state, contact_info=contact)
            self._emit(ev.EndpointStateChange, endpoint=state)

    def endpoint(self, name: str) -> Endpoint:
        technology, _, resource = name.partition("/")
        online = self.phones[name].online
        here = [c.id for c in self.channels.values() if c.name.startswith(f"{name}-")]
        state = "online" if online else "offline"
        return Endpoint(technology=technology, resource=resource, state=state, channel_ids=here)

    # ── channels ──

    def new_channel(self, channel_id: str | None, name: str, state: str = "Down") -> FakeChannel:
        identity = channel_id or f"fake-{next(self._numbers)}"
        channel = FakeChannel(self, identity, name, state, created=self.now)
        self.channels[identity] = channel
        return channel

    def enter_stasis(self, channel: FakeChannel, args: tuple[str, ...]) -> None:
        if not self.app_active:
            channel.fell_through = True
            return
        channel.in_stasis = True
        channel.stasis_args = tuple(args)
        self.emit(ev.StasisStart, channel, args=list(args))

    def dial(self, channel: FakeChannel, phone: Phone, ring_for: float | None) -> None:
        """Let a phone ring and behave as it does; without an answer it ends after ``ring_for`` seconds."""
        self.emit_dial(channel, "")
        timers = channel.timers
        if phone.rings_after is not None:
            timers.append(self.later(phone.rings_after, channel.ring_back))
        if phone.rejects_after is not None:
            timers.append(self.later(phone.rejects_after, self._rejected, channel, phone.reject_cause))
        elif phone.answers_after is not None:
            timers.append(self.later(phone.answers_after, self.answered, channel))
            if phone.hangs_up_after is not None:
                timers.append(self.later(phone.answers_after + phone.hangs_up_after, channel.hang_up))
        if ring_for is not None:
            timers.append(self.later(ring_for, self._no_answer, channel))

    def answered(self, channel: FakeChannel) -> None:
        if not channel.alive or channel.state == "Up":
            return
        channel.state = "Up"
        self.emit(ev.ChannelStateChange, channel)
        self.emit_dial(channel, "ANSWER")
        if not channel.in_stasis:
            self.enter_stasis(channel, channel.stasis_args)
        if channel.fell_through:
            # It was made for the application, and there is no dialplan behind it.
            channel.end(16)

    def _rejected(self, channel: FakeChannel, cause: int) -> None:
        if channel.alive and channel.state != "Up":
            self.emit(ev.ChannelHangupRequest, channel, cause=cause)
            self.emit_dial(channel, "BUSY" if cause == 17 else "NOANSWER")
            channel.end(cause)

    def _no_answer(self, channel: FakeChannel) -> None:
        if channel.alive and channel.state != "Up":
            channel.end(19)

    def continue_to(self, channel: FakeChannel, context: str, extension: str) -> None:
        """The channel leaves ``Stasis`` and meets what ``dialplan`` says; an unknown place ends the call."""
        channel.leave_bridge()
        channel.leave_stasis()
        channel.context, channel.exten = context, extension
        plans = (self.dialplan.get((context, name)) for name in (extension, ANY_EXTENSION))
        plan = next((plan for plan in plans if plan is not None), Dialplan(hangs_up=True))
        if plan.hangs_up:
            channel.end(16)
        elif plan.stasis_args is not None:
            channel.timers.append(self.later(plan.after, self._again, channel, plan))

    def _again(self, channel: FakeChannel, plan: Dialplan) -> None:
        if not channel.alive:
            return
        if plan.retry is not None and not self.app_active:
            channel.timers.append(self.later(plan.retry, self._again, channel, plan))
        else:
            self.enter_stasis(channel, plan.stasis_args or ())

    def leave_bridge(self, channel: FakeChannel) -> None:
        bridge = self.bridges.get(channel.bridge_id or "")
        channel.bridge_id = None
        if bridge is not None and channel.id in bridge.channels:
            bridge.channels.remove(channel.id)
            self.emit(ev.ChannelLeftBridge, channel, bridge=self.bridge_snapshot(bridge))

    def destroyed(self, channel: FakeChannel) -> None:
        self.channels.pop(channel.id, None)
        cause = channel.cause or 0
        # The subscription to a caller ends with StasisEnd: its destruction is not told unless asked for.
        if channel.subscribed or f"channel:{channel.id}" in self.event_sources:
            self._emit(ev.ChannelDestroyed, channel=channel.snapshot(), cause=cause, cause_txt=str(cause))
        self.event_sources.discard(f"channel:{channel.id}")

    def bridge_snapshot(self, bridge: FakeBridge) -> Bridge:
        return Bridge(
            id=bridge.id,
            technology="holding_bridge" if "holding" in bridge.kind else "simple_bridge",
            bridge_type="holding" if "holding" in bridge.kind else "mixing",
            bridge_class="stasis",
            creator="Stasis",
            name=bridge.name,
            channels=list(bridge.channels),
            creationtime=self.stamp(bridge.created),
        )

    # ── events ──

    def emit(self, kind: type[ev.AnyEvent], channel: FakeChannel, **more: Any) -> None:
        if channel.in_stasis or channel.subscribed or f"channel:{channel.id}" in self.event_sources:
            self._emit(kind, channel=channel.snapshot(), **more)

    def emit_dial(self, channel: FakeChannel, status: str) -> None:
        if channel.subscribed:
            self._emit(ev.Dial, peer=channel.snapshot(), dialstatus=status)

    def emit_playback(self, kind: type[ev.AnyEvent], playback: PlaybackCommand) -> None:
        self._emit(kind, playback=playback.snapshot())

    def emit_recording(self, kind: type[ev.AnyEvent], recording: RecordingCommand) -> None:
        if self.recordings is not None and recording.state == "done":
            file = self.recordings / f"{recording.name}.{recording.form}"
            file.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(file), "wb") as wav:
                wav.setparams((1, 2, 8000, 0, "NONE", ""))
                wav.writeframes(bytes(2 * int(8000 * recording.seconds)))
        self._emit(kind, recording=recording.snapshot())

    def _emit(self, kind: Callable[..., ev.AnyEvent], **more: Any) -> None:
        if self._link is not None and self._link.open and kind.__name__ not in self.disallowed:
            common = {"application": self.app, "timestamp": self.stamp(self.now), "asterisk_id": ASTERISK_ID}
            self._link.emit(kind(**common, **more))

    # ── time ──

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def stamp(self, at: float) -> datetime:
        return _EPOCH + timedelta(seconds=at)

    def later(self, delay: float, action: Callable[..., None], *args: Any) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay, action, *args)

    def soon(self, action: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(action)

    def duration_of(self, medium: str) -> float | None:
        return self.durations.get(medium, self.default_duration)

    def phone(self, endpoint: str) -> Phone | None:
        """The phone that an endpoint string dials: itself, or ``TECH/*@trunk`` for any number by a trunk."""
        base = endpoint.removesuffix("/n")
        technology, _, rest = base.partition("/")
        trunk = f"{technology}/*@{rest.partition('@')[2]}"
        return self.phones.get(base) or self.phones.get(trunk)
