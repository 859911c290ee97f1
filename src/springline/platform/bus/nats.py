"""The bus over nats-server with JetStream."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import nats
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StreamConfig,
)
from nats.js.errors import APIError, BucketNotFoundError, KeyNotFoundError, NotFoundError
from nats.js.kv import KeyValue

from springline.contracts import codec, subjects
from springline.platform.bus.port import BusError, BusTimeout, Handler, JournalEntry, NewEntry, NoResponder
from springline.platform.settings import Settings

log = structlog.get_logger("bus")

DUPLICATE_WINDOW_SECONDS = 24 * 3600
MESSAGE_ID, LAST_ID = "Nats-Msg-Id", "Nats-Expected-Last-Msg-Id"
WRONG_LAST_ID = 10070
FETCH_BATCH = 256
APPEND_SECONDS = 5.0
RECONNECT_SECONDS = 0.1
FETCH_WAIT_SECONDS = 5.0
READER_RETRY_SECONDS = 0.5


class _Ack(msgspec.Struct, frozen=True):
    """JetStream's answer to a message that is to be stored."""

    seq: int = 0
    error: dict[str, Any] | None = None


class Bus:
    """One connection of one process. It reconnects by itself for as long as the process lives."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js: JetStreamContext = client.jetstream(timeout=APPEND_SECONDS)
        self._buckets: dict[str, KeyValue] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._appending: set[asyncio.Timeout] = set()
        self._watching: set[asyncio.Event] = set()
        self._interrupted: list[Callable[[], None]] = []

    @classmethod
    async def connect(cls, settings: Settings, name: str, timeout: float = 10.0) -> "Bus":
        """Raises BusError when nats-server cannot be reached within `timeout` seconds."""

        bus: Bus | None = None

        async def on_error(error: Exception) -> None:
            log.debug("bus_error", error=type(error).__name__)

        async def on_lost() -> None:
            if bus is not None:
                bus._give_up_appending()
                bus._say_interrupted()

        async def on_back() -> None:
            if bus is not None:
                bus._look_again()
                bus._say_interrupted()

        try:
            async with asyncio.timeout(timeout):
                client = await nats.connect(
                    settings.nats_url,
                    name=name,
                    token=settings.secrets.nats_password,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RECONNECT_SECONDS,
                    error_cb=on_error,
                    disconnected_cb=on_lost,
                    reconnected_cb=on_back,
                    allow_reconnect=True,
                )
                bus = cls(client)
                await bus._ensure_journal()
        except (TimeoutError, nats.errors.Error, OSError) as error:
            raise BusError(f"nats-server at {settings.nats_url} does not answer: {error}") from error
        return bus

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    def when_interrupted(self, tell: Callable[[], None]) -> None:
        self._interrupted.append(tell)

    def _say_interrupted(self) -> None:
        for tell in self._interrupted:
            tell()

    def _give_up_appending(self) -> None:
        """No answer comes by a connection that is lost."""
        now = asyncio.get_running_loop().time()
        for deadline in self._appending:
            deadline.reschedule(now)
        self._appending.clear()

    def _look_again(self) -> None:
        """What changed while the connection was away was told to nobody here."""
        for changed in self._watching:
            changed.set()

    async def _ensure_journal(self) -> None:
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

    async def publish(self, subject: str, message: object) -> None:
        with suppress(nats.errors.ConnectionClosedError, nats.errors.OutboundBufferLimitError):
            await self._client.publish(subject, codec.encode(message))

    async def request(self, subject: str, message: object, reply: Any, timeout: float = 2.0) -> Any:
        try:
            answer = await self._client.request(subject, codec.encode(message), timeout=timeout)
        except nats.errors.NoRespondersError as error:
            raise NoResponder(subject) from error
        except (nats.errors.TimeoutError, TimeoutError) as error:
            raise BusTimeout(subject) from error
        except nats.errors.Error as error:
            raise BusError(str(error)) from error
        return codec.decode_any(answer.data, reply)

    async def respond(self, subject: str, handler: Handler, group: str = "") -> None:
        async def answer(message: Msg) -> None:
            await message.respond(await handler(message.data))

        async def answer_aside(message: Msg) -> None:
            task = asyncio.create_task(answer(message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        await self._client.subscribe(subject, queue=group, cb=answer_aside if group else answer)

    async def subscribe(self, subject: str) -> AsyncIterator[bytes]:
        subscription = await self._client.subscribe(subject)
        await self._client.flush()
        try:
            async for message in subscription.messages:
                yield message.data
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _bucket(self, bucket: str) -> KeyValue:
        if bucket not in self._buckets:
            try:
                self._buckets[bucket] = await self._js.key_value(bucket)
            except (NotFoundError, BucketNotFoundError):
                self._buckets[bucket] = await self._js.create_key_value(
                    KeyValueConfig(bucket=bucket, history=1)
                )
        return self._buckets[bucket]

    async def kv_put(self, bucket: str, key: str, value: bytes) -> None:
        with _translated():
            await self._bucket(bucket)
            await self._appended(f"$KV.{bucket}.{key}", value)

    async def kv_get(self, bucket: str, key: str) -> bytes | None:
        with _translated():
            try:
                return (await (await self._bucket(bucket)).get(key)).value
            except KeyNotFoundError:
                return None

    async def kv_all(self, bucket: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        with _translated():
            store = await self._bucket(bucket)
            for key in await store.keys() if await self._has_keys(store) else []:
                if (entry := await store.get(key)).value is not None:
                    found[key] = entry.value
        return found

    @staticmethod
    async def _has_keys(store: KeyValue) -> bool:
        return ((await store.status()).values or 0) > 0

    async def kv_watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """A plain subscription: a consumer of JetStream's would wake this process four times a second."""
        changed = asyncio.Event()

        async def on_change(_message: Msg) -> None:
            changed.set()

        with _translated():
            subscription = await self._client.subscribe(f"$KV.{bucket}.{key}", cb=on_change)
        self._watching.add(changed)
        try:
            before: bytes | None = None
            while True:
                value = await self.kv_get(bucket, key)
                if value and value != before:
                    yield value
                before = value
                await changed.wait()
                changed.clear()
        finally:
            self._watching.discard(changed)
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def journal_append(self, subject: str, data: bytes, event_id: str) -> int:
        self._must_be_connected()
        with _translated():
            return (await self._appended(subject, data, {MESSAGE_ID: event_id})).seq

    async def journal_append_all(self, entries: Sequence[NewEntry]) -> list[int]:
        """Each entry but the first is taken only right after the one before it, so an answer to the last one
        speaks for all."""
        self._must_be_connected()
        *others, last = entries
        before: str | None = None
        with _translated():
            for entry in others:
                await self._client.publish(entry.subject, entry.data, headers=_after(before, entry))
                before = entry.id
            try:
                ack = await self._appended(last.subject, last.data, _after(before, last))
            except APIError as error:
                if error.err_code != WRONG_LAST_ID:
                    raise
                # Another writer came between: two runs of control overlap for a moment.
                return [await self.journal_append(*entry) for entry in entries]
            return list(range(ack.seq - len(others), ack.seq + 1))

    def _must_be_connected(self) -> None:
        """Otherwise the client would keep what is sent, and the answer be waited for in vain."""
        if not self._client.is_connected:
            raise BusError("nats-server is away")

    async def _appended(self, subject: str, data: bytes, headers: dict[str, str] | None = None) -> "_Ack":
        """What JetStream's publish does, its answer read by msgspec: control does this for every burst."""
        async with asyncio.timeout(None) as deadline:
            self._appending.add(deadline)
            try:
                answer = await self._client.request(subject, data, timeout=APPEND_SECONDS, headers=headers)
            finally:
                self._appending.discard(deadline)
        ack: _Ack = codec.decode(answer.data, _Ack)
        if ack.error is not None:
            raise APIError.from_error(ack.error)
        return ack

    async def journal(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        following = max(from_seq, 1)
        while True:
            try:
                consumer = await self._reader(subjects.JOURNAL_ALL, following)
                while True:
                    for entry in await _fetch(consumer, FETCH_BATCH):
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

    async def journal_read(self, subject: str, from_seq: int = 1) -> list[JournalEntry]:
        with _translated():
            consumer = await self._reader(subject, max(from_seq, 1))
            entries: list[JournalEntry] = []
            try:
                pending = (await consumer.consumer_info()).num_pending or 0
                while len(entries) < pending:
                    entries += await _fetch(consumer, pending - len(entries))
            finally:
                await consumer.unsubscribe()
        return entries

    async def journal_last(self, subject: str) -> JournalEntry | None:
        with _translated():
            try:
                found = await self._js.get_msg(subjects.JOURNAL_STREAM, subject=subject, direct=True)
            except NotFoundError:
                return None
            stamp = found.time or datetime.now(UTC)
            return JournalEntry(
                seq=found.seq or 0, subject=subject, data=found.data or b"", at=stamp.astimezone(UTC)
            )

    async def journal_trim(self, before: int, older_than: datetime, largest: int) -> int:
        with _translated():
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
            entries = await _fetch(consumer, 1)
        finally:
            await consumer.unsubscribe()
        return entries[0].seq if entries else 0

    async def close(self) -> None:
        with suppress(nats.errors.Error, TimeoutError):
            await self._client.flush(timeout=2)
        with suppress(nats.errors.Error):
            await self._client.close()


async def _fetch(consumer: JetStreamContext.PullSubscription, limit: int) -> list[JournalEntry]:
    """What there is, up to `limit`; waits a while when there is nothing."""
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


class _translated:
    """Turns what nats-py raises into BusError, so that callers know one family."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, nats.errors.TimeoutError | TimeoutError):
            raise BusTimeout(str(error)) from error
        if isinstance(error, nats.errors.Error | APIError | OSError):
            raise BusError(f"{type(error).__name__}: {error}") from error
