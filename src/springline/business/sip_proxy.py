"""WebSocket /sip: the browser's SIP, passed to the private engine for signed-in agents only (ADR 15)."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.utils import timezone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from springline.business import sip_digest
from springline.business.accounts import softphone
from springline.business.sip_places import Place, places
from springline.business.sip_session import Standing, standing_of, still_standing

log = structlog.get_logger("sip_proxy")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SIP = Subprotocol("sip")
MAX_MESSAGE = 64 * 1024
GOING_AWAY, REFUSED, TRY_AGAIN_LATER = 1001, 1008, 1013
ELSEWHERE = 4001
"""Of our own (RFC 6455 7.4.2): another browser of the agent has the softphone now."""
# A change made in another process is seen this late at most.
LOOK_SECONDS = 10.0


async def handle(scope: Scope, receive: Receive, send: Send, url: str) -> None:
    """Serve one browser; `url` is the engine's WebSocket. Refused handshakes answer 403."""
    await receive()
    standing = await sync_to_async(standing_of)(scope)
    if standing is None or SIP not in scope.get("subprotocols", ()):
        await send({"type": "websocket.close", "code": REFUSED})
        return
    agent = standing.agent
    try:
        async with connect(
            url,
            subprotocols=[SIP],
            max_size=MAX_MESSAGE,
            open_timeout=3,
            close_timeout=1,
            compression=None,
            proxy=None,
        ) as engine:
            await send({"type": "websocket.accept", "subprotocol": "sip"})
            log.info("sip_open", agent=agent)
            with places.at(agent) as place:
                await Line(standing, receive, send, engine, place).serve()
    except (OSError, InvalidHandshake, TimeoutError) as error:
        log.warning("sip_engine_away", agent=agent, error=type(error).__name__)
        await send({"type": "websocket.accept", "subprotocol": "sip"})
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
    log.info("sip_closed", agent=agent)


class Line:
    """One browser's connection, for as long as its session stands."""

    def __init__(
        self, standing: Standing, receive: Receive, send: Send, engine: ClientConnection, place: Place
    ) -> None:
        self._standing = standing
        self._place = place
        self._receive, self._send, self._engine = receive, send, engine
        # Proved in time on this connection: the refreshes of its registration need no newer one.
        self._admitted: set[str] = set()

    async def serve(self) -> None:
        """Until either side closes or the session ends; then what is open is closed too."""
        up = asyncio.create_task(self._to_engine())
        down = asyncio.create_task(self._to_browser())
        ended = asyncio.create_task(self._session_ended())
        lost = asyncio.create_task(self._place.lost.wait())
        tasks = {up, down, ended, lost}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not up.done():
                code = REFUSED if ended.done() else ELSEWHERE if lost.done() else GOING_AWAY
                await self._send({"type": "websocket.close", "code": code})
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _session_ended(self) -> None:
        """Returns when nobody is signed in any more who may work as this agent."""
        with softphone.doubts.heard() as doubt:
            while await self._stands():
                with suppress(TimeoutError):
                    await asyncio.wait_for(doubt.wait(), LOOK_SECONDS)
                doubt.clear()
        log.info("sip_session_ended", agent=self._standing.agent)

    async def _stands(self) -> bool:
        try:
            return await sync_to_async(still_standing)(self._standing)
        except DatabaseError as error:
            # Nobody can have signed out: that is written in the database. Calls need none.
            log.warning("sip_session_unknown", agent=self._standing.agent, error=type(error).__name__)
            return True

    async def _to_engine(self) -> None:
        while (message := await self._receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            data = text if text is not None else message.get("bytes") or b""
            if len(data) > MAX_MESSAGE:
                return
            passed = self._admit(data) if isinstance(data, str) else data
            if passed is None:
                await self._send({"type": "websocket.send", "text": sip_digest.forbidden(str(data))})
                continue
            try:
                await self._engine.send(passed)
            except ConnectionClosed:
                return

    def _admit(self, message: str) -> str | None:
        """The message as the engine is to have it; None for a digest that no valid ticket made."""
        proofs = sip_digest.proofs_of(message)
        if not proofs:
            return message
        of = self._standing
        good = {*softphone.passwords(of.user, of.session_key, timezone.now()), *self._admitted}
        password = sip_digest.proved(proofs[0], of.endpoint, good) if len(proofs) == 1 else None
        if password is None:
            log.warning("sip_ticket_refused", agent=of.agent)
            return None
        self._admitted.add(password)
        places.take(self._place)
        return sip_digest.passed_on(message, proofs[0], of.secret)

    async def _to_browser(self) -> None:
        async for data in self._engine:
            if isinstance(data, str):
                await self._send({"type": "websocket.send", "text": data})
            else:
                await self._send({"type": "websocket.send", "bytes": data})
