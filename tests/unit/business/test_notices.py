"""Notices: after the commit, from any process, to every screen; nothing of what was rolled back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.db import connections, transaction

from springline.business import control, jobs, notices, worker
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.control import Link
from springline.business.live import hub as hubs
from springline.business.live import views
from springline.business.live.hub import Follower, Hub
from springline.contracts.live import Notice
from springline.platform.bus import BusError, MemoryBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def no_connection_left() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> MemoryBus:
    """What this process connects to, under a link of the test's own."""
    memory, link = MemoryBus(), Link()

    async def connect(*_args: object, **_how: object) -> MemoryBus:
        return memory

    monkeypatch.setattr(control.Bus, "connect", connect)
    monkeypatch.setattr(control, "link", link)
    monkeypatch.setattr(worker, "link", link)
    monkeypatch.setattr(hubs, "RETRY_SECONDS", 0.01)
    return memory


class Screen:
    """A browser's share of a hub that runs on the bus."""

    def __init__(self, bus: MemoryBus) -> None:
        link = Link()
        link.bus = bus
        self.hub = Hub(link)
        self.follower: Follower = self.hub.follow()
        self._task = asyncio.create_task(self.hub.run())

    async def listens(self, bus: MemoryBus) -> None:
        async with asyncio.timeout(5):
            while not bus._listeners["live.notices"]:
                await asyncio.sleep(0.005)

    async def notice(self) -> Notice:
        while True:
            item = await self.follower.next(5)
            if isinstance(item, Notice):
                return item

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


@pytest.fixture
async def screen(bus: MemoryBus) -> AsyncIterator[Screen]:
    await control.link.connect(django_settings.HOME, "web")
    shown = Screen(bus)
    await shown.listens(bus)
    yield shown
    await shown.close()


async def test_a_notice_leaves_with_the_commit_and_not_before(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    publish = control.link.tell
    monkeypatch.setattr(
        control.link, "tell", lambda subject, message: (told.append(message.id), publish(subject, message))
    )

    def write() -> None:
        with suppress(RuntimeError), transaction.atomic():
            notices.announce("order", 1, state="cancelled")
            raise RuntimeError("rolled back")
        with transaction.atomic():
            notices.announce("order", 2, state="confirmed", customer_id=7)
            assert told == []

    await sync_to_async(write)()
    heard = await screen.notice()
    assert heard == Notice(kind="order", id="2", facts={"state": "confirmed", "customer_id": 7})


async def test_what_a_browser_is_sent(screen: Screen) -> None:
    await sync_to_async(notices.announce)("customer", 5, what="changed")
    viewer = User(role=Role.AGENT)
    frame = views.frame(viewer, await screen.notice())
    assert frame == b'event: notice\ndata: {"kind":"customer","id":"5","facts":{"what":"changed"}}\n\n'


async def test_a_notice_of_the_worker_reaches_the_screens(
    bus: MemoryBus, recordings_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.every(0.01, "x", lambda: notices.announce("task", 3))
    screen, stop = Screen(bus), asyncio.Event()
    await screen.listens(bus)
    running = asyncio.create_task(worker.run(django_settings.HOME, stop))
    try:
        assert (await screen.notice()).id == "3"
    finally:
        stop.set()
        await running
        await screen.close()


async def test_without_a_bus_the_write_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "link", Link())
    await sync_to_async(notices.announce)("order", 1)


async def test_after_the_bus_was_away_screens_are_told_to_fetch_everything(
    bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe, broken = bus.subscribe, True

    async def breaks(subject: str) -> AsyncIterator[bytes]:
        nonlocal broken
        if broken:
            broken = False
            raise BusError("away")
        async for data in subscribe(subject):
            yield data

    monkeypatch.setattr(bus, "subscribe", breaks)
    screen = Screen(bus)
    try:
        assert (await screen.notice()).kind == hubs.MISSED
    finally:
        await screen.close()
