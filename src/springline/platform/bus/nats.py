"""The bus over nats-server with JetStream."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import nats
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import Counter

from springline.contracts import codec
from springline.platform.bus.journal import Journal
from springline.platform.bus.keys import Keys
from springline.platform.bus.port import BusError, BusTimeout, Handler, JournalEntry, NewEntry, NoResponder
from springline.platform.bus.storing import APPEND_SECONDS, Storing, translated
from springline.platform.settings import Settings

log = structlog.get_logger("bus")

RECONNECT_SECONDS = 0.1

FAILED_ANSWERS = Counter(
    "springline_answers_failed_total", "Questions over the bus that a fault left unanswered"
)


class Bus:
    """One connection of one process. It reconnects by itself for as long as the process lives."""

    def __init__(self, client: Client) -> None:
        self._client = client
        js = client.jetstream(timeout=APPEND_SECONDS)
        self._storing = Storing(client)
        self._keys = Keys(client, js, self._storing)
        self._journal = Journal(client, js, self._storing)
        self._answering: set[asyncio.Task[None]] = set()
        self._interrupted: list[Callable[[bool], None]] = []

    @classmethod
    async def connect(cls, settings: Settings, name: str, timeout: float = 10.0) -> "Bus":
        """Raises BusError when nats-server cannot be reached within `timeout` seconds."""

        bus: Bus | None = None

        async def on_error(error: Exception) -> None:
            log.debug("bus_error", error=type(error).__name__)

        async def on_lost() -> None:
            if bus is not None:
                bus._storing.give_up()
                bus._say_interrupted(back=False)

        async def on_back() -> None:
            if bus is not None:
                bus._storing.go_on()
                bus._keys.look_again()
                bus._say_interrupted(back=True)

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
                await bus._journal.ensure()
        except (TimeoutError, nats.errors.Error, OSError) as error:
            if bus is not None:
                await bus.close()
            raise BusError(f"nats-server at {settings.nats_url} does not answer: {error}") from error
        return bus

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    def when_interrupted(self, tell: Callable[[bool], None]) -> None:
        self._interrupted.append(tell)

    def _say_interrupted(self, *, back: bool) -> None:
        for tell in self._interrupted:
            tell(back)

    async def publish(self, subject: str, message: object) -> None:
        data = codec.encode(message)
        with translated(), suppress(nats.errors.ConnectionClosedError, nats.errors.OutboundBufferLimitError):
            await self._client.publish(subject, data)

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
            try:
                await message.respond(await handler(message.data))
            except nats.errors.Error as error:
                log.info("answer_not_sent", subject=subject, error=type(error).__name__)
            except Exception:  # the job boundary: the client would swallow it, and the next question counts
                FAILED_ANSWERS.inc()
                log.exception("answer_failed", subject=subject)

        async def answer_aside(message: Msg) -> None:
            task = asyncio.create_task(answer(message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        with translated():
            await self._client.subscribe(subject, queue=group, cb=answer_aside if group else answer)

    async def subscribe(self, subject: str) -> AsyncIterator[bytes]:
        with translated():
            subscription = await self._client.subscribe(subject)
            await self._client.flush()
        try:
            async for message in subscription.messages:
                yield message.data
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def kv_put(self, bucket: str, key: str, value: bytes) -> None:
        await self._keys.put(bucket, key, value)

    async def kv_get(self, bucket: str, key: str) -> bytes | None:
        return await self._keys.get(bucket, key)

    async def kv_all(self, bucket: str) -> dict[str, bytes]:
        return await self._keys.all(bucket)

    def kv_watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        return self._keys.watch(bucket, key)

    async def journal_append(self, subject: str, data: bytes, event_id: str) -> int:
        return await self._journal.append(subject, data, event_id)

    async def journal_append_all(self, entries: Sequence[NewEntry]) -> list[int]:
        return await self._journal.append_all(entries)

    def journal(self, from_seq: int = 1) -> AsyncIterator[JournalEntry]:
        return self._journal.entries(from_seq)

    async def journal_read(self, subject: str, from_seq: int = 1) -> list[JournalEntry]:
        return await self._journal.read(subject, from_seq)

    async def journal_last(self, subject: str) -> JournalEntry | None:
        return await self._journal.last(subject)

    async def journal_trim(self, before: int, older_than: datetime, largest: int) -> int:
        return await self._journal.trim(before, older_than, largest)

    async def close(self) -> None:
        """What could not be sent any more is lost: the server may have ended before us."""
        with suppress(nats.errors.Error, OSError):
            await self._client.flush(timeout=2)
        with suppress(nats.errors.Error, OSError):
            await self._client.close()
        self._storing.go_on()
