"""Who is refused again and again is closed out for a while; forged senders close out nobody that matters."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from springline.contracts.events import AnyEvent
from springline.contracts.house_events import AddressBanned, AddressUnbanned
from springline.telephony.control.bans import BAN_AFTER, FIRST_BAN, LONGEST_BAN, MOST, WITHIN, Bans, stored
from springline.telephony.engine.pjsip import render_bans
from tests.support.at_once import AtOnce
from tests.support.until import until
from tests.support.virtual_time import run_virtual

SCANNER, TRUNK = "203.0.113.9", "198.51.100.7"


class World:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.time = datetime(2026, 11, 23, 9, tzinfo=UTC)
        self.told: list[AnyEvent] = []
        self.given: list[list[str]] = []
        self.engine_is_there = True
        self.bans = self.begin()

    def begin(self) -> Bans:
        return Bans(
            self.path, ("198.51.100.0/24",), self.told.append, self.enforce, lambda: self.time, AtOnce()
        )

    async def enforce(self, addresses: list[str]) -> bool:
        if self.engine_is_there:
            self.given.append(addresses)
        return self.engine_is_there

    def scan(self, address: str = SCANNER, times: int = BAN_AFTER) -> None:
        for _ in range(times):
            self.bans.refused(address)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "bans.json")


def test_a_scanner_is_banned_and_told_of_once(world: World) -> None:
    world.scan(times=BAN_AFTER - 1)
    assert world.bans.active == []
    world.scan(times=BAN_AFTER * 3)
    assert world.bans.active == [SCANNER]
    (event,) = world.told
    assert isinstance(event, AddressBanned)
    assert (event.address, event.until) == (SCANNER, world.time + FIRST_BAN)


def test_a_phone_with_a_wrong_password_now_and_then_is_not(world: World) -> None:
    for _ in range(BAN_AFTER * 5):
        world.scan(times=1)
        world.time += 2 * WITHIN / BAN_AFTER
    assert world.bans.active == []


@pytest.mark.parametrize(
    "address", [TRUNK, "127.0.0.1", "192.168.3.20", "10.1.2.3", "fe80::1", "nonsense", ""]
)
def test_forged_senders_ban_no_trunk_no_agent_and_nothing_unreadable(world: World, address: str) -> None:
    world.scan(address, 1000)
    assert world.bans.active == []
    assert world.told == []


def test_each_ban_is_longer_and_ends_by_itself(world: World) -> None:
    lengths = []
    for _ in range(8):
        world.scan()
        world.bans.store()
        lengths.append(stored(world.path)[SCANNER].until - world.time)
        world.time += lengths[-1] + timedelta(seconds=1)
        assert world.bans.active == []
    assert lengths[:3] == [FIRST_BAN, 2 * FIRST_BAN, 4 * FIRST_BAN]
    assert lengths[-1] == LONGEST_BAN


def test_a_person_lifts_a_ban_and_control_that_starts_again_knows_the_others(world: World) -> None:
    world.scan()
    world.scan("203.0.113.10")
    assert world.bans.lift(SCANNER)
    assert not world.bans.lift(SCANNER)
    assert [e.address for e in world.told if isinstance(e, AddressUnbanned)] == [SCANNER]
    world.bans.store()
    assert world.begin().active == ["203.0.113.10"]


def test_a_broken_file_is_no_ban_and_no_crash(world: World) -> None:
    world.path.write_text("{half of")
    assert world.begin().active == []


def test_a_flood_of_forged_senders_fills_neither_list_nor_memory(world: World) -> None:
    for number in range(MOST + 50):
        world.time += timedelta(milliseconds=1)
        world.bans.refused(f"100.64.{number // 250}.{number % 250}", BAN_AFTER)
    assert len(world.bans.active) == MOST
    assert "100.64.0.0" not in world.bans.active


def test_the_engine_gets_the_list_again_until_it_takes_it(world: World) -> None:
    async def story() -> None:
        running = asyncio.create_task(world.bans.run())
        await until(lambda: world.given == [[]], 5)
        world.engine_is_there = False
        world.scan()
        await asyncio.sleep(10)
        assert world.given == [[]]
        world.engine_is_there = True
        await until(lambda: world.given == [[], [SCANNER]], 10)
        world.time += FIRST_BAN
        await until(lambda: world.given[-1] == [], 60)
        running.cancel()

    run_virtual(story())


def test_the_list_as_the_engine_reads_it() -> None:
    text = render_bans([SCANNER, "2001:db8::1"])
    assert "[banned]\ntype=acl\ndeny=203.0.113.9/32\ndeny=2001:db8::1/128\n" in text
    assert "acl" not in render_bans([])
