"""A colleague is asked, takes over, or joins, on the real engine: who hears whom, and what is recorded."""

from __future__ import annotations

import signal

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, ConsultWay, GoOnFromConsult, Transfer
from springline.contracts.events import AgentConnected, RecordingFinished
from springline.contracts.handovers import CallTransferred, ConsultAnswered, ConsultEnded, ConsultJoined
from springline.telephony.simulator import Handset
from springline.telephony.simulator.tones import read_raw, tone_seconds
from tests.engine.talks import COLLEAGUE_HZ, LEFT, RATE, RIGHT, conversation, tell
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse
from tests.support.trail import Trail, leave

pytestmark = [
    pytest.mark.engine,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("nobody_left"),
]


async def asked(house: CallHouse) -> tuple[Handset, Trail, Handset, Handset]:
    """1001 talks with 1002, and the caller is beside them."""
    caller, trail = await conversation(house)
    call_id = trail.call_id
    assert call_id is not None
    await tell(house, Consult(call_id=call_id, agent="1001", to_agent="1002"))
    await trail.first(ConsultAnswered)
    agent, colleague = (house.carrier.phones[phone].calls[-1].handset for phone in ("1001", "1002"))
    await colleague.hears(AGENT_HZ, within=5, seconds=1.0)
    await agent.hears(COLLEAGUE_HZ, within=5, seconds=1.0)
    return caller, trail, agent, colleague


def way(trail: Trail, which: ConsultWay) -> GoOnFromConsult:
    assert trail.call_id is not None
    return GoOnFromConsult(call_id=trail.call_id, agent="1001", way=which)


async def files(house: CallHouse, trail: Trail, count: int) -> list[object]:
    """The sound of each recording, once all are whole."""
    await trail.first(RecordingFinished, within=15, count=count)
    told = trail.all(RecordingFinished)
    assert len(told) == count
    return [read_raw(house.recording(one.path)) for one in told]


async def test_given_to_a_colleague(house: CallHouse) -> None:
    caller, trail = await conversation(house)
    assert trail.call_id is not None
    await tell(house, Transfer(call_id=trail.call_id, agent="1001", to_agent="1002"))
    await caller.hears(COLLEAGUE_HZ, within=10, seconds=1.5)
    await house.agent_is("1001", AgentState.READY)
    await leave(caller, trail)
    first, second = await files(house, trail, 2)
    assert tone_seconds(first, RATE, AGENT_HZ, RIGHT) > 0.8
    assert tone_seconds(second, RATE, COLLEAGUE_HZ, RIGHT) > 1.3
    assert tone_seconds(second, RATE, CALLER_HZ, LEFT) > 1.3


async def test_asked_and_back_to_the_caller(house: CallHouse) -> None:
    caller, trail, _, colleague = await asked(house)
    await tell(house, way(trail, ConsultWay.RETURN))
    await colleague.gone()
    await trail.first(ConsultEnded)
    await caller.hears(AGENT_HZ, within=5, seconds=3.0)
    await leave(caller, trail)
    first, second = await files(house, trail, 2)
    # What the two agents said is on neither file.
    for sound in (first, second):
        assert tone_seconds(sound, RATE, COLLEAGUE_HZ, RIGHT) == pytest.approx(0.0, abs=0.1)
    assert tone_seconds(second, RATE, AGENT_HZ, RIGHT) > 1.0
    assert tone_seconds(second, RATE, CALLER_HZ, LEFT) > 1.0


async def test_asked_and_taken_over(house: CallHouse) -> None:
    caller, trail, agent, colleague = await asked(house)
    await tell(house, way(trail, ConsultWay.COMPLETE))
    await agent.gone()
    await caller.hears(COLLEAGUE_HZ, within=5, seconds=1.5)
    await colleague.hears(CALLER_HZ, within=5, seconds=1.5)
    assert [event.agent for event in trail.all(AgentConnected)] == ["1001", "1002"]
    assert trail.all(CallTransferred)[0].attended
    await leave(caller, trail)
    _, second = await files(house, trail, 2)
    assert tone_seconds(second, RATE, COLLEAGUE_HZ, RIGHT) > 1.3
    assert tone_seconds(second, RATE, CALLER_HZ, LEFT) > 1.3


async def test_all_three_hear_each_other(house: CallHouse) -> None:
    caller, trail, agent, colleague = await asked(house)
    await tell(house, way(trail, ConsultWay.JOIN))
    await trail.first(ConsultJoined)
    await colleague.hears(CALLER_HZ, within=5, seconds=1.0)
    await agent.hears(CALLER_HZ, within=5, seconds=1.0)
    await agent.hush()
    await caller.hears(COLLEAGUE_HZ, within=5, seconds=1.0)
    await leave(caller, trail)
    await files(house, trail, 2)


async def test_a_killed_control_costs_none_of_the_three_a_word(house: CallHouse) -> None:
    caller, trail, agent, colleague = await asked(house)
    await house.stop_control(signal.SIGKILL)
    await house.start_control()
    await house.agent_is("1002", AgentState.TALKING)
    assert not agent.ended
    assert not colleague.ended
    await tell(house, way(trail, ConsultWay.COMPLETE))
    await caller.hears(COLLEAGUE_HZ, within=8, seconds=1.5)
    await leave(caller, trail)
    await files(house, trail, 2)
