"""The worker's loops on a bus in memory: exactly once, quickly, and in spite of what goes away."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.db import OperationalError, connections
from django.utils import timezone

from springline.business import jobs, worker
from springline.business.calls import numbers, projector, recordings
from springline.business.calls.models import Call, CallStep, JournalPosition, Recording
from springline.business.hotline.models import Hotline, Queue
from springline.business.hotline.services import draft_flow, publish_flow
from springline.contracts import codec, subjects
from springline.contracts.config import Config
from springline.platform.bus import BusError, JournalEntry, MemoryBus
from tests.support.until import until_true
from tests.unit.business.people import Journal, call_events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def no_connection_left() -> AsyncIterator[None]:
    """Views and services ran in a thread whose connection would outlive the test."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(worker, "PUBLISH_SECONDS", 0.01)
    monkeypatch.setattr(worker, "FINALISE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "DISK_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "FIRST_RETRY_SECONDS", 0.01)


async def until(condition: Callable[[], object]) -> None:
    """A condition on rows, which only a thread may ask for."""
    await until_true(sync_to_async(condition))


async def tell(bus: MemoryBus, call_id: str) -> None:
    for event in call_events(call_id, Journal().now):
        await bus.journal_append(subjects.journal_of_call(call_id), codec.encode(event), event.id)


class running:
    """Keeps one of the worker's jobs going while the block runs."""

    def __init__(self, name: str, job: Callable[[], object]) -> None:
        self._coroutine = worker._keep(name, job)  # type: ignore[arg-type]

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._coroutine)

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_the_journal_becomes_rows_and_the_beat_is_noted() -> None:
    bus = MemoryBus()
    await tell(bus, "c1")
    async with running("projector", lambda: worker.project(bus)):
        await until(lambda: projector.applied() == 13)
        await tell(bus, "c2")
        await until(lambda: projector.applied() == 26)
        await until(lambda: JournalPosition.objects.filter(beat_at__isnull=False).exists())
    assert await Call.objects.acount() == 2


async def test_a_replay_while_the_worker_runs_starts_from_the_beginning() -> None:
    bus = MemoryBus()
    await tell(bus, "c1")
    async with running("projector", lambda: worker.project(bus)):
        await until(lambda: projector.applied() == 13)
        await sync_to_async(projector.rebuild)()
        await until(lambda: projector.applied() == 13)
        await tell(bus, "c2")
        await until(lambda: projector.applied() == 26)
    assert await Call.objects.acount() == 2


async def test_a_bus_that_lost_its_store_begins_another_journal() -> None:
    first, second = MemoryBus(), MemoryBus()
    await tell(first, "c1")
    async with running("projector", lambda: worker.project(first)):
        await until(lambda: projector.applied() == 13)
    await tell(second, "c2")
    for _start in range(2):
        async with running("projector", lambda: worker.project(second)):
            await until(lambda: Call.objects.filter(pk="c2", ended_at__isnull=False).exists())
    assert await Call.objects.acount() == 2
    assert await sync_to_async(projector.applied)() == 13
    assert await CallStep.objects.acount() == 26


class FlakyBus(MemoryBus):
    """Its journal breaks off after every fifth entry."""

    async def journal(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        given = 0
        async for entry in super().journal(from_seq):
            yield entry
            given += 1
            if given == 5:
                raise BusError("gone")


async def test_a_bus_and_a_database_that_go_away_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = FlakyBus()
    await tell(bus, "c1")
    apply_batch, calls = projector.apply_batch, iter(range(1000))

    def sometimes(entries: list[JournalEntry], after: int) -> int:
        if next(calls) % 3 == 0:
            raise OperationalError("database is locked")
        return apply_batch(entries, after)

    monkeypatch.setattr(projector, "apply_batch", sometimes)
    async with running("projector", lambda: worker.project(bus)):
        await until(lambda: projector.applied() == 13)
    assert await Call.objects.acount() == 1


@sync_to_async
def a_hotline() -> None:
    Queue.objects.create(id="city", name="城区")
    line = Hotline.objects.create(number="4000564000", dids=["4000564000"])
    publish_flow(draft_flow(line, "v1", "x"))


async def stored(bus: MemoryBus) -> Config | None:
    data = await bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY)
    return codec.decode(data, Config) if data and data != b"rubbish" else None


