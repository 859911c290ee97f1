"""Which config is in force when the bus, the disk or the config itself is bad."""

from pathlib import Path

import pytest

from springline.contracts import codec, subjects
from springline.telephony.control import configuration
from springline.telephony.control.configuration import BadConfig, plan_of
from tests.support.exchange_house import DID, PROMPTS, config
from tests.support.faulty_bus import FaultyBus


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "state" / "config.json"


async def test_the_bus_comes_before_the_copy(copy: Path) -> None:
    bus = FaultyBus()
    assert await configuration.latest(bus, copy) is None
    configuration.keep_copy(config(1), copy)
    assert await configuration.latest(bus, copy) == config(1)
    await bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, codec.encode(config(2)))
    assert await configuration.latest(bus, copy) == config(2)


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff\x00", b'{"version":"x"}'])
async def test_rubbish_on_the_bus_leaves_the_copy_in_force(copy: Path, rubbish: bytes) -> None:
    bus = FaultyBus()
    await bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, rubbish)
    assert await configuration.latest(bus, copy) is None
    configuration.keep_copy(config(1), copy)
    assert await configuration.latest(bus, copy) == config(1)


def test_rubbish_in_the_copy_is_no_config(copy: Path) -> None:
    assert configuration.last_good(copy) is None
    configuration.keep_copy(config(1), copy)
    copy.write_bytes(b"{")
    assert configuration.last_good(copy) is None


def test_the_copy_is_for_its_owner_alone(copy: Path) -> None:
    configuration.keep_copy(config(1), copy)
    configuration.keep_copy(config(2), copy)
    assert copy.stat().st_mode & 0o077 == 0
    assert list(copy.parent.iterdir()) == [copy]


def test_a_plan_names_every_fault_at_once() -> None:
    with pytest.raises(BadConfig) as caught:
        plan_of(config(7, queues=("city",)), PROMPTS - {"ivr.main"})
    assert caught.value.version == 7
    text = str(caught.value)
    for word in ("huoshan", "pool", "ivr.main", DID):
        assert word in text


async def test_a_full_disk_keeps_no_copy_and_stops_nothing(copy: Path) -> None:
    configuration.keep_copy(config(1), copy)
    # The kernel itself says that there is no room.
    copy.with_name("config.json.partial").symlink_to("/dev/full")
    await configuration.kept(config(2), copy)
    assert await configuration.latest(FaultyBus(), copy) == config(1)


def test_a_copy_that_is_there_is_not_written_again(copy: Path) -> None:
    configuration.keep_copy(config(1), copy)
    copy.with_name("config.json.partial").symlink_to("/dev/full")
    configuration.keep_copy(config(1), copy)
