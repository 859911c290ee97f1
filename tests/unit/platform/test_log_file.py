"""Who logs neither waits for the disk nor hears that it is full."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from springline.platform.log_file import MOST_WAITING, AsideWriter

FULL = """
import structlog
from springline.platform import logging
logging.configure("test", aside=True)
import logging as standard
for _ in range(3):
    structlog.get_logger().info("call_arrived")
    standard.getLogger("library").warning("something")
print("went on")
"""


def test_a_full_disk_fails_nobody() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([sys.executable, "-c", FULL], stdout=subprocess.PIPE, stderr=full, check=True)
    assert ran.stdout == b"went on\n"


def test_the_last_lines_of_a_program_are_written_in_order(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        subprocess.run([sys.executable, "-c", FULL], stdout=subprocess.DEVNULL, stderr=file, check=True)
    lines = (tmp_path / "log").read_text().splitlines()
    assert ["call_arrived" in line for line in lines] == [True, False] * 3


def test_a_disk_that_stands_still_holds_up_nobody_and_what_was_lost_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, began = threading.Event(), threading.Event()
    write = os.write

    def slow(file: int, data: bytes) -> int:
        began.set()
        assert goes_on.wait(30)
        return write(file, data)

    monkeypatch.setattr(os, "write", slow)
    path = tmp_path / "log"
    with path.open("wb") as file:
        log = AsideWriter(file.fileno())
        log.write("first\n")
        assert began.wait(30)
        for number in range(MOST_WAITING + 7):
            log.write(f"{number}\n")
        assert not path.read_bytes()
        goes_on.set()
        assert log.drain(30)
    lines = path.read_text().splitlines()
    assert lines[0] == "first"
    assert lines[1:-1] == [str(number) for number in range(MOST_WAITING)]
    assert '"lines": 7' in lines[-1]


def test_what_a_full_disk_did_not_take_is_counted_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, full = os.write, True

    def filled(file: int, data: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, "full")
        return write(file, data)

    monkeypatch.setattr(os, "write", filled)
    with (tmp_path / "log").open("wb") as file:
        log = AsideWriter(file.fileno())
        for number in range(3):
            log.write(f"{number}\n")
            assert log.drain(30)
        full = False
        log.write("again\n")
        assert log.drain(30)
    again, lost = (tmp_path / "log").read_text().splitlines()
    assert (again, '"lines": 3' in lost) == ("again", True)
