"""The worker process: journal to rows, rows to config, raw files to recordings, and what is due daily."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from springline.business import answering
from springline.business import jobs as periodic
from springline.business.calls import numbers, projector, recordings, retention
from springline.business.calls.models import RecordingFile
from springline.business.control import Link, link
from springline.business.days import beginning_of
from springline.business.hotline import services
from springline.contracts import codec
from springline.contracts.config import Config
from springline.contracts.subjects import CHECKPOINT_KEY, CONFIG_BUCKET, CONFIG_KEY, CONTROL_BUCKET
from springline.platform.bus import AnyBus, BusError, JournalEntry
from springline.platform.settings import Settings

log = structlog.get_logger("worker")
T = TypeVar("T")

BATCH = 200
BEAT_SECONDS = 2.0
PUBLISH_SECONDS = 0.5
FINALISE_SECONDS = 1.0
DISK_RETRY_SECONDS = 15.0
PURGE_LOOK_SECONDS = 600.0
TRIM_SECONDS = 3600.0
_EXPECTED = (BusError, DatabaseError, OSError, projector.PositionMoved)
_JOURNAL_KEY = "journal"
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.5, 15.0


async def run(settings: Settings, stop_event: asyncio.Event) -> None:
    """Until `stop_event`. Each loop survives a database or bus that is away and goes on where it was."""
    try:
        async with asyncio.TaskGroup() as tasks:
            jobs = [
                tasks.create_task(_purge_daily(settings)),
                tasks.create_task(_keep("recordings", lambda: _finalise(settings))),
                tasks.create_task(_with_bus(link, settings)),
                *(tasks.create_task(_keep(job.name, repeating(job))) for job in periodic.registered()),
            ]
            await stop_event.wait()
            for job in jobs:
                job.cancel()
    finally:
        await link.close()
        log.info("worker_stopped")


async def _with_bus(link: Link, settings: Settings) -> None:
    bus = await link.connect(settings, "worker")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_keep("projector", lambda: project(bus)))
        tasks.create_task(_keep("publisher", lambda: publish(bus)))
        tasks.create_task(_keep("journal", lambda: trim(bus, settings)))
        await answering.serve(bus, "worker")


async def project(bus: AnyBus) -> None:
    """Apply the journal from the stored position on, until the bus fails (BusError)."""
    inbox: asyncio.Queue[JournalEntry | None] = asyncio.Queue(BATCH * 4)
    position = await _database(projector.adopt, await _name_of_journal(bus))
    reader = asyncio.create_task(_receive(bus, position + 1, inbox))
    try:
        while True:
            batch, more = await _next_batch(inbox)
            if batch:
                position = await _database(projector.apply_batch, batch, position)
            if not more:
                raise BusError("the journal's reader ended")
            if inbox.empty():
                await _database(projector.beat, position)
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def trim(bus: AnyBus, settings: Settings) -> None:
    """Forget what of the journal is old or too much. What is not in the tables yet stays, and what control
    needs to find its calls again."""
    largest = settings.journal_megabytes * 1_000_000
    while True:
        old = timezone.now() - timedelta(days=settings.journal_days)
        # A rebuild must not bring back the numbers that were masked.
        old = max(old, beginning_of(numbers.first_day_kept()))
        known = await _database(projector.applied)
        checkpoint = int(await bus.kv_get(CONTROL_BUCKET, CHECKPOINT_KEY) or b"1")
        gone = await bus.journal_trim(min(known + 1, checkpoint), old, largest)
        if gone:
            log.info("journal_trimmed", entries=gone)
        await asyncio.sleep(TRIM_SECONDS)


async def _name_of_journal(bus: AnyBus) -> str:
    """A random name that lives and dies with the store of the bus, and so with the journal."""
    name = await bus.kv_get(CONFIG_BUCKET, _JOURNAL_KEY)
    if name is None:
        name = uuid.uuid4().hex.encode()
        await bus.kv_put(CONFIG_BUCKET, _JOURNAL_KEY, name)
    return name.decode()


async def _next_batch(inbox: asyncio.Queue[JournalEntry | None]) -> tuple[list[JournalEntry], bool]:
    """What has come, at most BATCH, after BEAT_SECONDS perhaps nothing; and whether more can come."""
    batch: list[JournalEntry] = []
    try:
        async with asyncio.timeout(BEAT_SECONDS):
            entry = await inbox.get()
    except TimeoutError:
        return batch, True
    while entry is not None:
        batch.append(entry)
        if len(batch) == BATCH or inbox.empty():
            return batch, True
        entry = inbox.get_nowait()
    return batch, False


async def _receive(bus: AnyBus, from_seq: int, inbox: asyncio.Queue[JournalEntry | None]) -> None:
    try:
        async for entry in bus.journal(from_seq):
            await inbox.put(entry)
    except BusError as error:
        log.info("journal_broke_off", error=type(error).__name__)
    finally:
        # What came before the break is applied before the reader starts again.
        await inbox.put(None)


async def publish(bus: AnyBus) -> None:
    """Put the config on the bus within a second of a change, and again when the bus has lost it."""
    while True:
        stored = await bus.kv_get(CONFIG_BUCKET, CONFIG_KEY)
        config = await _database(services.next_config, _version_of(stored))
        if config is not None:
            await bus.kv_put(CONFIG_BUCKET, CONFIG_KEY, codec.encode(config))
            log.info("config_published", version=config.version)
        await asyncio.sleep(PUBLISH_SECONDS)


def _version_of(stored: bytes | None) -> int | None:
    if stored is None:
        return None
    try:
        return codec.decode(stored, Config).version
    except codec.BadMessage:
        log.error("stored_config_unreadable")
        return None


async def _finalise(settings: Settings) -> None:
    while True:
        pause = FINALISE_SECONDS
        for file in await _database(recordings.waiting):
            if not await asyncio.to_thread(_finalise_one, settings, file):
                pause = DISK_RETRY_SECONDS
        await asyncio.sleep(pause)


def _finalise_one(settings: Settings, file: RecordingFile) -> bool:
    """In a thread of its own: copying an hour of sound must not hold up the projector."""
    close_old_connections()
    try:
        recordings.finalise(settings.recordings_dir, file)
    except (recordings.StorageFull, OSError):
        return False  # noted on the row and in the log by finalise
    finally:
        close_old_connections()
    return True


async def _purge_daily(settings: Settings) -> None:
    done: date | None = None

    async def look() -> None:
        nonlocal done
        while True:
            today = timezone.localdate()
            if done != today:
                await _database(retention.purge_expired, settings.recordings_dir)
                done = today
            await asyncio.sleep(PURGE_LOOK_SECONDS)

    await _keep("purge", look)


def repeating(job: periodic.Job) -> Callable[[], Awaitable[None]]:
    """The job at once and again and again, in a thread of its own: the projector must not wait for it."""

    def once() -> None:
        close_old_connections()
        try:
            job.run()
        finally:
            close_old_connections()

    async def repeat() -> None:
        while True:
            await asyncio.to_thread(once)
            await asyncio.sleep(job.seconds)

    return repeat


async def _keep(name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Run `job` again when it fails, with growing pauses; the first failure of a row is logged."""
    pause, said = FIRST_RETRY_SECONDS, ""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await job()
        except Exception as error:  # the job boundary
            kinds = _kinds(error)
            if loop.time() - began > LAST_RETRY_SECONDS:
                pause, said = FIRST_RETRY_SECONDS, ""
            if kinds != said:
                expected = all(isinstance(leaf, _EXPECTED) for leaf in _leaves(error))
                log.error("job_failed", job=name, error=kinds, exc_info=None if expected else error)
                said = kinds
        await asyncio.sleep(pause)
        pause = min(pause * 2, LAST_RETRY_SECONDS)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _kinds(error: BaseException) -> str:
    return ", ".join(sorted({type(leaf).__name__ for leaf in _leaves(error)}))


async def _database(work: Callable[..., T], *args: object) -> T:
    def in_thread() -> T:
        close_old_connections()
        return work(*args)

    return await sync_to_async(in_thread)()
