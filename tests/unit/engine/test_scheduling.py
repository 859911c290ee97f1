"""Threads of a process that runs: each is put under SCHED_BATCH, and nothing fails where it cannot be."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from springline.telephony.engine.scheduling import run_in_batch


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    file = tmp_path / "asterisk.pid"
    file.write_text(f"{os.getpid()}\n")
    return file


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    for thread in os.listdir("/proc/self/task"):
        os.sched_setscheduler(int(thread), os.SCHED_OTHER, os.sched_param(0))


def _policies() -> set[int]:
    return {os.sched_getscheduler(int(thread)) for thread in os.listdir("/proc/self/task")}


def test_every_thread_and_those_it_begins_later(pid_file: Path) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=over.wait) for _ in range(3)]
    threads[0].start()
    threads[1].start()
    try:
        run_in_batch(pid_file)
        threads[2].start()
        assert _policies() == {os.SCHED_BATCH}
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("content", ["", "rubbish", "4194304999"])
def test_an_engine_that_is_not_there_is_left_alone(pid_file: Path, content: str) -> None:
    pid_file.write_text(content)
    run_in_batch(pid_file)
    run_in_batch(pid_file.with_name("none"))
    assert _policies() == {os.SCHED_OTHER}


def test_a_kernel_that_refuses_is_no_fault(pid_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "sched_setscheduler", refused)
        run_in_batch(pid_file)
    assert _policies() == {os.SCHED_OTHER}
