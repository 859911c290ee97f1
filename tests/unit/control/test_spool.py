"""Events on disk keep their order, and a disk that takes nothing costs nothing but memory."""

import asyncio
import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import EngineChanged, EngineStatus
from springline.telephony.control.spool import RESERVED_BYTES, Spool, SpooledLine
from tests.support.at_once import AtOnce
from tests.support.until import until

UP = EngineChanged(at=utcnow(), status=EngineStatus.UP)


def event(number: int) -> EngineChanged:
    return EngineChanged(at=UP.at, id=str(number), status=EngineStatus.UP)


def taken(line: SpooledLine, count: int) -> list[int]:
    found = ids(line.first(count))
    line.drop()
    return found


def ids(events: list[AnyEvent]) -> list[int]:
    return [int(event.id) for event in events]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.spool"


def test_nothing_is_written_while_nothing_is_delayed(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    for number in range(5):
        line.put(event(number))
    assert taken(line, 3) == [0, 1, 2]
    assert taken(line, 3) == [3, 4]
    assert not path.exists()


def test_what_is_delayed_outlives_the_process_in_order(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    line.put(event(0))
    line.put(event(1))
    assert ids(line.first(1)) == [0]
    line.delayed()
    line.put(event(2))
    spool = Spool(path, AtOnce())
    assert spool.found == 3
    assert taken(SpooledLine(spool), 10) == [0, 1, 2]
    assert not path.exists()


def test_a_batch_that_left_after_it_was_written_is_not_read_again(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    for number in range(4):
        line.put(event(number))
    assert ids(line.first(2)) == [0, 1]
    line.delayed()
    line.put(event(4))
    line.drop()
    assert taken(line, 2) == [2, 3]
    assert taken(line, 2) == [4]
    assert not path.exists()
    line.put(event(5))
    assert not path.exists()
    assert taken(line, 2) == [5]


def test_memory_holds_nothing_while_the_disk_does(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    line.delayed()
    for number in range(10_000):
        line.put(event(number))
        assert not line._memory
    assert sum((taken(line, 128) for _ in range(79)), []) == list(range(10_000))
    assert line.first(1) == []


def test_half_a_line_of_a_killed_process_is_left_out(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    line.put(event(0))
    line.delayed()
    with path.open("r+b") as file:
        file.seek(path.read_bytes().rfind(b"\n") + 1)
        file.write(b'{"type":"EngineCh')
    again = SpooledLine(Spool(path, AtOnce()))
    again.put(event(1))
    assert taken(again, 10) == [0, 1]


def test_a_line_that_nobody_can_read_stops_nothing(path: Path) -> None:
    path.write_bytes(b'{"type":"OfTheFuture"}\n' * 3)
    line = SpooledLine(Spool(path, AtOnce()))
    line.put(event(0))
    assert taken(line, 2) == [0]
    assert line.first(2) == []


def test_a_full_disk_keeps_events_in_memory(path: Path) -> None:
    spool = Spool(path, AtOnce(), reserved=0)
    # The kernel itself says that there is no room.
    path.symlink_to("/dev/full")
    line = SpooledLine(spool)
    line.put(event(0))
    line.delayed()
    line.put(event(1))
    assert spool.failing
    assert taken(line, 1) == [0]
    assert taken(line, 10) == [1]


@pytest.mark.parametrize("reserved", [0, 150, RESERVED_BYTES])
def test_a_disk_with_room_again_takes_what_waits_behind_what_it_had(
    path: Path, monkeypatch: pytest.MonkeyPatch, reserved: int
) -> None:
    line = SpooledLine(Spool(path, AtOnce(), reserved))
    line.put(event(0))
    line.delayed()
    size = path.stat().st_size
    write = os.pwrite

    def half(file: int, data: bytes, at: int) -> int:
        return write(file, data if not data.strip(b"\0") else data[: len(data) // 2], at)

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", half)
        line.put(event(1))
        line.put(event(2))
    assert path.stat().st_size == size
    line.delayed()
    line.put(event(3))
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    assert taken(SpooledLine(Spool(copy, AtOnce(), reserved)), 10) == [0, 1, 2, 3]
    assert taken(line, 2) == [0, 1]


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    line = SpooledLine(Spool(tmp_path / "none" / "journal.spool", AtOnce()))
    line.delayed()
    line.put(event(0))
    assert taken(line, 1) == [0]


class StandingDisk:
    """The kernel's write, which waits until the disk moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._write, self._moves, self.begun = os.pwrite, threading.Event(), threading.Event()
        monkeypatch.setattr(os, "pwrite", self._slowly)

    def _slowly(self, file: int, data: bytes, at: int) -> int:
        self.begun.set()
        assert self._moves.wait(30)
        return self._write(file, data, at)

    def move(self) -> None:
        self._moves.set()


async def test_a_disk_that_stands_still_holds_up_nobody(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile events leave and come, and each is told once and in order."""
    line = SpooledLine(Spool(path))
    for number in range(4):
        line.put(event(number))
    assert ids(line.first(2)) == [0, 1]
    disk = StandingDisk(monkeypatch)
    line.delayed()
    await until(disk.begun.is_set)
    line.put(event(4))
    # The bus is back before the disk.
    line.drop()
    assert ids(line.first(1)) == [2]
    disk.move()
    await until(lambda: line.in_memory == 0)
    line.drop()
    assert taken(line, 10) == [3, 4]
    await until(lambda: not path.exists())
    line.put(event(5))
    assert taken(line, 10) == [5]


async def test_the_end_of_a_run_waits_for_the_disk_but_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = SpooledLine(Spool(path))
    for number in range(300):
        line.put(event(number))
    with monkeypatch.context() as standing:
        disk = StandingDisk(standing)
        line.keep(0.05)
        assert line.in_memory == 300
        disk.move()
        line.keep(30.0)
    assert line.in_memory == 0
    assert len(Spool(path).lines(1000)) == 300


async def test_events_that_come_while_others_are_written_keep_their_order(path: Path) -> None:
    """Whatever the thread and the loop do in between."""
    disk = ThreadPoolExecutor(1)
    line = SpooledLine(Spool(path, disk))
    told: list[int] = []
    for number in range(2000):
        line.put(event(number))
        if number % 7 == 0:
            line.delayed()
        if number % 3 == 0:
            told += ids(line.first(5))
            await asyncio.sleep(0)
            line.drop()
    while found := taken(line, 50):
        told += found
        await asyncio.sleep(0)
    assert told == list(range(2000))
    await until(lambda: not path.exists())


def test_events_go_to_the_room_that_was_set_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full takes what lies in the place of something else."""
    line = SpooledLine(Spool(path, AtOnce()))
    write = os.pwrite

    def full(file: int, data: bytes, at: int) -> int:
        if at + len(data) > os.fstat(file).st_size:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data, at)

    monkeypatch.setattr(os, "pwrite", full)
    line.delayed()
    for turn in range(3):
        for number in range(1000):
            line.put(event(number))
        assert line.in_memory == 0
        assert sum((taken(line, 128) for _ in range(8)), []) == list(range(1000)), turn
        assert not path.exists()
        line.delayed()
    line.put(event(7))
    assert taken(SpooledLine(Spool(path, AtOnce())), 10) == [7]


def test_what_was_set_aside_and_never_used_holds_no_event(path: Path) -> None:
    reserve = path.with_suffix(".reserve")
    Spool(path, AtOnce())
    assert reserve.stat().st_size == RESERVED_BYTES
    reserve.rename(path)
    assert Spool(path, AtOnce()).found == 0
    assert not path.exists()
    assert reserve.stat().st_size == RESERVED_BYTES


def test_a_file_that_somebody_cut_stops_nothing(path: Path) -> None:
    line = SpooledLine(Spool(path, AtOnce()))
    line.put(event(0))
    line.delayed()
    os.truncate(path, 0)
    assert taken(line, 1) == []
    line.put(event(1))
    assert taken(line, 1) == [1]
