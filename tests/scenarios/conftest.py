import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from springline.contracts.commands import Done, SetReady, SignIn
from springline.telephony.control.exchange import Exchange
from tests.support.exchange_house import ExchangeHouse
from tests.support.virtual_time import VirtualTimePolicy


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    return VirtualTimePolicy()


@pytest.fixture
async def house(tmp_path: Path) -> ExchangeHouse:
    return ExchangeHouse(tmp_path)


@pytest.fixture
async def exchange(house: ExchangeHouse) -> AsyncIterator[Exchange]:
    async with house.control() as running:
        yield running


@pytest.fixture
async def ready(house: ExchangeHouse, exchange: Exchange) -> ExchangeHouse:
    """Agent 1001 is ready; the others are signed out."""
    assert await house.ask(SignIn(agent="1001")) == Done()
    assert await house.ask(SetReady(agent="1001")) == Done()
    return house
