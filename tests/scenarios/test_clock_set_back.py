"""The machine's clock is set back by an hour while a caller waits, and while two talk."""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    CallEnded,
    CallOutcome,
    HangupBy,
    OfferEnded,
    RecordingFinished,
)
from springline.contracts.live import AgentRow
from tests.support.exchange_house import ExchangeHouse, until

HOUR = timedelta(hours=1)


class Clock:
    """What control takes for the time of day."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = timedelta()
        for name, module in list(sys.modules.items()):
            if name.startswith("springline.telephony.control") and hasattr(module, "utcnow"):
                monkeypatch.setattr(module, "utcnow", self._shifted(module.utcnow))

    def _shifted(self, right: object) -> object:
        def utcnow() -> datetime:
            return right() + self.off  # type: ignore[no-any-return, operator]

        return utcnow


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_set_back_while_a_caller_waits_and_while_they_talk(tmp_path: Path, clock: Clock) -> None:
    house = ExchangeHouse(tmp_path)
    async with house.control():
        first = await house.call_in()
        await asyncio.sleep(5)
        clock.off = -HOUR
        await asyncio.sleep(1)
        await house.work("1001")
        await house.agent_is("1001", AgentState.TALKING)
        await asyncio.sleep(20)
        clock.off = -2 * HOUR
        await asyncio.sleep(1)
        first.hang_up()
        await until(lambda: house.row_of(first) is None)
        await house.agent_is("1001", AgentState.READY, 300)
        (connected,) = await house.events(AgentConnected)
        (offer,) = await house.events(OfferEnded)
        (ended,) = await house.events(CallEnded)
        assert await house.events(RecordingFinished)
        assert isinstance(connected, AgentConnected)
        assert isinstance(offer, OfferEnded)
        assert isinstance(ended, CallEnded)
        assert min(connected.wait_seconds, offer.ring_seconds, ended.talk_seconds) >= 0
        assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.HANDLED)


async def test_who_came_first_is_served_first_although_the_clock_went_back(
    tmp_path: Path, clock: Clock
) -> None:
    house = ExchangeHouse(tmp_path)
    async with house.control():
        first = await house.call_in(caller="13805640001")
        await asyncio.sleep(2)
        clock.off = -HOUR
        second = await house.call_in(caller="13805640002")
        await house.work("1001")
        await house.agent_is("1001", AgentState.TALKING)
        (row,) = [r for r in house.snapshot().rows if isinstance(r, AgentRow) and r.id == "1001"]
        talking = house.row_of(first)
        assert talking is not None
        assert row.call_id == talking.id
        assert house.row_of(second) is not None
