"""The live state as browsers get it: snapshot + events == a fresh snapshot, whatever happens in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.control import Link
from springline.business.hotline import commands
from springline.business.live import hub as hubs
from springline.business.live import present, views
from springline.business.live.hub import Hub, Item, Offline
from springline.contracts import codec, subjects
from springline.contracts.events import CallerQuality
from springline.contracts.live import CallPhase, CallRow, LiveEvent, LiveSnapshot, QueueRow, Removed, apply
from springline.platform.bus import MemoryBus
from tests.unit.business.people import NOON, FakeControl


def queue(name: str, label: str = "x") -> QueueRow:
    return QueueRow(id=name, name=label)


class Floor(FakeControl):
    """A control whose rows change and which tells so on the bus."""

    def __init__(self, bus: MemoryBus) -> None:
        super().__init__()
        self.bus = bus

    async def change(self, row: QueueRow | CallRow | Removed, *, tell: bool = True) -> LiveEvent:
        self.seq += 1
        event = LiveEvent(epoch=self.epoch, seq=self.seq, change=row)
        before = LiveSnapshot(epoch=self.epoch, seq=self.seq - 1, at=NOON, rows=self.rows)
        self.rows = apply(before, event).rows
        if tell:
            await self.bus.publish(subjects.LIVE_EVENTS, event)
        return event


@asynccontextmanager
async def running(
    monkeypatch: pytest.MonkeyPatch, *, control: bool = True
) -> AsyncIterator[tuple[Floor, Hub]]:
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.02)
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.01)
    link, bus = Link(), MemoryBus()
    link.bus = bus
    floor, hub = Floor(bus), Hub(link)
    if control:
        await floor.attach(bus)
    task = asyncio.create_task(hub.run())
    try:
        yield floor, hub
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Browser:
    """Holds the state as the desk does."""

    def __init__(self, hub: Hub) -> None:
        self.state: LiveSnapshot | None = None
        self._follower = hub.follow()

    async def until(self, done: Callable[[LiveSnapshot | None], bool]) -> None:
        async with asyncio.timeout(5):
            while True:
                self.take(await self._follower.next(5))
                if done(self.state):
                    return

    def take(self, item: Item | None) -> None:
        assert item is not None
        if isinstance(item, LiveSnapshot):
            self.state = item
        elif isinstance(item, Offline):
            self.state = None
        else:
            assert self.state is not None
            self.state = apply(self.state, item)


def same(floor: Floor) -> Callable[[LiveSnapshot | None], bool]:
    return lambda state: (
        state is not None
        and (state.epoch, state.seq) == (floor.epoch, floor.seq)
        and {row.id: row for row in state.rows} == {row.id: row for row in floor.rows}
    )


async def test_snapshot_and_events_are_the_fresh_state(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(monkeypatch) as (floor, hub):
        browser = Browser(hub)
        await browser.until(same(floor))
        await floor.change(queue("a"))
        await floor.change(queue("b"))
        await floor.change(queue("a", "renamed"))
        await floor.change(Removed(kind="queue", id="b"))
        await browser.until(same(floor))
        await Browser(hub).until(same(floor))


async def test_a_lost_event_is_healed_by_a_fresh_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(monkeypatch) as (floor, hub):
        browser = Browser(hub)
        await browser.until(same(floor))
        await floor.change(queue("a"), tell=False)
        await floor.change(queue("b"))
        await browser.until(same(floor))
        await floor.change(queue("c"), tell=False)
        await browser.until(same(floor))


async def test_control_that_goes_and_comes_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(monkeypatch, control=False) as (floor, hub):
        browser = Browser(hub)
        await browser.until(lambda state: state is None)
        await floor.attach(floor.bus)
        await browser.until(same(floor))
        await floor.bus.close()
        await browser.until(lambda state: state is None)
        floor.epoch, floor.seq = "run-2", 0
        await floor.attach(floor.bus)
        await browser.until(same(floor))
        await floor.change(queue("z"))
        await browser.until(same(floor))


async def test_rubbish_on_the_bus_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(monkeypatch) as (floor, hub):
        browser = Browser(hub)
        await browser.until(same(floor))
        await floor.bus.publish(subjects.LIVE_EVENTS, {"nonsense": 1})
        await floor.change(queue("a"))
        await browser.until(same(floor))


async def test_a_slow_browser_is_dropped_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(Link())
    hub.refresh(LiveSnapshot(epoch="e", seq=0, at=NOON, rows=()))
    slow, quick = hub.follow(), hub.follow()
    for seq in range(1, hubs.QUEUE_LENGTH + 5):
        hub.take(LiveEvent(epoch="e", seq=seq, change=queue("a")))
        assert await quick.next(1) is not None
    assert await slow.next(1) is None
    assert hub.followers == 1


KINDS = ["set", "remove", "snapshot", "restart"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["set", "remove", "snapshot", "restart"]), st.integers(0, 3), st.booleans()
        ),
        max_size=30,
    )
)
def test_law_of_the_hub(story: list[tuple[str, int, bool]]) -> None:
    """Whatever is lost on the way, after the next snapshot every browser holds control's state."""
    hub, floor = Hub(Link()), FakeControl()
    floor.epoch = "run-0"
    hub.refresh(floor.snapshot())
    follower = hub.follow()
    for kind, number, delivered in story:
        if kind == "snapshot":
            hub.refresh(floor.snapshot())
        elif kind == "restart":
            floor.epoch, floor.seq = f"{floor.epoch}.", 0
        else:
            change = queue(str(number), kind) if kind == "set" else Removed(kind="queue", id=str(number))
            floor.seq += 1
            event = LiveEvent(epoch=floor.epoch, seq=floor.seq, change=change)
            floor.rows = apply(msgspec.structs.replace(floor.snapshot(), seq=floor.seq - 1), event).rows
            if delivered:
                hub.take(event)
    hub.refresh(floor.snapshot())

    async def read() -> None:
        state = None
        while state is None or (state.epoch, state.seq) != (floor.epoch, floor.seq):
            item = await follower.next(1)
            assert item is not None
            state = item if isinstance(item, LiveSnapshot) else apply(state, item)  # type: ignore[arg-type]
        assert {row.id: row for row in state.rows} == {row.id: row for row in floor.rows}

    asyncio.run(read())


