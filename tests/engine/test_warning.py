"""A warning and closing words on the real engine: both hear them, and they are on the recording."""

from __future__ import annotations

import pytest

from springline.contracts.commands import Dismiss, Warn
from springline.contracts.events import CallEnded, HangupBy, RecordingFinished
from springline.contracts.warnings import CallerDismissed, CallerWarned
from springline.telephony.simulator.tones import read_raw, tone_seconds
from tests.engine.talks import RATE, RIGHT, SILENCE, conversation, tell
from tests.support.call_house import CallHouse
from tests.support.house_plan import PROMPT_SECONDS, prompt_hz
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

WARNING_HZ, CLOSING_HZ = prompt_hz("abuse.warn"), prompt_hz("abuse.end")
EACH_HEARS = pytest.approx(PROMPT_SECONDS, abs=0.15)


async def test_warned_then_sent_away(house: CallHouse) -> None:
    caller, trail = await conversation(house)
    call_id = trail.call_id
    assert call_id is not None
    agent = house.carrier.phones["1001"].calls[-1].handset
    await agent.tone(SILENCE)
    await caller.tone(SILENCE)
    await tell(house, Warn(call_id=call_id, agent="1001"))
    await trail.first(CallerWarned)
    size = caller.heard.stat().st_size
    await until(lambda: caller.heard.stat().st_size > size + 4 * RATE, 10)
    assert not caller.ended
    await tell(house, Dismiss(call_id=call_id, agent="1001"))
    await trail.first(CallerDismissed)
    ended = await trail.first(CallEnded)
    assert ended.by is HangupBy.AGENT
    finished = await trail.first(RecordingFinished, within=15)
    sound = read_raw(house.recording(finished.path))
    for hz in (WARNING_HZ, CLOSING_HZ):
        assert tone_seconds(read_raw(caller.heard), RATE, hz) == EACH_HEARS
        assert tone_seconds(read_raw(agent.heard), RATE, hz) == EACH_HEARS
        assert tone_seconds(sound, RATE, hz, RIGHT) == EACH_HEARS, "as the caller heard it"
    await house.empty()
