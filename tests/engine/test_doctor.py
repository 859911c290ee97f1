"""`springline doctor` beside a house that really runs, and with one of its programs stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import pytest_asyncio

from springline.platform.processes import AT_THE_START_SECONDS, processes
from tests.support.desk_house import DeskHouse, desk_house
from tests.support.until import until

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
    new = {"disk-writes", "database-writes", "ports", "clock-jump", "certificate", "worker", "bus-keeps"}
    assert {code: levels.get(code) for code in new} == dict.fromkeys(new, "good")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("control", "control"),
        ("worker", "worker"),
        ("web", "web"),
        ("nats-server", "bus"),
        ("asterisk", "engine"),
    ],
)
async def test_a_program_that_hangs_is_found(
    house: DeskHouse, tmp_path: Path, program: str, code: str
) -> None:
    pid = house.supervisor.pid(program)
    os.kill(pid, signal.SIGSTOP)
    try:
        status, levels = await _examined(house, tmp_path)
    finally:
        # On a slow machine the supervisor has replaced it by then.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    assert status == 1
    assert levels[code] == "fault"
    assert levels["database"] == "good"


async def test_a_database_that_is_locked_is_found(house: DeskHouse, tmp_path: Path) -> None:
    with closing(sqlite3.connect(house.settings.db_path, isolation_level=None)) as another:
        another.execute("PRAGMA busy_timeout = 10000")
        another.execute("BEGIN EXCLUSIVE")
        status, levels = await _examined(house, tmp_path)
    assert status == 1
    assert levels["database-writes"] == "fault"


async def test_a_program_that_was_killed_is_named(house: DeskHouse, tmp_path: Path) -> None:
    worker = house.supervisor.pid("worker")
    age = processes()[os.getpid()].age
    if age < AT_THE_START_SECONDS + 5:
        pytest.skip("the house is too young to tell a start from another")
    os.kill(worker, signal.SIGKILL)
    await until(lambda: house.supervisor.pid("worker") != worker, 30)
    _status, levels = await _examined(house, tmp_path)
    assert levels["restarts-worker"] == "warning"