CALL = CallRow(
    id="c1",
    phase=CallPhase.TALKING,
    since=NOON,
    arrived_at=NOON,
    caller="+8613800012345",
    caller_raw="13800012345",
    caller_quality=CallerQuality.REAL,
    hotline="4000564000",
    agent="1003",
)


@pytest.mark.parametrize(
    ("viewer", "shown"),
    [
        (User(role=Role.AGENT, agent_id="1003"), True),
        (User(role=Role.AGENT, agent_id="1001"), False),
        (User(role=Role.SUPERVISOR), True),
        (User(role=Role.OWNER), True),
        (User(role=Role.ADMIN), True),
    ],
)
def test_who_sees_the_number_in_frames(viewer: User, shown: bool) -> None:
    frames = [
        views.frame(viewer, LiveSnapshot(epoch="e", seq=1, at=NOON, rows=(CALL,))),
        views.frame(viewer, LiveEvent(epoch="e", seq=2, change=CALL)),
    ]
    for frame, name, place in zip(frames, (b"snapshot", b"change"), (b"e/1", b"e/2"), strict=True):
        head, _sep, rest = frame.partition(b"\ndata: ")
        assert head == b"event: " + name + b"\nid: " + place
        assert (b"13800012345" in rest) is shown
        assert (b"138****2345" in rest) is not shown
    waiting = msgspec.structs.replace(CALL, agent=None, phase=CallPhase.QUEUED)
    frame = views.frame(User(role=Role.AGENT, agent_id="1003"), LiveEvent(epoch="e", seq=3, change=waiting))
    assert b"13800012345" not in frame


