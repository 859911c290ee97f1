"""A small day of the hotline through `springline simulate`: a house of its own, real SIP, balanced books."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

CALLS = 12


def test_a_small_day_balances_to_the_call(tmp_path: Path) -> None:
    report = tmp_path / "day.json"
    arguments = ("--calls", str(CALLS), "--speed", "2000", "--seed", "5", "--json", str(report))

    done = subprocess.run(
        (sys.executable, "-m", "springline", "simulate", *arguments), capture_output=True, check=False
    )

    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-3000:]
    day = json.loads(report.read_text())
    figures = {line["what"]: (line["callers"], line["database"]) for line in day["lines"]}
    assert day["differences"] == []
    assert day["refused"] == []
    assert figures["offered"] == figures["sum of these"] == (CALLS, CALLS)
    assert figures["handled"][0] == figures["heard their agent"][0] >= CALLS / 2
    assert figures["work: deliveries"] == figures["work: orders"] >= (2, 2)
    assert day["books"]["vouchers"] > 0
    assert not Path(day["home"]).exists(), "a day that adds up leaves nothing behind"
