"""Programs of the house die at random while calls are in every state: nobody who calls notices.

A few kills with the other tests; SPRINGLINE_KILLS=100 makes a hundred (docs/development/README.md), and
SPRINGLINE_SEED repeats a run.
"""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.support.desk_house import DeskHouse, desk_house
from tests.support.killing import MOMENTS, PROGRAMS, RIGHT_WITHIN, Killing

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

KILLS = int(os.environ.get("SPRINGLINE_KILLS", "6"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house() -> AsyncIterator[DeskHouse]:
    async with desk_house() as found:
        yield found


def _plan(random: Random) -> list[tuple[str, str]]:
    """Every program at every moment once, in another order each time, before any pair comes again."""
    pairs = list(itertools.product(PROGRAMS, MOMENTS))
    plan: list[tuple[str, str]] = []
    while len(plan) < KILLS:
        plan += random.sample(pairs, len(pairs))
    return plan[:KILLS]


async def test_kills_at_random_cost_no_call_and_no_event(house: DeskHouse) -> None:
    seed = os.environ.get("SPRINGLINE_SEED") or secrets.token_hex(4)
    random = Random(seed)  # noqa: S311 - it chooses whom to kill
    killing = Killing(house, random)
    print(f"SPRINGLINE_SEED={seed}")  # noqa: T201 - shown when it fails
    await killing.open()
    for number, (program, moment) in enumerate(_plan(random), start=1):
        print(f"{number}: {program} at {moment}", flush=True)  # noqa: T201
        await killing.round(program, moment)
    await killing.close()
    killing.balance()
    print(killing.tally)  # noqa: T201
    late = {p: s for p, s in killing.tally.right_after.items() if max(s) > RIGHT_WITHIN}
    assert late == {}
