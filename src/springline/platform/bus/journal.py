"""The journal: one stream of JetStream's, written with ids and read from any place."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StreamConfig
from nats.js.errors import APIError, NotFoundError

from springline.contracts import subjects
from springline.platform.bus.port import BusError, JournalEntry, NewEntry
from springline.platform.bus.storing import Storing, translated

log = structlog.get_logger("bus")

DUPLICATE_WINDOW_SECONDS = 24 * 3600
MESSAGE_ID, LAST_ID = "Nats-Msg-Id", "Nats-Expected-Last-Msg-Id"
WRONG_LAST_ID = 10070
FETCH_BATCH = 256
FETCH_WAIT_SECONDS = 5.0
READER_RETRY_SECONDS = 0.1


class Journal:
    """The methods are those of `AnyBus` without their `journal_`."""

    def __init__(self, client: Client, js: JetStreamContext, storing: Storing) -> None:
        self._client, self._js, self._storing = client, js, storing

    async def ensure(self) -> None:
        stream = StreamConfig(
            name=subjects.JOURNAL_STREAM,
            subjects=[subjects.JOURNAL_ALL],
            retention=RetentionPolicy.LIMITS,
            duplicate_window=DUPLICATE_WINDOW_SECONDS,
            allow_direct=True,
        )
        try:
            await self._js.stream_info(subjects.JOURNAL_STREAM)
        except NotFoundError:
            await self._js.add_stream(stream)

    async def append(self, subject: str, data: bytes, event_id: str) -> int:
        self._storing.must_be_connected()
        with translated():
            return (await self._storing.append(subject, data, {MESSAGE_ID: event_id})).seq

    async def append_all(self, entries: Sequence[NewEntry]) -> list[int]:
        """Each entry but the first is taken only right after the one before it, so an answer to the last one
        speaks for all."""
        self._storing.must_be_connected()
        *others, last = entries
        before: str | None = None
        with translated():
            for entry in others:
                await self._client.publish(entry.subject, entry.data, headers=_after(before, entry))
                before = entry.id
            try:
                ack = await self._storing.append(last.subject, last.data, _after(before, last))
            except APIError as error:
                if error.err_code != WRONG_LAST_ID:
                    raise
                # Another writer came between: two runs of control overlap for a moment.
                return [await self.append(*entry) for entry in entries]
            return list(range(ack.seq - len(others), ack.seq + 1))

    async def entries(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        following = max(from_seq, 1)
        while True:
            try:
                consumer = await self._reader(subjects.JOURNAL_ALL, following)
                while True:
                    for entry in await self._fetch(consumer, FETCH_BATCH):
                        if entry.seq < following:
                            # A server that was killed forgets how far its reader was, and begins again.
                            continue
                        yield entry
                        following = entry.seq + 1
            except (BusError, nats.errors.Error, APIError, TimeoutError) as error:
                if self._client.is_closed:
                    raise BusError("the bus is closed") from error
                log.info("journal_reader_restarts", at=following, error=type(error).__name__)
                await asyncio.sleep(READER_RETRY_SECONDS)
                await self._storing.connected()

    async def _reader(self, subject: str, from_seq: int) -> JetStreamContext.PullSubscription:
        return await self._js.pull_subscribe(
            subject,
            stream=subjects.JOURNAL_STREAM,
            config=ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=from_seq,
                ack_policy=AckPolicy.NONE,
                inactive_threshold=60,
                # On a full disk the journal must still be read: control finds its calls by it.
                mem_storage=True,
            ),
        )

    async def read(self, subject: str, from_seq: int = 1) -> list[JournalEntry]:
        with translated():
            consumer = await self._reader(subject, max(from_seq, 1))
            entries: list[JournalEntry] = []
            try:
                pending = (await consumer.consumer_info()).num_pending or 0
                while len(entries) < pending:
                    entries += await self._fetch(consumer, pending - len(entries))
            finally:
                await consumer.unsubscribe()
        return entries

    async def last(self, subject: str) -> JournalEntry | None:
        with translated():
            try:
                found = await self._js.get_msg(subjects.JOURNAL_STREAM, subject=subject, direct=True)
            except NotFoundError:
                return None
            stamp = found.time or datetime.now(UTC)
            return JournalEntry(
                seq=found.seq or 0, subject=subject, data=found.data or b"", at=stamp.astimezone(UTC)
            )

    async def trim(self, before: int, older_than: datetime, largest: int) -> int:
        with translated():
            state = (await self._js.stream_info(subjects.JOURNAL_STREAM)).state
            keep = await self._first_since(older_than, state.last_seq + 1)
            if state.bytes > largest:
                count = state.last_seq + 1 - state.first_seq
                # A tenth more than need be, so that it is not done again at once.
                keep = max(keep, state.first_seq + math.ceil(count * (1 - 0.9 * largest / state.bytes)))
            keep = min(keep, before)
            if keep <= state.first_seq:
                return 0
            # `seq` is the first that stays.
            await self._js.purge_stream(subjects.JOURNAL_STREAM, seq=keep)
            return keep - state.first_seq

    async def _first_since(self, moment: datetime, otherwise: int) -> int:
        """Seq of the first entry that came at `moment` or later."""
        consumer = await self._js.pull_subscribe(
            subjects.JOURNAL_ALL,
            stream=subjects.JOURNAL_STREAM,
            config=ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_TIME,
                opt_start_time=moment.astimezone(UTC),
                ack_policy=AckPolicy.NONE,
                inactive_threshold=60,
                # On a full disk the journal must still be read: control finds its calls by it.
                mem_storage=True,
            ),
        )
        try:
            if not (await consumer.consumer_info()).num_pending:
                return otherwise
            entries = await self._fetch(consumer, 1)
        finally:
            await consumer.unsubscribe()
        return entries[0].seq if entries else 0

    async def _fetch(self, consumer: JetStreamContext.PullSubscription, limit: int) -> list[JournalEntry]:
        """What there is, up to `limit`; waits a while when there is nothing. Raises BusError when the
        connection is lost: the server forgot the consumer, and no answer comes."""
        self._storing.must_be_connected()
        async with self._storing.while_connected():
            try:
                messages = await consumer.fetch(min(limit, FETCH_BATCH), timeout=FETCH_WAIT_SECONDS)
            except (nats.errors.TimeoutError, TimeoutError):
                return []
        return [_entry(message) for message in messages]


def _after(before: str | None, entry: NewEntry) -> dict[str, str]:
    return {MESSAGE_ID: entry.id} if before is None else {MESSAGE_ID: entry.id, LAST_ID: before}


def _entry(message: Msg) -> JournalEntry:
    meta = message.metadata
    return JournalEntry(
        seq=meta.sequence.stream,
        subject=message.subject,
        data=message.data,
        at=meta.timestamp.astimezone(UTC),
    )
