"""A home with the rows of `seed_home`: written once a test run, then copied for each house."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHERE: list[Path] = []
"""The folder that all test processes of this run share; the fixture `seeded_once` names it."""


async def seed(home: Path) -> None:
    """Fills `home`; its secrets and passwords are those of the other houses of this run."""
    await asyncio.to_thread(_copy, WHERE[0] / "seeded", home)


def _copy(seeded: Path, home: Path) -> None:
    with seeded.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not seeded.exists():
            _write(seeded)
    shutil.copytree(seeded, home, dirs_exist_ok=True)


def _write(folder: Path) -> None:
    fresh = folder.with_suffix(".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.seed_home", str(fresh)],
        cwd=ROOT,
        env={**os.environ, "SPRINGLINE_HOME": str(fresh)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]
    fresh.rename(folder)
