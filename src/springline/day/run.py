"""`springline simulate`: the day is played in a house of its own, then everything is reckoned again."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rich.console import Console

from springline.day import books, reading, sheet
from springline.day.callers import AGENT_HZ, Callers
from springline.day.couriers import Couriers
from springline.day.desk import Desk
from springline.day.journal import Trails
from springline.day.pace import LEAST_ANSWER, LEAST_MAX_WAIT, Pace
from springline.day.profile import Visit, clock, schedule
from springline.day.report import DayReport, show, write
from springline.demo.check import isolated, temporary_home
from springline.demo.http import Person
from springline.demo.stage import Stage, staged
from springline.telephony.prompts import all_ids
from springline.telephony.prompts.wav import RATE, encode
from springline.telephony.simulator import AgentPlan

AGENTS = ("1001", "1002", "1003", "1004")
PROMPT_SECONDS, PROMPT_HZ = 0.3, 1600.0
_ROWS_WITHIN, _DELIVERED_WITHIN = 60.0, 180.0
_ANSWERS_AFTER, _MAX_WAIT, _WRAP_UP, _RINGS = 4.0, 300.0, 60.0, 10.0
_MARGIN = timedelta(seconds=1)


class Day:
    """One day while it runs; `report` is what it came to."""

    def __init__(self, calls: int, seed: int, speed: float, agents: int) -> None:
        self.visits = schedule(calls, seed)
        self.agents = AGENTS[:agents]
        self.pace = Pace(speed)
        self.notes: list[sheet.Note] = []
        self.begun = 0
        self.desks: dict[str, Desk] = {}
        self.couriers = Couriers({})
        self.report = DayReport(calls=calls, seed=seed, speed=speed, agents=agents)

    async def run(self, home: Path, console: Console) -> DayReport:
        settings = isolated(home)
        if self.pace.speed > 1:
            await asyncio.to_thread(_short_prompts, home)
        self.report.home = str(home)
        async with staged(settings, None, self.agents, self._short_times) as stage, AsyncExitStack() as stack:
            await self._open(stage, stack)
            since, began = datetime.now(UTC) - _MARGIN, time.monotonic()
            progress = asyncio.create_task(self._tell(console))
            stack.callback(progress.cancel)
            await self._play(stage)
            answered = sum(
                call.handset.answered_at is not None
                for phone in stage.carrier.phones.values()
                for call in phone.calls
            )
            await self._compare(stage, since, answered)
            self.report.seconds = round(time.monotonic() - began, 1)
        self.report.ok = self.report.verdict
        return self.report

    def progress(self) -> str:
        """One line of how far the day is."""
        ended = len(self.notes)
        did = self._did()
        return (
            f"{clock(self.pace.virtual)}  来电 calls {self.begun}/{len(self.visits)}"
            f"  通话中 open {self.begun - ended}"
            f"  接听 handled {sum(note.ending is sheet.Ending.HANDLED for note in self.notes)}"
            f"  下单 orders {did['orders']}  送达 delivered {did['deliveries']}"
        )

    async def _open(self, stage: Stage, stack: AsyncExitStack) -> None:
        """Agents and couriers come to work."""
        users = {user.username: user for user in stage.seeded.users}
        for agent in self.agents:
            user = next(one for one in users.values() if one.agent == agent)
            self.desks[agent] = Desk(await stack.enter_async_context(Person(stage.settings, user)))
            after = self.pace.scaled(_ANSWERS_AFTER, LEAST_ANSWER)
            stage.carrier.phones[agent].plan = AgentPlan(answer_after=after, tone=AGENT_HZ)
            await stage.agent_on_duty(agent)
        people = {
            name: await stack.enter_async_context(Person(stage.settings, user))
            for name, user in users.items()
            if user.role == "courier"
        }
        self.couriers = Couriers(people)

    async def _play(self, stage: Stage) -> None:
        trails = Trails()
        callers = Callers(stage.carrier, trails, self.desks, self.pace, stage.seeded.hotline)
        async with _beside(trails.follow(stage.events())), _beside(self.couriers.work()) as driving:
            self.pace.start()
            async with asyncio.TaskGroup() as group:
                for visit in self.visits:
                    late = await self.pace.until(visit.at)
                    group.create_task(self._ring(callers, visit, late))
            await self._bring_the_rest(driving)

    async def _ring(self, callers: Callers, visit: Visit, late: float) -> None:
        self.begun += 1
        self.notes.append(await callers.ring(visit, late))

    async def _bring_the_rest(self, driving: "asyncio.Task[None]") -> None:
        """Closing time: what was ordered is still brought, then the cash is handed over."""
        self.couriers.close()
        try:
            async with asyncio.timeout(_DELIVERED_WITHIN):
                await driving
        except TimeoutError:
            self.couriers.refused.append("not everything was delivered in time")
        await self.couriers.settle()

    def _did(self) -> Counter[str]:
        return sum((desk.did for desk in self.desks.values()), start=self.couriers.did.copy())

    async def _compare(self, stage: Stage, since: datetime, answered: int) -> None:
        report, notes = self.report, sorted(self.notes, key=lambda note: note.no)
        stated = await _settled(since, len(notes))
        kept = await asyncio.to_thread(reading.books)
        supervisor = next(user for user in stage.seeded.users if user.username == "owner")
        async with Person(stage.settings, supervisor) as person:
            closings, lots, owed = await _words(person, kept)
        report.notes = notes
        report.latest = max((note.late for note in notes), default=0.0)
        report.lines = sheet.balance(notes, answered, stated, self._did())
        report.differences = [
            *sheet.call_differences(notes, stated),
            *books.examine(kept, closings, lots, owed),
        ]
        report.books = {
            **{name: len(getattr(kept, name)) for name in books.Books.__struct_fields__},
            "customers": len(closings),
            "lots": len(lots),
        }
        report.did = dict(self._did())
        report.orders = dict(await asyncio.to_thread(reading.order_states))
        report.refused = [
            *(words for desk in self.desks.values() for words in desk.refused),
            *self.couriers.refused,
        ]

    def _short_times(self) -> None:
        """The queues' times run as fast as the day, as far as the telephone can."""
        from springline.business.hotline.models import Queue

        if self.pace.speed > 1:
            Queue.objects.update(
                max_wait=self.pace.scaled(_MAX_WAIT, LEAST_MAX_WAIT),
                wrap_up=_WRAP_UP,
                ring_timeout=_RINGS,
                retry_after=0.5,
                overflow_after=1.0,
            )

    async def _tell(self, console: Console) -> None:
        """A line each second, over the one before, on a terminal only."""
        if not console.is_terminal:
            return
        with console.status(self.progress()) as line:
            while True:
                await asyncio.sleep(1)
                line.update(self.progress())


