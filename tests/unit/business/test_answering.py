"""A process of the durable floor on a bus that is away at its start, or goes again at once."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from django.db import OperationalError

from springline.business import answering, asgi, control
from springline.business.control import Link
from springline.business.customers import callers
from springline.contracts import subjects
from springline.platform.bus import AnyBus, BusError, MemoryBus
from springline.platform.bus.port import Handler
from tests.support.until import until


class Late(MemoryBus):
    """It can answer a subject only after so many failures."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    async def respond(self, subject: str, handler: Handler, group: str = "") -> None:
        if self.failures:
            self.failures -= 1
            raise BusError("away again")
        await super().respond(subject, handler, group)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(control, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(callers, "warm_up", lambda: None)


@pytest.mark.parametrize("failures", [0, 3])
async def test_questions_are_answered_as_soon_as_the_bus_takes_it(quick: None, failures: int) -> None:
    bus = Late(failures)
    await answering.serve(bus, "web")
    assert set(bus._handlers) == {subjects.metrics_of("web"), subjects.LOCATE_CALLER}


async def test_a_database_that_is_away_holds_up_nothing_for_good(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [OperationalError("away"), OSError("no file")]

    def warm_up() -> None:
        if faults:
            raise faults.pop()

    monkeypatch.setattr(callers, "warm_up", warm_up)
    bus = MemoryBus()
    await answering.serve(bus, "web")
    assert subjects.LOCATE_CALLER in bus._handlers


class Served:
    """The web process' life, without a socket."""

    def __init__(self) -> None:
        self._asked: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.said: list[str] = []
        self._task = asyncio.create_task(asgi._lifespan(self._asked.get, self._send))

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.said.append(message["type"])

    async def start(self) -> None:
        self._asked.put_nowait({"type": "lifespan.startup"})
        await until(lambda: "lifespan.startup.complete" in self.said)

    async def stop(self) -> None:
        self._asked.put_nowait({"type": "lifespan.shutdown"})
        await self._task
        assert self.said[-1] == "lifespan.shutdown.complete"


@pytest.fixture
def link(quick: None, monkeypatch: pytest.MonkeyPatch) -> Link:
    link = Link()
    monkeypatch.setattr(asgi.control, "link", link)
    monkeypatch.setattr(asgi.hub, "_link", link)
    monkeypatch.setattr(asgi.connection, "vendor", "postgresql")
    return link


def bus_of(monkeypatch: pytest.MonkeyPatch, connect: Callable[[], AnyBus]) -> None:
    async def connected(*_: object) -> AnyBus:
        return connect()

    monkeypatch.setattr(control.Bus, "connect", connected)


async def test_a_web_that_starts_before_nats_serves_and_catches_up(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, tries = Late(2), 0

    def connect() -> AnyBus:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise BusError("nats-server does not answer")
        return bus

    bus_of(monkeypatch, connect)
    served = Served()
    await served.start()
    await until(lambda: len(bus._handlers) == 2)
    assert link.bus is bus
    await served.stop()


async def test_a_fault_behind_the_pages_is_told_and_does_not_keep_the_process_from_ending(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(asgi.log, "error", lambda *words, **more: told.append((words, more["task"])))

    def connect() -> AnyBus:
        raise RuntimeError("a fault of the program")

    bus_of(monkeypatch, connect)
    served = Served()
    await served.start()
    await until(lambda: told == [(("background_failed",), "connect")])
    await served.stop()
