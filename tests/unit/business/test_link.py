"""What a process of the durable floor tells the others when one message, or a whole loop, fails."""

import asyncio
from pathlib import Path

import pytest

from springline.business import control
from springline.business.control import Link
from springline.contracts import subjects
from springline.platform import settings
from springline.platform.bus import AnyBus, BusError, MemoryBus
from tests.support.until import until

SUBJECT = subjects.LIVE_NOTICES


class Choosy(MemoryBus):
    """It publishes only what is no exception."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    async def publish(self, subject: str, message: object) -> None:
        if isinstance(message, Exception):
            raise message
        self.told.append(message)


@pytest.mark.parametrize("fault", [BusError("away"), TypeError("cannot be encoded")])
async def test_a_message_that_cannot_be_told_costs_only_itself(fault: Exception) -> None:
    bus, link = Choosy(), Link()
    link.bus, link._loop = bus, asyncio.get_running_loop()
    lost = control.LOST._value.get()
    for message in ("first", fault, "second"):
        link.tell(SUBJECT, message)
    await until(lambda: bus.told == ["first", "second"])
    assert control.LOST._value.get() == lost + 1
    link.tell(SUBJECT, "third")
    await until(lambda: bus.told[-1] == "third")


async def test_what_an_earlier_loop_left_unsaid_does_not_silence_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, link = Choosy(), Link()
    link._told = [(SUBJECT, "of a loop that is closed")]
    monkeypatch.setattr(control.Bus, "connect", lambda *_: _is(bus))
    await link.connect(settings.load(tmp_path), "web")
    link.tell(SUBJECT, "first")
    await until(lambda: bus.told == ["first"])


async def _is(bus: AnyBus) -> AnyBus:
    return bus
