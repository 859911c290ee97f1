"""The few ARI requests the engine tests need, over plain HTTP, independent of our own client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import websockets

from springline.telephony.engine.config import ARI_APP, EngineConfig


class Ari:
    """Requests, and the events since the start."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, path: str, **query: object) -> Any:
        body = query.pop("json", None)
        answer = await self.client.request(method, path, params=query, json=body)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def find(self, kind: str, argument: str = "") -> dict[str, Any] | None:
        """The first event of this type; for StasisStart also with this first argument."""
        for event in self.events:
            if event["type"] == kind and (not argument or event.get("args", [""])[0] == argument):
                return event
        return None


@asynccontextmanager
async def controlling(cfg: EngineConfig) -> AsyncIterator[Ari]:
    """Registers the application for the length of the block."""
    key = f"{cfg.ari_user}:{cfg.ari_password}"
    url = f"{cfg.ari_url.replace('http', 'ws', 1)}/events?app={ARI_APP}&api_key={key}"
    auth = (cfg.ari_user, cfg.ari_password)
    async with (
        httpx.AsyncClient(base_url=cfg.ari_url, auth=auth) as client,
        websockets.connect(url) as socket,
    ):
        ari = Ari(client)

        async def read() -> None:
            async for message in socket:
                ari.events.append(json.loads(message))

        reader = asyncio.create_task(read())
        try:
            yield ari
        finally:
            reader.cancel()
