"""A house of real parts for each module of tests; a module that needs another one overrides `house`."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.call_house import CallHouse, call_house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def nobody_left(house: CallHouse) -> AsyncIterator[None]:
    yield
    await house.clear()
