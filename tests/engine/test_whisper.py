"""A word to the agent on the real engine: heard by them alone, and not on the recording."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from springline.contracts.config import Whisper
from springline.contracts.events import AgentConnected, OfferEnded, RecordingFinished
from springline.telephony.simulator.tones import read_raw, tone_seconds
from tests.engine.talks import RATE
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse, call_house
from tests.support.house_plan import PIECE_HZ, PROMPT_SECONDS, config
from tests.support.trail import leave
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:
        await house.configure(config(version=2, whisper=Whisper.NO_SCREEN))
        yield house


async def test_the_agent_alone_hears_it_before_both_talk(house: CallHouse) -> None:
    await house.on_duty("1001")
    caller, trail = await house.caller_for_huoshan()
    connected = await trail.first(AgentConnected)
    answered = await trail.first(OfferEnded)
    agent = house.carrier.phones["1001"].calls[-1].handset
    begun = caller.heard.stat().st_size
    await until(lambda: caller.heard.stat().st_size > begun + 2 * 4 * RATE, 10)
    await leave(caller, trail)
    finished = await trail.first(RecordingFinished, within=15)
    words = tone_seconds(read_raw(agent.heard), RATE, PIECE_HZ)
    assert words == pytest.approx(2 * PROMPT_SECONDS, abs=0.2), "region and intent"
    assert tone_seconds(read_raw(agent.heard), RATE, CALLER_HZ) > 1.0
    assert tone_seconds(read_raw(caller.heard), RATE, PIECE_HZ) == 0.0
    assert tone_seconds(read_raw(caller.heard), RATE, AGENT_HZ) > 1.0
    sound = read_raw(house.recording(finished.path))
    assert tone_seconds(sound, RATE, PIECE_HZ, 0) + tone_seconds(sound, RATE, PIECE_HZ, 1) == 0.0
    assert (connected.at - answered.at).total_seconds() < 0.5
    await house.empty()
