"""Two web processes side by side on PostgreSQL: what one does, the other knows."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from springline.doctor import live
from springline.platform.bus import Bus
from springline.platform.findings import Level
from tests.support.until import until
from tests.support.web_house import WebHouse, web_house

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.engine,
    pytest.mark.asyncio(loop_scope="module"),
]
ONE, OTHER = "web-1", "web-2"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house() -> AsyncIterator[WebHouse]:
    async with web_house() as found:
        yield found
    pids = [found.supervisor.pid(name) for name in (ONE, OTHER)]
    assert not {str(pid) for pid in pids} & set(os.listdir("/proc"))


async def test_an_order_placed_through_one_is_news_to_a_desk_at_the_other(house: WebHouse) -> None:
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(house.client_of(OTHER))
        stream = await stack.enter_async_context(desk.stream("GET", "/api/live"))
        assert house.served_by(stream) == OTHER
        lines = stream.aiter_lines()
        one = await stack.enter_async_context(house.client_of(ONE))
        async with asyncio.timeout(20):
            placed = await one.post("/api/orders", json=house.order(0))
            assert (placed.status_code, house.served_by(placed)) == (200, ONE)
            wanted = str(placed.json()["id"])
            async for line in lines:
                if line.startswith('data: {"kind":"order"') and f'"id":"{wanted}"' in line:
                    return


async def test_one_is_killed_amid_requests_and_every_order_is_placed_once(house: WebHouse) -> None:
    killed, broken = house.supervisor.pid(ONE), 0
    placed: dict[int, list[int]] = {}
    numbers = iter(range(10, 110))

    async def customer() -> None:
        nonlocal broken
        for number in numbers:
            while True:
                try:
                    async with house.client() as client:
                        answer = await client.post("/api/orders", json=house.order(number))
                except httpx.TransportError:
                    broken += 1
                    continue
                assert answer.status_code == 200, answer.text
                placed.setdefault(number, []).append(answer.json()["id"])
                break

    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(customer())
        await until(lambda: len(placed) >= 20, 60)
        os.kill(killed, signal.SIGKILL)
    assert len(placed) == 100
    assert len({order for orders in placed.values() for order in orders}) == 100
    # What was under way there is lost; nobody who came later noticed.
    assert broken <= 6
    await until(lambda: house.supervisor.pid(ONE) != killed, 30)
    async with asyncio.timeout(60), house.client_of(ONE) as client:
        again = await client.post("/api/orders", json=house.order(10))
        assert again.json()["id"] == placed[10][0]


async def test_each_shows_the_figures_of_both(house: WebHouse) -> None:
    for name in (ONE, OTHER):
        async with asyncio.timeout(30), house.client_of(name) as client:
            families = {
                f.name: f for f in text_string_to_metric_families((await client.get("/metrics")).text)
            }
        up = {sample.labels["program"]: sample.value for sample in families["springline_up"].samples}
        assert {program for program, value in up.items() if value} == {ONE, OTHER}
        cpu = families["process_cpu_seconds"].samples
        assert {sample.labels["program"] for sample in cpu} == {ONE, OTHER}


async def test_wrong_passwords_count_wherever_they_are_tried(house: WebHouse) -> None:
    wrong = {"username": "bench0", "password": "not this one"}
    async with house.client_of(ONE) as one, house.client_of(OTHER) as other:
        tries = [await client.post("/api/session", json=wrong) for client in (one, other, one, other, one)]
        assert [house.served_by(answer) for answer in tries] == [ONE, OTHER, ONE, OTHER, ONE]
        assert [answer.status_code for answer in tries[:4]] == [401] * 4
        after = [await client.post("/api/session", json=wrong) for client in (one, other)]
    assert [answer.status_code for answer in after] == [429, 429]


async def test_the_doctor_names_the_one_that_hangs(house: WebHouse) -> None:
    bus = await Bus.connect(house.settings, "doctor")
    pid = house.supervisor.pid(OTHER)
    try:
        assert [finding.level for finding in await live._webs(bus, house.settings)] == [Level.GOOD] * 2
        os.kill(pid, signal.SIGSTOP)
        found = await live._webs(bus, house.settings)
        assert [(finding.code, finding.level) for finding in found] == [
            (ONE, Level.GOOD), (OTHER, Level.FAULT),
        ]  # fmt: skip
    finally:
        os.kill(pid, signal.SIGCONT)
        await bus.close()


async def test_the_doctor_asks_postgresql_for_room(house: WebHouse) -> None:
    """In a process of its own: Django knows one database a process."""
    code = "from springline.platform import settings; from springline.business import bootstrap\n" + (
        "bootstrap.bootstrap_django(settings.load()); from springline.business import checkup\n"
        "print(checkup.connections().level)"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        env=os.environ | {"SPRINGLINE_HOME": str(house.settings.home)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert said.decode().strip() == str(Level.GOOD)


async def test_logs_tell_which_one_speaks(house: WebHouse) -> None:
    for name in (ONE, OTHER):
        said = (house.settings.log_dir / f"{name}.log").read_text().splitlines()
        spoken = [json.loads(line) for line in said if line.startswith("{")]
        assert {line["process"] for line in spoken if "process" in line} == {name}
