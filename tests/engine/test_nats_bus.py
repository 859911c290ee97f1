"""The bus over a real nats-server: the same cases as the memory bus, and what only a server can do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from springline import programs
from springline.business.control import Link
from springline.business.live.hub import MISSED, Hub
from springline.contracts import subjects
from springline.contracts.live import Notice
from springline.platform import metrics, settings
from springline.platform.bus import AnyBus, Bus, BusError, NewEntry, journal
from springline.platform.settings import Settings
from springline.platform.supervisor import free_ports
from springline.telephony.engine.nats import running_nats
from springline.telephony.instance import nats_config
from tests.support.bus_cases import CALL, BusCases, take

pytestmark = pytest.mark.engine


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return settings.create(tmp_path, nats_port=free_ports(1)[0])


class TestBus(BusCases):
    @pytest.fixture
    async def bus(self, home: Settings) -> AsyncIterator[AnyBus]:
        async with running_nats(nats_config(home)):
            bus = await Bus.connect(home, "test")
            yield bus
            await bus.close()


async def test_no_server_is_a_clear_error(home: Settings) -> None:
    with pytest.raises(BusError, match=str(home.nats_port)):
        await Bus.connect(home, "test", timeout=0.5)


async def test_readers_and_writers_go_on_after_the_server_was_restarted(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who asked the server that died does not wait for its answer."""
    monkeypatch.setattr(journal, "FETCH_WAIT_SECONDS", 600.0)
    async with running_nats(nats_config(home)):
        bus = await Bus.connect(home, "test")
        await bus.journal_append(CALL, b"before", "1")
        entries = bus.journal()
        assert (await anext(entries)).data == b"before"
        reading = asyncio.ensure_future(take(entries, 1))
        # The question is on its way before the server ends.
        await bus.journal_read(subjects.JOURNAL_ALL)
    async with running_nats(nats_config(home)):
        async with asyncio.timeout(20):
            while True:
                try:
                    await bus.journal_append(CALL, b"after", "2")
                    break
                except BusError:
                    await asyncio.sleep(0.1)
            assert [entry.data for entry in await reading] == [b"after"]
        assert [e.seq for e in await bus.journal_read(subjects.JOURNAL_ALL)] == [1, 2]
        await bus.close()


async def test_what_is_appended_fails_at_once_when_the_server_dies(home: Settings) -> None:
    """Not when a time-out is over: control puts it on disk meanwhile."""
    async with running_nats(nats_config(home)):
        bus = await Bus.connect(home, "test")
        await bus.journal_append(CALL, b"before", "1")
    async with asyncio.timeout(2):
        while bus.connected:
            await asyncio.sleep(0.01)
        with pytest.raises(BusError):
            await bus.journal_append(CALL, b"after", "2")
        with pytest.raises(BusError):
            await bus.journal_append_all([NewEntry(CALL, b"after", "2"), NewEntry(CALL, b"later", "3")])
    await bus.close()


async def test_who_listens_is_told_when_words_may_be_lost(home: Settings) -> None:
    said: list[bool] = []
    async with running_nats(nats_config(home)):
        bus = await Bus.connect(home, "test")
        bus.when_interrupted(said.append)
    async with running_nats(nats_config(home)), asyncio.timeout(20):
        while len(said) < 2:
            await asyncio.sleep(0.01)
        await bus.close()
    assert said[:2] == [False, True]


async def test_a_notice_crosses_processes(home: Settings) -> None:
    """Written by one process, as the worker, shown by another, as the web."""
    worker, web = Link(), Link()
    hub = Hub(web)
    screen = hub.follow()

    async def heard(kind: str) -> Notice:
        async with asyncio.timeout(20):
            while True:
                item = await screen.next(20)
                if isinstance(item, Notice) and item.kind == kind:
                    return item

    async def told_until_heard() -> Notice:
        """The hub may not listen yet: what nobody hears is told again."""
        listening = asyncio.create_task(heard("order"))
        while not listening.done():
            worker.tell(subjects.LIVE_NOTICES, Notice(kind="order", id="7", facts={"state": "delivered"}))
            await asyncio.wait([listening], timeout=0.2)
        return listening.result()

    running = asyncio.create_task(hub.run())
    async with running_nats(nats_config(home)):
        await worker.connect(home, "worker")
        await web.connect(home, "web")
        assert (await told_until_heard()).facts == {"state": "delivered"}
    async with running_nats(nats_config(home)):
        try:
            # What was told while the bus was started again, nobody heard.
            await heard(MISSED)
            await told_until_heard()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await worker.close()
            await web.close()


async def test_a_program_whose_loop_stands_still_is_known_from_one_that_is_away(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "ASK_SECONDS", 0.2)
    assert await programs.moves(home, "control"), "without a bus nobody knows"
    async with running_nats(nats_config(home)):
        assert await programs.moves(home, "control"), "it may just be starting"
        bus = await Bus.connect(home, "control")
        await metrics.serve(bus, "worker")
        assert await programs.moves(home, "worker")

        async def never(_question: bytes) -> bytes:
            await asyncio.Event().wait()
            return b""

        await bus.respond(subjects.metrics_of("control"), never)
        assert not await programs.moves(home, "control")
        await bus.close()
