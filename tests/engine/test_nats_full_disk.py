"""nats-server on a disk that is full for a while: JetStream would keep nothing afterwards, room or not."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from springline.contracts import subjects
from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import EngineChanged, EngineStatus
from springline.platform import metrics, settings
from springline.platform.bus import Bus
from springline.platform.settings import Settings
from springline.platform.supervisor import dies_with_me, free_ports
from springline.telephony.control.journal import Journal
from springline.telephony.engine import nats
from springline.telephony.engine.keeping import Keeping, takes_writes
from springline.telephony.instance import nats_config
from tests.support.until import until_true

ROOM = "24M"
# A namespace of its own, so that a small disk can be mounted; as any user, where the kernel lets them.
OWN_MOUNTS = ("unshare", "--mount", *(() if os.getuid() == 0 else ("--map-root-user",)))


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not _can_mount(), reason="no small disk can be mounted here (unshare, tmpfs)"),
]


class SmallDisk:
    """nats-server whose store is a small disk, seen from here by way of /proc."""

    def __init__(self, home: Settings) -> None:
        self._config = nats_config(home)
        self._process: asyncio.subprocess.Process | None = None
        self.disk = Path()

    async def start(self) -> None:
        name = nats.prepare_nats(self._config)
        folder, argv = self._config.directory / "jetstream", nats.nats_argv(self._config)
        folder.mkdir(exist_ok=True)
        mount = f'mount -t tmpfs -o size={ROOM} none "{folder}" && exec "$@"'
        self._process = await asyncio.create_subprocess_exec(
            *(*OWN_MOUNTS, "sh", "-c", mount, "sh", *argv), preexec_fn=dies_with_me()
        )
        await nats.wait_nats_ready(self._config, name, self._process)
        self.disk = Path(f"/proc/{self._process.pid}/root{folder}")

    def fill(self) -> None:
        with (self.disk / "filler").open("ab", buffering=0) as file:
            size = 65536
            while size:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2

    def make_room(self) -> None:
        (self.disk / "filler").unlink()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def home(tmp_path: Path) -> Settings:
    return settings.create(tmp_path, nats_port=free_ports(1)[0])


@pytest.fixture
async def small(home: Settings) -> AsyncIterator[SmallDisk]:
    disk = SmallDisk(home)
    await disk.start()
    yield disk
    await disk.stop()


def _event() -> AnyEvent:
    return EngineChanged(at=utcnow(), status=EngineStatus.UP)


async def test_who_watches_finds_that_nothing_is_kept_but_not_while_the_disk_is_full(
    home: Settings, small: SmallDisk, tmp_path: Path
) -> None:
    bus = await Bus.connect(home, "control")
    journal = Journal(bus, tmp_path / "spool")
    running = asyncio.create_task(journal.run())
    await metrics.serve(bus, "control")
    keeping = Keeping(home, small.disk)
    journal.write(_event())
    assert await journal.stored(5.0)
    assert await keeping()
    small.fill()
    for _ in range(500):
        journal.write(_event())
    assert not await journal.stored(1.0)
    # Another start would be of no use yet.
    assert await keeping()
    assert await keeping()
    small.make_room()
    assert takes_writes(small.disk)
    assert not await journal.stored(1.0)

    async def found() -> bool:
        return not await keeping()

    await until_true(found, 60.0)
    running.cancel()
    await bus.close()


async def test_a_server_that_keeps_what_it_is_given_is_left_alone_however_much_waits(
    home: Settings, small: SmallDisk, tmp_path: Path
) -> None:
    bus = await Bus.connect(home, "control")
    journal = Journal(bus, tmp_path / "spool")
    await metrics.serve(bus, "control")
    keeping = Keeping(home, small.disk)
    for _ in range(4):
        journal.write(_event())
        assert await keeping()
        await journal.tell_what_waited(5.0)
    assert len(await bus.journal_read(subjects.JOURNAL_ALL)) == 4
    await bus.close()


async def test_the_journal_is_read_while_the_disk_is_full(home: Settings, small: SmallDisk) -> None:
    """A control that was killed finds its calls by it."""
    bus = await Bus.connect(home, "control")
    for number in range(3):
        await bus.journal_append(subjects.JOURNAL_SYSTEM, b"{}", str(number))
    small.fill()
    assert [entry.seq for entry in await bus.journal_read(subjects.JOURNAL_ALL)] == [1, 2, 3]
    following = bus.journal(2)
    assert [(await anext(following)).seq for _ in range(2)] == [2, 3]
    await bus.close()
