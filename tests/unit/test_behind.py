"""What computes behind others lets them go first, tells its status, and does not outlive the block."""

import os
import sys
from pathlib import Path

import pytest

from tools.behind import behind


def test_others_come_first_and_its_words_and_status_come_at_its_end(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code = "import os; print(os.getpriority(os.PRIO_PROCESS, 0)); raise SystemExit(3)"
    with behind("it", [sys.executable, "-c", code], tmp_path / "said") as computing:
        assert computing.finish() == 3
    lower = min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)
    assert capfdbinary.readouterr().out.decode().split() == ["==", "it", str(lower)]


def test_what_still_runs_after_the_block_is_ended(tmp_path: Path) -> None:
    with behind("it", [sys.executable, "-c", "import signal; signal.pause()"],
                tmp_path / "said") as computing:  # fmt: skip
        assert computing.process.poll() is None
    assert computing.process.returncode is not None
