"""SQLite and PostgreSQL, each a fresh one; and the parts of a bench that run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from springline.platform.benchmarks import Figure
from springline.platform.home import default_home
from springline.platform.postgres import private_postgres
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.tools import tool_path

SIDES = ("SQLite", "PostgreSQL")
# What settings_test reads; None of it is a setting of a home.
DATABASE_VARIABLE = "SPRINGLINE_TEST_DATABASE_URL"


class BenchFault(Exception):
    """A part of the bench failed; the message holds what it said last."""


@contextmanager
def fresh(side: str) -> Iterator[str | None]:
    """The URL of a durable PostgreSQL, or None for SQLite (a file in the home). Raises EngineError."""
    if side == "SQLite":
        yield None
        return
    program = tool_path(default_home(), "postgres")
    if program is None:
        raise EngineError(
            "no-postgres",
            "PostgreSQL is missing: springline tools install postgres",
            "缺少 PostgreSQL，请运行：springline tools install postgres",
        )
    with private_postgres(program, durable=True) as url:
        yield url


def measured(module: str, url: str | None, *arguments: str) -> list[Figure]:
    """The figures that `python -m MODULE ARGUMENTS --json FILE` wrote; what it says goes to our own output.

    Raises BenchFault.
    """
    with tempfile.TemporaryDirectory(prefix="springline-bench-") as folder:
        result = Path(folder) / "figures.json"
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments, "--json", str(result)],
            env=environment(url),
            check=False,
        )
        if done.returncode:
            raise BenchFault(f"{module} ended with status {done.returncode}")
        return msgspec.json.decode(result.read_bytes(), type=list[Figure])


def environment(url: str | None) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != DATABASE_VARIABLE}
    return plain | ({DATABASE_VARIABLE: url} if url else {})
