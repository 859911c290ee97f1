"""Events to the calls they belong to: one ordered queue per call."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeAlias

import msgspec
import structlog
from prometheus_client import Counter

from .generated import events as ev
from .generated.events import AnyEvent, StasisStart
from .generated.models import Bridge, Channel
from .wire import UnknownEvent

log = structlog.get_logger(__name__)
UNCLAIMED = Counter(
    "springline_ari_unclaimed_events_total", "Events of channels no call listens to", ["type"]
)
CALLBACK_FAILURES = Counter("springline_ari_callback_failures_total", "Callbacks that raised", ["type"])


class Resynced(msgspec.Struct, frozen=True):
    """After a reconnect, first event of every stream: what is left of what it listens to.

    Events between the loss and now are lost. Also when no link was lost but a word must have been
    (``compared``). ``gone`` holds the claimed ids that are neither a channel nor a bridge now: a channel in
    it has hung up meanwhile.
    """

    channels: dict[str, Channel]
    bridges: dict[str, Bridge]
    gone: frozenset[str]
    compared: bool = False


StreamEvent: TypeAlias = AnyEvent | Resynced
EndpointEvent: TypeAlias = (
    ev.ContactStatusChange | ev.EndpointStateChange | ev.PeerStatusChange | ev.DeviceStateChanged
)
ENDPOINT_EVENTS = (ev.ContactStatusChange, ev.EndpointStateChange, ev.PeerStatusChange, ev.DeviceStateChanged)


class StreamClosed(Exception):
    """The stream was closed; nothing more will come."""


class EventStream:
    """The events of one call, in Asterisk's order, of all channel and bridge ids it has claimed.

    Kept without limit until read: a slow call delays nobody but itself. Read by one task at a time. Playback
    and recording events come to the stream of the channel or bridge they play to. Use as a context manager
    or ``close`` it.
    """

    def __init__(self, owner: Dispatcher) -> None:
        self._owner = owner
        self._events: deque[StreamEvent] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self.ids: set[str] = set()

    def claim(self, object_id: str) -> None:
        """Also listen to this channel or bridge. Claim an agent's leg before originating it."""
        self._owner.claim(self, object_id)

    def release(self, object_id: str) -> None:
        """Stop listening to this channel or bridge."""
        self._owner.release(self, object_id)

    def close(self) -> None:
        """Release everything and drop what was not read."""
        self._closed = True
        self._owner.forget(self)
        self._events.clear()
        self._wake()

    async def next(self, deadline: float | None = None) -> StreamEvent:
        """The next event. Raises ``TimeoutError`` after ``deadline`` seconds, ``StreamClosed`` if closed."""
        if self._events:
            return self._events.popleft()
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = None if deadline is None else loop.call_later(deadline, _time_out, waiter)
        try:
            while not self._events:
                if self._closed:
                    raise StreamClosed
                await waiter
                if not self._events and not self._closed:
                    waiter = self._waiter = loop.create_future()
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()
        return self._events.popleft()

    def pending(self) -> int:
        """How many events wait to be read."""
        return len(self._events)

    def put(self, event: StreamEvent) -> None:
        """Append an event; called by the dispatcher."""
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> StreamEvent:
        try:
            return await self.next()
        except StreamClosed:
            raise StopAsyncIteration from None

    def __enter__(self) -> EventStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Dispatcher:
    """Hands every event to the stream that claimed its channel, or to a callback.

    ``on_stasis_start`` gets a StasisStart nobody claimed and may ``subscribe`` at once; ``on_endpoint_event``
    gets the state of phones; ``on_other_event`` gets what belongs to no channel, among it ApplicationReplaced
    and UnknownEvent. Callbacks run inside the socket's callback: they must be short and must not await.
    """

    def __init__(
        self,
        *,
        on_stasis_start: Callable[[StasisStart], None],
        on_endpoint_event: Callable[[EndpointEvent], None] | None = None,
        on_other_event: Callable[[AnyEvent | UnknownEvent], None] | None = None,
    ) -> None:
        self._on_stasis_start = on_stasis_start
        self._on_endpoint_event = on_endpoint_event
        self._on_other_event = on_other_event
        self._streams: dict[str, EventStream] = {}

    def subscribe(self, *object_ids: str) -> EventStream:
        """A new stream of the events of these channels and bridges. Raises ``ValueError`` if one is taken."""
        stream = EventStream(self)
        for object_id in object_ids:
            self.claim(stream, object_id)
        return stream

    def claim(self, stream: EventStream, object_id: str) -> None:
        if self._streams.setdefault(object_id, stream) is not stream:
            raise ValueError(f"{object_id} is claimed by another stream")
        stream.ids.add(object_id)

    def release(self, stream: EventStream, object_id: str) -> None:
        if self._streams.get(object_id) is stream:
            del self._streams[object_id]
        stream.ids.discard(object_id)

    def forget(self, stream: EventStream) -> None:
        for object_id in tuple(stream.ids):
            self.release(stream, object_id)

    def dispatch(self, event: AnyEvent | UnknownEvent) -> None:
        """Deliver one event. A callback that raises is logged and counted; it stops no other event."""
        found = None
        for object_id in object_ids(event):
            stream = self._streams.get(object_id)
            if stream is not None and stream is not found:
                stream.put(event)  # type: ignore[arg-type]
                found = stream
        if found is not None:
            return
        try:
            self._unclaimed(event)
        except Exception:  # the edge of the consumer's callbacks: one failing call must not stop the others
            kind = type(event).__name__
            CALLBACK_FAILURES.labels(kind).inc()
            log.exception("ari.callback_failed", event_type=kind)

    def resynced(self, channels: dict[str, Channel], bridges: dict[str, Bridge]) -> None:
        """Tell every stream what is left after a reconnect."""
        for stream in set(self._streams.values()):
            ids = stream.ids
            mine = {i: channels[i] for i in ids if i in channels}
            ours = {i: bridges[i] for i in ids if i in bridges}
            stream.put(Resynced(mine, ours, frozenset(ids - mine.keys() - ours.keys())))

    def _unclaimed(self, event: AnyEvent | UnknownEvent) -> None:
        if isinstance(event, StasisStart):
            self._on_stasis_start(event)
        elif isinstance(event, ENDPOINT_EVENTS):
            if self._on_endpoint_event is not None:
                self._on_endpoint_event(event)
        elif _owners_of(type(event)):
            UNCLAIMED.labels(type(event).__name__).inc()
        elif self._on_other_event is not None:
            self._on_other_event(event)


