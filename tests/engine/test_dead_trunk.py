"""The carrier loses its power: the board, the journal and the metrics say so, and that it is back."""

from __future__ import annotations

import pytest

from springline.contracts.house_events import EngineStatus, TrunkChanged
from springline.contracts.live import TrunkRow
from tests.support.call_house import CallHouse
from tests.support.until import until, until_true

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


async def _row_says(house: CallHouse, status: EngineStatus) -> bool:
    rows = [row for row in (await house.snapshot()).rows if isinstance(row, TrunkRow)]
    return [row.status for row in rows] == [status]


def _told(house: CallHouse) -> list[EngineStatus]:
    return [event.status for event in house.journal if isinstance(event, TrunkChanged)]


async def test_a_carrier_without_power_is_told_of_once(house: CallHouse) -> None:
    await until_true(lambda: _row_says(house, EngineStatus.UP), 30)
    await house.carrier.kill()
    await until_true(lambda: _row_says(house, EngineStatus.DOWN), 60)
    await until(lambda: _told(house) == [EngineStatus.UP, EngineStatus.DOWN])
    await house.stop_control()
    await house.start_control()
    await until_true(lambda: _row_says(house, EngineStatus.DOWN), 60)
