"""`springline up` is killed: nothing that it started runs on."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from springline.demo.check import isolated
from springline.platform.settings import Settings
from tests.support.seeding import seed
from tests.support.until import until_true

pytestmark = pytest.mark.engine
PROGRAMS = 5


def parent_and_state(pid: str) -> tuple[int, str] | None:
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(parent), state


def children(of: int) -> list[int]:
    return [
        int(pid)
        for pid in os.listdir("/proc")
        if pid.isdigit() and (seen := parent_and_state(pid)) is not None and seen[0] == of
    ]


def running(pid: int) -> bool:
    seen = parent_and_state(str(pid))
    return seen is not None and seen[1] not in "ZX"


async def serves(settings: Settings) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            health = (await client.get(f"{settings.local_url}/api/health")).json()
    except httpx.HTTPError:
        return False
    return set(health.values()) == {"up"} or health.get("control") == "up"


async def test_nothing_outlives_a_killed_house() -> None:
    home = Path(tempfile.mkdtemp(prefix="spl-death-"))
    try:
        await seed(home)
        settings = isolated(home)
        house = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "springline", "up"),
            env={**os.environ, "SPRINGLINE_HOME": str(home)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:

            async def up() -> bool:
                assert house.returncode is None
                return len(children(house.pid)) == PROGRAMS and await serves(settings)

            await until_true(up, 90.0)
            started = children(house.pid)
        finally:
            house.kill()
            await house.wait()

        async def gone() -> bool:
            return not any(running(pid) for pid in started)

        await until_true(gone, 5.0)
    finally:
        shutil.rmtree(home, ignore_errors=True)
