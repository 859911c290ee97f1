"""A supervisor listens, whispers and barges in on the real engine: who hears whom, and what is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from springline.contracts.commands import Supervise
from springline.contracts.events import AgentState, RecordingFinished
from springline.contracts.supervision import SuperviseWay, SupervisionChanged
from springline.telephony.simulator import Handset
from springline.telephony.simulator.tones import read_raw, samples_of, tone_seconds
from tests.engine.test_handing_over import COLLEAGUE_HZ, RATE, RIGHT, conversation, leave, tell
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse, Trail, call_house, until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("house2")]

# Packets without a sound, as every telephone sends: the engine whispers into what goes by.
SILENCE = 0.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:
        yield house


async def goes(house: CallHouse, trail: Trail, way: SuperviseWay | None, changes: int) -> None:
    assert trail.call_id is not None
    await tell(house, Supervise(call_id=trail.call_id, supervisor="1002", way=way))
    await trail.first(SupervisionChanged, within=10, count=changes)
    assert trail.all(SupervisionChanged)[-1].way is way


async def hears_now(handset: Handset, hz: float) -> bool:
    """In the second after the next: what was said before is written by then."""
    second = 4 * RATE
    begin = handset.heard.stat().st_size // second * second + 2 * second
    await until(lambda: handset.heard.stat().st_size >= begin + second, 10)
    sound = samples_of(handset.heard.read_bytes()[begin : begin + second], 2)
    return tone_seconds(sound, RATE, hz) > 0.5


async def heard_by(hz: float, *handsets: Handset) -> list[bool]:
    return list(await asyncio.gather(*(hears_now(handset, hz) for handset in handsets)))


async def test_each_way_is_heard_by_whom_it_should(house: CallHouse) -> None:
    """1002's device never stops saying its tone: nobody hears it, the agent alone, then all."""
    caller, trail = await conversation(house)
    await goes(house, trail, SuperviseWay.LISTEN, 1)
    agent, boss = (house.carrier.phones[phone].calls[-1].handset for phone in ("1001", "1002"))
    await caller.tone(SILENCE)
    assert await heard_by(AGENT_HZ, boss) == [True]
    await agent.tone(SILENCE)
    await caller.tone(CALLER_HZ)
    assert await heard_by(CALLER_HZ, boss) == [True]
    await caller.tone(SILENCE)
    assert await heard_by(COLLEAGUE_HZ, agent, caller) == [False, False]
    await goes(house, trail, SuperviseWay.WHISPER, 2)
    assert await heard_by(COLLEAGUE_HZ, agent, caller) == [True, False]
    await goes(house, trail, SuperviseWay.BARGE, 3)
    assert await heard_by(COLLEAGUE_HZ, agent, caller) == [True, True]
    await goes(house, trail, SuperviseWay.LISTEN, 4)
    assert await heard_by(COLLEAGUE_HZ, agent, caller) == [False, False]
    await goes(house, trail, None, 5)
    await boss.gone()
    await agent.tone(AGENT_HZ)
    assert await heard_by(AGENT_HZ, caller) == [True]
    await house.agent_is("1002", AgentState.READY)
    await leave(caller, trail)
    finished = await trail.first(RecordingFinished, within=15)
    sound = read_raw(house.recording(finished.path))
    assert tone_seconds(sound, RATE, COLLEAGUE_HZ, RIGHT) > 1.0, "who barges in is recorded"
    assert tone_seconds(sound, RATE, AGENT_HZ, RIGHT) > 2.0
    await house.empty()
