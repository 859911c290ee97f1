"""The tests of what databases do differently, once more on PostgreSQL: ledgers, orders, guards, races, laws.

They run in a pytest of their own, because Django's database is chosen when its settings are read. By hand:
SPRINGLINE_TEST_DATABASE_URL=postgresql://… .venv/bin/pytest tests/unit/vouchers
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from springline.platform.home import default_home
from springline.platform.postgres import private_postgres
from springline.telephony.engine.tools import tool_path

ROOT = Path(__file__).parents[2]
FILES = [
    *(f"vouchers/test_{name}.py" for name in ("ledger", "guards", "race", "laws", "buckets", "refunds")),
    *(
        f"orders/test_{name}.py"
        for name in (
            "placing",
            "changing",
            "delivering",
            "settling",
            "race",
            "laws",
            "conversion",
            "following",
        )
    ),
    *(f"delivery/test_{name}.py" for name in ("syncing", "settling", "assignment", "race")),
    *(f"complaints/test_{name}.py" for name in ("filing", "handling")),
    "messaging/test_sending.py",
    "catalog/test_revisions.py",
    *(f"customers/test_{name}.py" for name in ("services", "searching", "importing", "unimporting")),
    *(f"business/test_{name}.py" for name in ("projector", "numbers", "tables", "prepared", "inserting")),
]


@pytest.mark.postgres
def test_on_postgres() -> None:
    """Among them: every migration, on an empty database."""
    program = tool_path(default_home(), "postgres")
    assert program is not None
    paths = ["tests/laws", *(f"tests/unit/{name}" for name in FILES)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with private_postgres(program) as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *paths],
            cwd=ROOT,
            env=environment | {"SPRINGLINE_TEST_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