async def next_frame(frames: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(5):
        return await anext(frames)


async def test_a_stream_begins_with_the_state_and_comments_while_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "COMMENT_SECONDS", 0.01)
    hub = Hub(Link())
    hub.refresh(LiveSnapshot(epoch="e", seq=4, at=NOON, rows=(queue("a"),)))
    viewer = User(role=Role.AGENT, agent_id="1001")
    frames = views.stream(RequestFactory().get("/api/live"), viewer, hub)
    assert (await next_frame(frames)).startswith(b"retry:")
    snapshot = await next_frame(frames)
    data = json.loads(snapshot.split(b"data: ")[1])
    assert codec.decode(json.dumps(data).encode(), LiveSnapshot).seq == 4
    assert (await next_frame(frames)).startswith(b":")
    hub.take(LiveEvent(epoch="e", seq=5, change=queue("b")))
    while (frame := await next_frame(frames)).startswith(b":"):
        pass
    assert b"id: e/5" in frame
    await frames.aclose()  # type: ignore[attr-defined]
    assert hub.followers == 0


async def test_a_stream_that_hears_nothing_for_its_viewer_is_not_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "COMMENT_SECONDS", 0.0)
    hub = Hub(Link())
    frames = views.stream(RequestFactory().get("/"), User(role=Role.COURIER), hub, lambda _viewer, _item: b"")
    assert (await next_frame(frames)).startswith(b"retry:")
    hub.take(LiveEvent(epoch="e", seq=1, change=queue("a")))
    assert await next_frame(frames) == views.STILL_HERE
    await frames.aclose()  # type: ignore[attr-defined]


async def test_a_stream_ends_when_its_session_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when so much happens that there is never a pause."""
    monkeypatch.setattr(views, "CHECK_SECONDS", 0.0)
    allowed = [True, True, False]
    monkeypatch.setattr(views, "still_allowed", lambda _request, _viewer: allowed.pop(0))
    hub = Hub(Link())
    hub.refresh(LiveSnapshot(epoch="e", seq=0, at=NOON, rows=()))
    frames = views.stream(RequestFactory().get("/api/live"), User(role=Role.AGENT), hub)
    assert (await next_frame(frames)).startswith(b"retry:")
    assert b"snapshot" in await next_frame(frames)
    for seq in (1, 2, 3):
        hub.take(LiveEvent(epoch="e", seq=seq, change=queue("a")))
    assert [b"change" in frame async for frame in frames] == [True]


@pytest.mark.django_db(transaction=True)
async def test_the_address_asks_who_is_there(async_client: AsyncClient) -> None:
    answer = await async_client.get("/api/live")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "not_signed_in")
    courier = await User.objects.acreate(username="c", name="c", role=Role.COURIER)
    await async_client.aforce_login(courier, backend="django.contrib.auth.backends.ModelBackend")
    assert (await async_client.get("/api/live")).status_code == 403
    await User.objects.aupdate(role=Role.SUPERVISOR)
    answer = await async_client.get("/api/live")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    frames = aiter(answer.streaming_content)  # type: ignore[attr-defined]
    assert (await next_frame(frames)).startswith(b"retry:")
    assert b"offline" in await next_frame(frames)
    await frames.aclose()
    await sync_to_async(connections.close_all)()


async def test_a_call_is_known_by_the_copy_and_without_one_by_control(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(commands, "live_call", lambda call_id: asked.append(call_id))
    async with running(monkeypatch) as (floor, hub):
        monkeypatch.setattr(present, "hub", hub)
        assert present.call("c1") is None
        browser = Browser(hub)
        await floor.change(CALL)
        await browser.until(same(floor))
        assert present.call("c1") == CALL
        assert asked == ["c1"]
        await floor.change(Removed(kind="call", id="c1"))
        await browser.until(same(floor))
        assert present.call("c1") is None
        await floor.change(msgspec.structs.replace(CALL, id="c2"))
        await browser.until(same(floor))
        hub.take(LiveEvent(epoch="another", seq=1, change=queue("a")))
        assert hub.row("call", "c2") is None
        assert asked == ["c1", "c1"]
