"""Events on disk keep their order, and a disk that takes nothing costs nothing but memory."""

import os
from pathlib import Path

import pytest

from springline.contracts.events import AnyEvent, EngineChanged, EngineStatus, utcnow
from springline.telephony.control.spool import Spool, SpooledLine

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
    line = SpooledLine(Spool(path))
    for number in range(5):
        line.put(event(number))
    assert taken(line, 3) == [0, 1, 2]
    assert taken(line, 3) == [3, 4]
    assert not path.exists()


def test_what_is_delayed_outlives_the_process_in_order(path: Path) -> None:
    line = SpooledLine(Spool(path))
    line.put(event(0))
    line.put(event(1))
    assert ids(line.first(1)) == [0]
    line.delayed()
    line.put(event(2))
    spool = Spool(path)
    assert spool.found == 3
    assert taken(SpooledLine(spool), 10) == [0, 1, 2]
    assert not path.exists()


def test_a_batch_that_left_after_it_was_written_is_not_read_again(path: Path) -> None:
    line = SpooledLine(Spool(path))
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
    line = SpooledLine(Spool(path))
    line.delayed()
    for number in range(10_000):
        line.put(event(number))
        assert not line._memory
    assert sum((taken(line, 128) for _ in range(79)), []) == list(range(10_000))
    assert line.first(1) == []


def test_half_a_line_of_a_killed_process_is_left_out(path: Path) -> None:
    line = SpooledLine(Spool(path))
    line.put(event(0))
    line.delayed()
    with path.open("ab") as file:
        file.write(b'{"type":"EngineCh')
    again = SpooledLine(Spool(path))
    again.put(event(1))
    assert taken(again, 10) == [0, 1]


def test_a_line_that_nobody_can_read_stops_nothing(path: Path) -> None:
    path.write_bytes(b'{"type":"OfTheFuture"}\n' * 3)
    line = SpooledLine(Spool(path))
    line.put(event(0))
    assert taken(line, 2) == [0]
    assert line.first(2) == []


def test_a_full_disk_keeps_events_in_memory(path: Path) -> None:
    spool = Spool(path)
    # The kernel itself says that there is no room.
    path.symlink_to("/dev/full")
    line = SpooledLine(spool)
    line.put(event(0))
    line.delayed()
    line.put(event(1))
    assert spool.failing
    assert taken(line, 1) == [0]
    assert taken(line, 10) == [1]


def test_a_disk_with_room_again_takes_what_waits_behind_what_it_had(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = SpooledLine(Spool(path))
    line.put(event(0))
    line.delayed()
    size = path.stat().st_size
    write = os.write

    def half(file: int, data: bytes) -> int:
        return write(file, data[: len(data) // 2])

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", half)
        line.put(event(1))
        line.put(event(2))
    assert path.stat().st_size == size
    line.delayed()
    line.put(event(3))
    assert taken(SpooledLine(Spool(path)), 10) == [0, 1, 2, 3]
    assert taken(line, 2) == [0, 1]


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    line = SpooledLine(Spool(tmp_path / "none" / "journal.spool"))
    line.delayed()
    line.put(event(0))
    assert taken(line, 1) == [0]
