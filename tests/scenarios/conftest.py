import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from springline.telephony.control.exchange import Exchange
from tests.support.exchange_house import ExchangeHouse
from tests.support.exchange_laws import check_journal, check_live
from tests.support.virtual_time import VirtualTimePolicy, settle

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    return VirtualTimePolicy()


@pytest.fixture(autouse=True)
def wall_clock_in_virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durations in the journal are differences of wall clock times: both clocks must go alike."""

    def utcnow() -> datetime:
        return _EPOCH + timedelta(seconds=asyncio.get_running_loop().time())

    for name, module in list(sys.modules.items()):
        if name.startswith("springline.telephony.control") and hasattr(module, "utcnow"):
            monkeypatch.setattr(module, "utcnow", utcnow)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ExchangeHouse]:
    """Whatever a scenario did, its journal and its live events obey their laws."""
    house = ExchangeHouse(tmp_path)
    yield house
    await settle()
    await check_journal(house)
    check_live(house)


@pytest.fixture
async def exchange(house: ExchangeHouse) -> AsyncIterator[Exchange]:
    async with house.control() as running:
        yield running


@pytest.fixture
async def ready(house: ExchangeHouse, exchange: Exchange) -> ExchangeHouse:
    """Agent 1001 is ready; the others are signed out."""
    await house.work("1001")
    return house
