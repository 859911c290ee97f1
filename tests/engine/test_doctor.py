"""`springline doctor` beside a house that really runs, and with one of its programs stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.desk_house import DeskHouse, desk_house

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house() -> AsyncIterator[DeskHouse]:
    async with desk_house() as found:
        yield found


async def _examined(house: DeskHouse, tmp_path: Path) -> tuple[int, dict[str, str]]:
    """The exit status, and the level of each finding."""
    report = tmp_path / "doctor.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "springline", "doctor", "--json", str(report)),
        env={**os.environ, "SPRINGLINE_HOME": str(house.settings.home)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    status = await process.wait()
    return status, {found["code"]: found["level"] for found in json.loads(report.read_text())}


async def test_a_house_that_runs_well(house: DeskHouse, tmp_path: Path) -> None:
    status, levels = await _examined(house, tmp_path)
    assert [code for code, level in levels.items() if level == "fault"] == []
    assert status == 0
    assert {"running", "disk", "database", "journal", "engine", "trunk", "control", "agents", "web"} <= set(
        levels
    )


async def test_a_control_that_hangs_is_found(house: DeskHouse, tmp_path: Path) -> None:
    pid = house.supervisor.pid("control")
    os.kill(pid, signal.SIGSTOP)
    try:
        status, levels = await _examined(house, tmp_path)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert status == 1
    assert levels["control"] == "fault"
    assert levels["database"] == "good"
