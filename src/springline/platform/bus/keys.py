"""Keys and their last values: buckets of JetStream's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig
from nats.js.errors import BucketNotFoundError, KeyNotFoundError, NotFoundError
from nats.js.kv import KeyValue

from springline.platform.bus.storing import APPEND_SECONDS, Storing, translated

LOOK_AGAIN_SECONDS = 0.2
LOOKS = int(2 * APPEND_SECONDS / LOOK_AGAIN_SECONDS)


class Keys:
    """The methods are those of `AnyBus` without their `kv_`."""

    def __init__(self, client: Client, js: JetStreamContext, storing: Storing) -> None:
        self._client, self._js, self._storing = client, js, storing
        self._buckets: dict[str, KeyValue] = {}
        self._watching: set[asyncio.Event] = set()

    def look_again(self) -> None:
        """What changed while the connection was away was told to nobody here."""
        for changed in self._watching:
            changed.set()

    async def _bucket(self, bucket: str) -> KeyValue:
        if bucket not in self._buckets:
            try:
                self._buckets[bucket] = await self._js.key_value(bucket)
            except (NotFoundError, BucketNotFoundError):
                self._buckets[bucket] = await self._js.create_key_value(
                    KeyValueConfig(bucket=bucket, history=1)
                )
        return self._buckets[bucket]

    async def put(self, bucket: str, key: str, value: bytes) -> None:
        with translated():
            await self._bucket(bucket)
            await self._storing.append(f"$KV.{bucket}.{key}", value)

    async def get(self, bucket: str, key: str) -> bytes | None:
        with translated():
            try:
                return (await (await self._bucket(bucket)).get(key)).value
            except KeyNotFoundError:
                return None

    async def all(self, bucket: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        with translated():
            store = await self._bucket(bucket)
            for key in await store.keys() if await self._has_keys(store) else []:
                if (entry := await store.get(key)).value is not None:
                    found[key] = entry.value
        return found

    @staticmethod
    async def _has_keys(store: KeyValue) -> bool:
        return ((await store.status()).values or 0) > 0

    async def watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """A plain subscription: a consumer of JetStream's would wake this process four times a second.

        It hears of a value before that is stored, or refused: it is looked for until it is there, for
        a while.
        """
        changed = asyncio.Event()
        told: bytes | None = None
        looks = 0

        async def on_change(message: Msg) -> None:
            nonlocal told, looks
            told, looks = message.data, LOOKS
            changed.set()

        with translated():
            subscription = await self._client.subscribe(f"$KV.{bucket}.{key}", cb=on_change)
        self._watching.add(changed)
        try:
            before: bytes | None = None
            while True:
                value = await self.get(bucket, key)
                if value and value != before:
                    yield value
                before = value
                looks = 0 if told in (None, value or b"") else looks - 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_AGAIN_SECONDS if looks > 0 else None)
                changed.clear()
        finally:
            self._watching.discard(changed)
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()
