"""One copy of the live state per web process, and the browsers that follow it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeAlias

import structlog

from springline.business.control import CommandRefused, ControlAway, Link
from springline.contracts import codec, subjects
from springline.contracts.commands import GetSnapshot, Snapshot
from springline.contracts.live import AnyRow, LiveEvent, LiveSnapshot, Notice, Removed, key_of
from springline.platform.bus import AnyBus, BusError

log = structlog.get_logger("live")

CHECK_SECONDS = 2.0
RETRY_SECONDS = 0.5
QUEUE_LENGTH = 256
# A notice of this kind: the bus was away, others may have been lost, and everything is to be fetched again.
MISSED = "missed"


class Offline:
    """Control does not answer; a snapshot follows when it does."""


Item: TypeAlias = LiveSnapshot | LiveEvent | Offline | Notice


class Follower:
    """One browser's share. It ends, and the browser reconnects, when the browser reads too slowly."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Item | None] = asyncio.Queue(QUEUE_LENGTH)

    def push(self, item: Item) -> bool:
        """False when there is no room: this follower is to be dropped."""
        try:
            self._items.put_nowait(item)
        except asyncio.QueueFull:
            self.end()
            return False
        return True

    def end(self) -> None:
        while not self._items.empty():
            self._items.get_nowait()
        self._items.put_nowait(None)

    async def next(self, timeout: float) -> Item | None:
        """The next item, None at the end. Raises TimeoutError after `timeout` seconds without one."""
        async with asyncio.timeout(timeout):
            return await self._items.get()


class Hub:
    """Follows control's live events; asks for a fresh snapshot at start, after a gap and after an absence.

    `run` keeps it going. Control is asked for its snapshot every CHECK_SECONDS as well: it is the proof that
    it lives, and repairs what a lost message would break.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._followers: set[Follower] = set()
        self._state: LiveSnapshot | None = None
        self._rows: dict[tuple[str, str], AnyRow] = {}
        self._early: list[LiveEvent] = []
        self._said_offline = False
        self._missed_notices = False
        self._told_by: AnyBus | None = None
        self._gap = asyncio.Event()

    def row(self, kind: str, row_id: str) -> AnyRow | None:
        """From any thread; None too while control is away or a message was missed."""
        return self._rows.get((kind, row_id)) if self._state is not None else None

    def follow(self) -> Follower:
        follower = Follower()
        follower.push(self._present() or Offline())
        self._followers.add(follower)
        return follower

    def leave(self, follower: Follower) -> None:
        self._followers.discard(follower)

    def close(self) -> None:
        for follower in self._followers:
            follower.end()
        self._followers.clear()

    @property
    def followers(self) -> int:
        return len(self._followers)

    async def run(self) -> None:
        """Until cancelled. Survives a bus or control that comes and goes."""
        while True:
            bus = self._link.bus
            if bus is None:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if bus is not self._told_by:
                bus.when_interrupted(self._interrupted)
                self._told_by = bus
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._read(bus.subscribe(subjects.LIVE_EVENTS)))
                    tasks.create_task(self._read_notices(bus.subscribe(subjects.LIVE_NOTICES)))
                    tasks.create_task(self._check())
            except* BusError as errors:
                self._missed_notices = True
                log.info("live_restarts", error=type(errors.exceptions[0]).__name__)
                self._offline()
            await asyncio.sleep(RETRY_SECONDS)

    def _interrupted(self, back: bool) -> None:
        """Live events are numbered; of notices nobody would see that some are missing."""
        if back:
            self._push(Notice(kind=MISSED, id=""))

    async def _read(self, messages: AsyncIterator[bytes]) -> None:
        async for data in messages:
            try:
                event = codec.decode(data, LiveEvent)
            except codec.BadMessage as error:
                log.warning("live_event_unreadable", error=str(error))
                continue
            self.take(event)
        raise BusError("subscription ended")

    async def _read_notices(self, messages: AsyncIterator[bytes]) -> None:
        """Passed on as they come: they are of the durable floor, which works while control is away."""
        if self._missed_notices:
            self._missed_notices = False
            self._push(Notice(kind=MISSED, id=""))
        async for data in messages:
            try:
                self._push(codec.decode(data, Notice))
            except codec.BadMessage as error:
                log.warning("notice_unreadable", error=str(error))
        raise BusError("subscription ended")

    async def _check(self) -> None:
        while True:
            try:
                reply = await self._link.ask(GetSnapshot(), Snapshot)
            except (ControlAway, CommandRefused):
                self._offline()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self.refresh(reply.live)
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._gap.wait()
            self._gap.clear()

    def take(self, event: LiveEvent) -> None:
        """Apply and pass on an event; one that does not follow starts a wait for the next snapshot."""
        state = self._state
        if state is None:
            # The subscription is older than the snapshot's answer: what comes in between belongs after it.
            self._early = [*self._early[-QUEUE_LENGTH:], event]
            return
        if event.epoch == state.epoch and event.seq <= state.seq:
            return
        if event.epoch != state.epoch or event.seq != state.seq + 1:
            log.info("live_gap", seq=event.seq, after=state.seq)
            self._state, self._early = None, [event]
            self._gap.set()
            return
        self._apply(event)
        self._push(event)

    def refresh(self, fresh: LiveSnapshot) -> None:
        """Take over `fresh` when it differs in place from what is known; events that came early follow it."""
        state = self._state
        if state is not None and state.epoch == fresh.epoch and fresh.seq <= state.seq:
            return
        self._state = fresh
        self._rows = {key_of(row): row for row in fresh.rows}
        early, self._early = self._early, []
        for event in early:
            if event.epoch == fresh.epoch and event.seq == self._state.seq + 1:
                self._apply(event)
        self._push(self._present() or Offline())

    def _offline(self) -> None:
        if self._state is not None or not self._said_offline:
            self._said_offline = True
            self._state, self._early = None, []
            self._push(Offline())

    def _apply(self, event: LiveEvent) -> None:
        assert self._state is not None
        change = event.change
        if isinstance(change, Removed):
            self._rows.pop((change.kind, change.id), None)
        else:
            self._rows[key_of(change)] = change
        self._state = LiveSnapshot(epoch=event.epoch, seq=event.seq, at=self._state.at, rows=())

    def _present(self) -> LiveSnapshot | None:
        state = self._state
        if state is None:
            return None
        self._said_offline = False
        return LiveSnapshot(epoch=state.epoch, seq=state.seq, at=state.at, rows=tuple(self._rows.values()))

    def _push(self, item: Item) -> None:
        for follower in list(self._followers):
            if not follower.push(item):
                log.info("live_follower_dropped")
                self._followers.discard(follower)