async def wait_for(bus: MemoryBus, version: int) -> Config:
    async def there() -> bool:
        config = await stored(bus)
        return config is not None and config.version >= version

    await until_true(there)
    found = await stored(bus)
    assert found is not None
    return found


async def test_a_change_of_the_config_is_published_and_an_empty_bucket_filled() -> None:
    bus = MemoryBus()
    await a_hotline()
    async with running("publisher", lambda: worker.publish(bus)):
        first = await wait_for(bus, 1)
        assert first.queues[0].name == "城区"
        await Queue.objects.aupdate(name="市区")
        assert (await wait_for(bus, 2)).queues[0].name == "市区"
        await bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, b"rubbish")
        assert (await wait_for(bus, 3)).version == 3


async def test_recordings_are_stored_when_the_disk_has_room_again(
    recordings_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, full = MemoryBus(), True
    raw = recordings_dir / "2026-11-23/c1.raw"
    raw.parent.mkdir()
    raw.write_bytes(struct.pack("<hh", 1, -1) * 8000)
    await tell(bus, "c1")
    write = recordings._write_wav

    def write_wav(*args: object) -> None:
        if full:
            raise OSError(28, "No space left on device")
        write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(recordings, "_write_wav", write_wav)
    async with (
        running("projector", lambda: worker.project(bus)),
        running("recordings", lambda: worker._finalise(django_settings.HOME)),
    ):
        await until(lambda: Recording.objects.filter(problem__startswith="ENOSPC").exists())
        assert raw.exists()
        full = False
        await until(lambda: Recording.objects.filter(state="ready").exists())
        await until(lambda: not raw.exists())


async def test_it_stops_when_told_although_no_bus_is_there(recordings_dir: Path) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(django_settings.HOME, stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(10):
        await task


async def test_a_job_that_fails_is_logged_once_and_tried_again() -> None:
    tries = 0

    async def fails() -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError("bug")

    async with running("x", fails):
        await until(lambda: tries >= 3)


async def test_a_periodic_job_runs_again_and_again_and_after_a_failure() -> None:
    runs = 0

    def sometimes_fails() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            raise RuntimeError("bug")

    async with running("x", worker.repeating(jobs.Job("x", 0.01, sometimes_fails))):
        await until(lambda: runs >= 4)


def test_a_job_is_registered_once_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})
    jobs.every(60, "x", print)
    jobs.every(30, "x", print)
    assert [(job.name, job.seconds) for job in jobs.registered()] == [("x", 30)]


async def test_the_journal_forgets_only_what_is_told_and_needed_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "TRIM_SECONDS", 0.01)
    bus, home = MemoryBus(), msgspec.structs.replace(django_settings.HOME, journal_megabytes=0)
    await tell(bus, "c1")
    await tell(bus, "c2")
    async with running("journal", lambda: worker.trim(bus, home)):
        await asyncio.sleep(0.1)
        assert len(await bus.journal_read(subjects.JOURNAL_ALL)) == 26
        async with running("projector", lambda: worker.project(bus)):
            await until(lambda: projector.applied() == 26)
        await asyncio.sleep(0.1)
        # Control has not said yet from where on it needs them.
        assert len(await bus.journal_read(subjects.JOURNAL_ALL)) == 26
        await bus.kv_put(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY, b"14")
        await until_true(lambda: _left(bus, 13))
        await bus.kv_put(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY, b"99")
        await until_true(lambda: _left(bus, 0))


async def test_a_rebuild_cannot_bring_back_numbers_that_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "first_day_kept", lambda: timezone.localdate() + timedelta(days=1))
    bus = MemoryBus()
    await tell(bus, "c1")
    await bus.kv_put(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY, b"99")
    async with running("projector", lambda: worker.project(bus)):
        await until(lambda: projector.applied() == 13)
    async with running("journal", lambda: worker.trim(bus, django_settings.HOME)):
        await until_true(lambda: _left(bus, 0))


async def _left(bus: MemoryBus, count: int) -> bool:
    return len(await bus.journal_read(subjects.JOURNAL_ALL)) == count
