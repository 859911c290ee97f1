"""The scripts that come with the program, played on the real house all at once."""

from __future__ import annotations

import asyncio

import pytest

from springline.contracts.events import CallEnded, CallOutcome, CallQueued
from springline.telephony.simulator import (
    AgentPlan,
    CallReport,
    conditions_of,
    load_script,
    play_caller,
    shipped_scripts,
)
from springline.telephony.simulator.tones import read_wav, tone_seconds
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse
from tests.support.house_plan import HOTLINE
from tests.support.trail import Trail

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

# Queue, how it came to be chosen, and how the call ends.
EXPECTED = {
    "order_huoshan": ("huoshan", "key", CallOutcome.HANDLED),
    "order_city": ("city", "key", CallOutcome.HANDLED),
    "human_0": ("pool", "key", CallOutcome.HANDLED),
    "wrong_keys": ("pool", "retries", CallOutcome.HANDLED),
    "silent": ("pool", "retries", CallOutcome.HANDLED),
    "impatient": ("huoshan", "key", CallOutcome.ABANDONED_QUEUE),
    "masked": ("other", "key", CallOutcome.HANDLED),
}
# They need another flow, and are played in test_calls_routing.
ELSEWHERE = {"out_of_area", "voicemail", "overflow"}
WITH_TONE = {"order_huoshan", "human_0", "wrong_keys", "masked"}


async def play(house: CallHouse, name: str) -> tuple[CallReport, Trail]:
    (caller,) = load_script(name).callers
    trail = house.trail(caller.number)
    return await play_caller(house.carrier, caller, HOTLINE, conditions_of(lambda: trail.events)), trail


async def test_every_shipped_script_does_what_it_says(house: CallHouse) -> None:
    assert set(EXPECTED) | ELSEWHERE == set(shipped_scripts())
    await house.on_duty()
    impatient, trail = await play(house, "impatient")
    assert impatient.failure is None
    assert (await trail.first(CallEnded)).outcome is CallOutcome.ABANDONED_QUEUE
    # Long enough for every caller to say what there is to say; order_city waits for the agent to hang up.
    plan = AgentPlan(answer_after=0.2, tone=AGENT_HZ, talk=18.0)
    await house.on_duty("1001", "1004", "1005", plan=plan)
    names = [name for name in EXPECTED if name != "impatient"]
    for name, (report, trail) in zip(
        names, await asyncio.gather(*(play(house, name) for name in names)), strict=True
    ):
        assert report.failure is None, name
        queued, ended = await trail.first(CallQueued), await trail.first(CallEnded)
        assert (queued.queue, queued.via, ended.outcome) == EXPECTED[name], name
        assert report.heard is not None
        samples, rate = read_wav(report.heard)
        assert tone_seconds(samples, rate, AGENT_HZ, channel=0) > 1, name
        if name in WITH_TONE:
            assert tone_seconds(samples, rate, CALLER_HZ, channel=1) > 2, name