async def simulate(calls: int, seed: int, speed: float, agents: int, json: Path | None) -> int:
    """Play the day in an empty home. Returns the exit status: 0 when everything adds up."""
    console, home = Console(), temporary_home()
    console.print(f"一天 a day: {calls} 通 calls, {speed:g}×, seed {seed}")
    try:
        report = await Day(calls, seed, speed, agents).run(home, console)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    show(report, console)
    if json is not None:
        write(report, json)
    if report.ok:
        shutil.rmtree(home, ignore_errors=True)
    else:
        console.print(f"家目录 home: {home}")
    return 0 if report.ok else 1


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator["asyncio.Task[None]"]:
    """`work` goes on inside the block; what it raises ends the day."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _settled(since: datetime, calls: int) -> sheet.Stated:
    """Until every call is a row that has ended; what is not there after a minute is a difference."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ROWS_WITHIN):
            while True:
                stated = await asyncio.to_thread(reading.stated, since, datetime.now(UTC))
                if len(stated.outcomes) >= calls and None not in stated.outcomes.values():
                    return stated
                await asyncio.sleep(0.5)
    return await asyncio.to_thread(reading.stated, since, datetime.now(UTC))


async def _words(
    person: Person, kept: books.Books
) -> tuple[dict[int, books.Closing], dict[int, tuple[int, int, int]], dict[int, int]]:
    """The product's own balances over its API: statements, lots, and what each order still owes."""
    closings, lots = {}, {}
    for customer in kept.customers():
        said = await person.get(f"vouchers/customers/{customer}/statement")
        closings[customer] = msgspec.convert(said["closing"], books.Closing)
        for lot in await person.get(f"vouchers/customers/{customer}/lots"):
            lots[lot["id"]] = lot["available"], lot["reserved"], lot["frozen"]
    owed = {order.id: (await person.get(f"orders/{order.id}"))["owed_fen"] for order in kept.orders}
    return closings, lots, owed


def _short_prompts(home: Path) -> None:
    """Every prompt is a short tone: a compressed day has no time for sentences."""
    folder = home / "prompts" / "zh"
    folder.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(RATE * PROMPT_SECONDS)) / RATE
    sound = encode(0.25 * np.sin(2 * np.pi * PROMPT_HZ * times))
    for prompt in all_ids():
        (folder / f"{prompt}.wav").write_bytes(sound)