def object_ids(event: AnyEvent | UnknownEvent) -> Iterator[str]:
    """Ids of the channels and bridges an event is about, the most specific first."""
    for owner in _owners_of(type(event)):
        object_id = owner(event)
        if object_id is not None:
            yield object_id


# Which fields name the owner, in the order asked. A `peer` is the leg being dialled.
_ID_FIELDS = ("channel", "peer", "caller", "bridge")
_TARGET_FIELDS = ("playback", "recording")
_TRANSFER_FIELDS = ("transferer_first_leg", "transferer_second_leg", "transferee", "transfer_target")
_owners: dict[type, tuple[Callable[[Any], str | None], ...]] = {}


def _owners_of(kind: type) -> tuple[Callable[[Any], str | None], ...]:
    try:
        return _owners[kind]
    except KeyError:
        names = set(kind.__struct_fields__) if kind is not UnknownEvent else set()  # type: ignore[attr-defined]
        getters = [_id_of(name) for name in (*_ID_FIELDS, *_TRANSFER_FIELDS) if name in names]
        getters += [_target_of(name) for name in _TARGET_FIELDS if name in names]
        _owners[kind] = tuple(getters)
        return _owners[kind]


def _id_of(field: str) -> Callable[[Any], str | None]:
    def get(event: Any) -> str | None:
        owner = getattr(event, field)
        # CallBroadcast has a `caller` that is a number, not a channel.
        return owner.id if isinstance(owner, (Channel, Bridge)) else None

    return get


def _target_of(field: str) -> Callable[[Any], str | None]:
    def get(event: Any) -> str | None:
        target: str = getattr(event, field).target_uri
        return target.partition(":")[2]

    return get


def _time_out(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
