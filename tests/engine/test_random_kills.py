"""Programs of the house die at random while calls are in every state: nobody who calls notices.

A few kills with the other tests; SPRINGLINE_KILLS=100 makes a hundred (docs/development/README.md), and
SPRINGLINE_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from springline.contracts.events import CallEnded, CallOutcome, HangupBy, RecordingStarted
from tests.support.desk_house import DeskHouse, desk_house
from tests.support.killing import MOMENTS, PROGRAMS, RIGHT_WITHIN, Killing
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

LISTENED_SECONDS = 3.0
KILLS = int(os.environ.get("SPRINGLINE_KILLS", "4"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house() -> AsyncIterator[DeskHouse]:
    async with desk_house() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def killing(house: DeskHouse) -> Killing:
    seed = os.environ.get("SPRINGLINE_SEED") or secrets.token_hex(4)
    print(f"SPRINGLINE_SEED={seed}")  # noqa: T201 - shown when it fails
    killing = Killing(house, Random(seed))  # noqa: S311 - it chooses whom to kill
    await killing.open()
    return killing


def _plan(random: Random) -> list[tuple[str, str]]:
    """Every program at every moment once, in another order each time, before any pair comes again."""
    pairs = list(itertools.product(PROGRAMS, MOMENTS))
    plan: list[tuple[str, str]] = []
    while len(plan) < KILLS:
        plan += random.sample(pairs, len(pairs))
    return plan[:KILLS]


async def test_kills_at_random_cost_no_call_and_no_event(killing: Killing) -> None:
    await killing.sign_in()
    for number, (program, moment) in enumerate(_plan(killing.random), start=1):
        print(f"{number}: {program} at {moment}", flush=True)  # noqa: T201
        await killing.round(program, moment)
    await killing.close()
    print(killing.tally)  # noqa: T201
    killing.balance()
    late = {p: s for p, s in killing.tally.right_after.items() if max(s) > RIGHT_WITHIN}
    assert late == {}


async def test_control_killed_right_after_the_bus_loses_nothing_that_waited(killing: Killing) -> None:
    await killing.sign_in()
    for _ in range(2):
        await killing.bus_then_control()
    await killing.close()
    killing.balance()


async def test_a_database_that_is_away_misses_and_doubles_nothing(killing: Killing) -> None:
    """Calls come, talk and leave meanwhile; then everything is in the tables, once."""
    await killing.sign_in()
    with killing.locked_database():
        await killing.agents_talk()
        for _ in range(3):
            await asyncio.gather(*(killing.short_call() for _ in range(8)))
    await killing.close()
    killing.balance()


async def test_an_engine_that_is_killed_takes_calls_again_and_every_recording_is_whole(
    killing: Killing,
) -> None:
    await killing.sign_in()
    await killing.agents_talk()
    talks = list(killing.talks.values())
    started = [talk.customer.trail.all(RecordingStarted)[-1] for talk in talks]
    for talk in talks:
        await talk.customer.listen(LISTENED_SECONDS)
    seconds = await killing.kill_engine()
    for talk, recording in zip(talks, started, strict=True):
        ended = await talk.customer.trail.first(CallEnded, 20)
        assert (ended.by, ended.outcome) == (HangupBy.ENGINE, CallOutcome.HANDLED)
        finished = await talk.customer.recording_finished()
        assert finished.path == recording.path
        assert finished.size > 0
        await until(lambda path=recording.path: killing.stored_recording(path)[0] == "ready", 30)
        assert killing.stored_recording(recording.path)[1] > LISTENED_SECONDS
    print(f"calls are taken again after {seconds:.1f} s")  # noqa: T201
    assert seconds <= RIGHT_WITHIN
    # The phones are known to the engine that came back, and ring.
    killing.talks.clear()
    await killing.agents_talk()
