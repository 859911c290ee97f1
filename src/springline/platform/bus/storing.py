"""Storing a message in JetStream, and what can go wrong with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.js.errors import APIError

from springline.contracts import codec
from springline.platform.bus.port import BusError, BusTimeout

APPEND_SECONDS = 5.0


class Ack(msgspec.Struct, frozen=True):
    """JetStream's answer to a message that is to be stored."""

    seq: int = 0
    error: dict[str, Any] | None = None


class Storing:
    """What journal and keys of one connection are written with."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: set[asyncio.Timeout] = set()
        self._connected = asyncio.Event()
        self._connected.set()

    def give_up(self) -> None:
        """No answer comes by a connection that is lost."""
        self._connected.clear()
        now = asyncio.get_running_loop().time()
        for deadline in self._waiting:
            deadline.reschedule(now)
        self._waiting.clear()

    def go_on(self) -> None:
        """The connection is back, or nobody shall wait for it any more."""
        self._connected.set()

    async def connected(self) -> None:
        await self._connected.wait()

    def must_be_connected(self) -> None:
        """Otherwise the client would keep what is sent, and the answer be waited for in vain."""
        if not self._client.is_connected:
            raise BusError("nats-server is away")

    @asynccontextmanager
    async def while_connected(self) -> AsyncIterator[None]:
        """What is waited for in here ends with BusError as soon as the connection is lost."""
        deadline = asyncio.timeout(None)
        try:
            async with deadline:
                self._waiting.add(deadline)
                try:
                    yield
                finally:
                    self._waiting.discard(deadline)
        except TimeoutError as error:
            if deadline.expired():
                raise BusError("nats-server went away") from error
            raise

    async def append(self, subject: str, data: bytes, headers: dict[str, str] | None = None) -> Ack:
        """What JetStream's publish does, its answer read by msgspec: control does this for every burst."""
        async with self.while_connected():
            answer = await self._client.request(subject, data, timeout=APPEND_SECONDS, headers=headers)
        ack: Ack = codec.decode(answer.data, Ack)
        if ack.error is not None:
            raise APIError.from_error(ack.error)
        return ack


class translated:
    """Turns what nats-py raises into BusError, so that callers know one family."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, nats.errors.TimeoutError | TimeoutError):
            raise BusTimeout(str(error)) from error
        if isinstance(error, nats.errors.Error | APIError | OSError):
            raise BusError(f"{type(error).__name__}: {error}") from error
