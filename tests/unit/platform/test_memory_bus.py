from collections.abc import AsyncIterator

import pytest

from springline.platform.bus import AnyBus, MemoryBus
from tests.support.bus_cases import BusCases


class TestMemoryBus(BusCases):
    @pytest.fixture
    async def bus(self) -> AsyncIterator[AnyBus]:
        bus = MemoryBus()
        yield bus
        await bus.close()
