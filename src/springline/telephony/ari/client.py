"""The client the call controller uses: typed operations, ordered events, resynchronisation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from .dispatch import Dispatcher, EndpointEvent, EventStream
from .generated import operations as ops
from .generated.events import AnyEvent, StasisStart
from .generated.models import Bridge, Channel
from .guard import Guard
from .transport import AriConnection, Backoff
from .websocket import Connector
from .wire import UnknownEvent

# Events the controller has no use for; ChannelVarset alone is half of what a call causes.
NOISE = ("ChannelVarset", "ChannelDialplan", "ChannelCallerId", "ChannelConnectedLine")


class Resync(msgspec.Struct, frozen=True):
    """The state of Asterisk: after a connect, before any event is delivered; or at a look in between.

    ``channels`` holds every channel, also those outside our application; ``ours`` are those in it now.
    What happens between the connect and the listing is in the lists and comes as an event too: what the
    consumer does with an event must be right when its effect is already there.
    """

    first: bool
    app: str
    channels: dict[str, Channel]
    bridges: dict[str, Bridge]

    @property
    def ours(self) -> dict[str, Channel]:
        return {i: c for i, c in self.channels.items() if in_stasis(c, self.app)}


def in_stasis(channel: Channel, app: str) -> bool:
    """The channel is in ``Stasis`` of this application now."""
    plan = channel.dialplan
    return plan.app_name == "Stasis" and plan.app_data.partition(",")[0] == app


class Ari:
    """Asterisk as one application sees it.

    ``await ari.run()`` in a task of its own keeps the connection. ``event_sources`` are subscribed on every
    connect, for example ``endpoint:PJSIP``; ``disallowed`` names the event types Asterisk shall not send.
    There is no list of allowed ones: it would suppress the responses to our requests as well. ``on_resync``
    is awaited after every connect before events are delivered; live streams get a ``Resynced`` event first.
    ``aside``: see ``AriConnection``.
    """

    def __init__(
        self,
        connector: Connector,
        app: str,
        *,
        aside: Connector | None = None,
        on_stasis_start: Callable[[StasisStart], None],
        on_resync: Callable[[Resync], Awaitable[None]] | None = None,
        on_endpoint_event: Callable[[EndpointEvent], None] | None = None,
        on_other_event: Callable[[AnyEvent | UnknownEvent], None] | None = None,
        event_sources: Sequence[str] = (),
        disallowed: Sequence[str] = NOISE,
        deadline: float = 5.0,
        backoff: Backoff | None = None,
    ) -> None:
        self.app = app
        self._on_resync = on_resync
        self._event_sources = event_sources
        self._disallowed = disallowed
        self._dispatcher = Dispatcher(
            on_stasis_start=on_stasis_start,
            on_endpoint_event=on_endpoint_event,
            on_other_event=on_other_event,
        )
        self.connection = AriConnection(
            connector,
            aside=aside,
            on_event=self._event,
            on_connected=self._connected,
            deadline=deadline,
            backoff=backoff,
        )
        self._guard = guard = Guard(self.connection)
        self.applications = ops.Applications(self.connection)
        self.asterisk = ops.Asterisk(self.connection)
        self.bridges = ops.Bridges(guard)
        self.channels = ops.Channels(guard)
        self.device_states = ops.DeviceStates(self.connection)
        self.endpoints = ops.Endpoints(self.connection)
        self.events = ops.Events(self.connection)
        self.playbacks = ops.Playbacks(guard)
        self.recordings = ops.Recordings(guard)
        self.sounds = ops.Sounds(self.connection)

    async def run(self) -> None:
        """Keep connected until cancelled."""
        await self.connection.run()

    @property
    def connected(self) -> bool:
        return self.connection.connected

    async def wait_ready(self) -> None:
        """Until connected and resynchronised."""
        await self.connection.wait_ready()

    async def wait_lost(self) -> None:
        """Until the connection that is there now is lost."""
        await self.connection.wait_lost()

    def subscribe(self, *object_ids: str) -> EventStream:
        """A stream of the events of these channels and bridges, in order."""
        return self._dispatcher.subscribe(*object_ids)

    def _event(self, event: AnyEvent | UnknownEvent) -> None:
        self._guard.observe(event)
        self._dispatcher.dispatch(event)

    async def _connected(self, first: bool) -> None:
        await self._set_filter()
        if self._event_sources:
            await self.applications.subscribe(self.app, event_source=self._event_sources)
        state = msgspec.structs.replace(await self.look(), first=first)
        if not first:
            self._guard.reset(frozenset(state.channels))
            self._dispatcher.resynced(state.channels, state.bridges)
        if self._on_resync is not None:
            await self._on_resync(state)

    async def look(self, deadline: float | None = None) -> Resync:
        """What Asterisk has now, in two requests, each with ``deadline``. Streams hear nothing of it."""
        channels = {c.id: c for c in await self.channels.list(deadline=deadline)}
        bridges = {b.id: b for b in await self.bridges.list(deadline=deadline)}
        return Resync(False, self.app, channels, bridges)

    async def _set_filter(self) -> None:
        types = [{"type": name} for name in self._disallowed]
        await self.applications.filter(self.app, filter={"disallowed": types})
