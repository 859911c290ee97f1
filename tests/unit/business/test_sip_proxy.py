"""The browser's SIP socket, against a small WebSocket server that stands for the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client
from websockets.asyncio.server import ServerConnection, serve

from springline.business import sip_proxy
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from tests.unit.business import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def no_connection_left() -> AsyncIterator[None]:
    """Views and services ran in a thread whose connection would outlive the test."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture(autouse=True)
def our_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["desk.test"])


class Browser:
    """One end of an ASGI WebSocket."""

    def __init__(
        self,
        cookie: str,
        *,
        host: str = "desk.test",
        origin: str = "http://desk.test",
        protocols: tuple[str, ...] = ("sip",),
    ):
        headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        self.scope = {"type": "websocket", "path": "/sip", "headers": headers, "subprotocols": protocols}
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})

    def send(self, **message: object) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", **message})

    def leave(self) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return await self._from_app.get()  # type: ignore[no-any-return]

    def open(self, url: str) -> asyncio.Task[None]:
        return asyncio.create_task(sip_proxy.handle(self.scope, self._to_app.get, self._from_app.put, url))


class Engine:
    """Echoes; `closed` is set when the proxy has hung up; the word "bye" makes it hang up itself."""

    def __init__(self) -> None:
        self.url = ""
        self.closed = asyncio.Event()

    async def serve(self, socket: ServerConnection) -> None:
        async for message in socket:
            if message == "bye":
                break
            await socket.send(message)
        await socket.close()
        self.closed.set()


@asynccontextmanager
async def engine() -> AsyncIterator[Engine]:
    stand_in = Engine()
    async with serve(stand_in.serve, "127.0.0.1", 0, subprotocols=["sip"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        stand_in.url = f"ws://127.0.0.1:{port}/ws"
        yield stand_in


def _cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@sync_to_async
def cookie_of_an_agent() -> str:
    return _cookie_of(people.an(people.make_agents()[0]))


@sync_to_async
def cookie_of_a_supervisor() -> str:
    return _cookie_of(people.a(Role.SUPERVISOR))


async def finished(task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(5):
        await task


async def test_sip_goes_both_ways_and_the_engine_hears_when_the_browser_leaves() -> None:
    async with engine() as asterisk:
        browser = Browser(await cookie_of_an_agent())
        task = browser.open(asterisk.url)
        assert await browser.next() == {"type": "websocket.accept", "subprotocol": "sip"}
        browser.send(text="OPTIONS sip:springline SIP/2.0")
        assert await browser.next() == {"type": "websocket.send", "text": "OPTIONS sip:springline SIP/2.0"}
        browser.send(bytes=b"\r\n\r\n", text=None)
        assert await browser.next() == {"type": "websocket.send", "bytes": b"\r\n\r\n"}
        browser.leave()
        await finished(task)
        async with asyncio.timeout(5):
            await asterisk.closed.wait()


async def test_the_browser_hears_when_the_engine_leaves() -> None:
    async with engine() as asterisk:
        browser = Browser(await cookie_of_an_agent())
        task = browser.open(asterisk.url)
        await browser.next()
        browser.send(text="bye")
        assert await browser.next() == {"type": "websocket.close", "code": sip_proxy.GOING_AWAY}
        await finished(task)


async def test_an_engine_that_is_away_is_said_by_a_close_code() -> None:
    async with engine() as asterisk:
        url = asterisk.url
    browser = Browser(await cookie_of_an_agent())
    task = browser.open(url)
    assert (await browser.next())["type"] == "websocket.accept"
    assert await browser.next() == {"type": "websocket.close", "code": sip_proxy.TRY_AGAIN_LATER}
    await finished(task)


async def refused(browser: Browser) -> bool:
    async with engine() as asterisk:
        task = browser.open(asterisk.url)
        first = await browser.next()
        await finished(task)
    return first["type"] == "websocket.close"


@pytest.mark.parametrize("cookie", ["", "springline_8400=nonsense", "other=1", "\xff;;=;"])
async def test_a_stranger_is_refused_before_the_handshake(cookie: str) -> None:
    assert await refused(Browser(cookie))


async def test_who_has_no_agent_is_refused() -> None:
    assert await refused(Browser(await cookie_of_a_supervisor()))


async def test_a_disabled_agent_is_refused() -> None:
    cookie = await cookie_of_an_agent()
    await User.objects.aupdate(is_active=False)
    assert await refused(Browser(cookie))


@pytest.mark.parametrize("origin", ["", "http://evil.example", "null", "http://desk.test.evil.example"])
async def test_a_page_elsewhere_is_refused(origin: str) -> None:
    assert await refused(Browser(await cookie_of_an_agent(), origin=origin))


async def test_a_name_that_is_not_ours_is_refused_even_by_its_own_page() -> None:
    browser = Browser(await cookie_of_an_agent(), host="evil.example", origin="http://evil.example")
    assert await refused(browser)


async def test_another_subprotocol_is_refused() -> None:
    assert await refused(Browser(await cookie_of_an_agent(), protocols=("chat",)))


async def test_a_message_too_long_ends_the_connection() -> None:
    async with engine() as asterisk:
        browser = Browser(await cookie_of_an_agent())
        task = browser.open(asterisk.url)
        await browser.next()
        browser.send(text="x" * (sip_proxy.MAX_MESSAGE + 1))
        await finished(task)
