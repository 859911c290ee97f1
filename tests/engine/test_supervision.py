"""A supervisor listens, whispers and barges in on the real engine: who hears whom, and what is recorded."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from springline.contracts import subjects
from springline.contracts.agents import AgentState
from springline.contracts.commands import (
    AnyCommand,
    AnyReply,
    Refused,
    ResetAgent,
    Ringing,
    Supervise,
    WasReset,
    WhyNotRinging,
)
from springline.contracts.events import RecordingFinished
from springline.contracts.handovers import CallTransferred
from springline.contracts.ringing import DeviceFact, DeviceKind, Verdict
from springline.contracts.supervision import SuperviseWay, SupervisionChanged
from springline.telephony.instance import engine_config
from springline.telephony.simulator import AgentPlan, Handset
from springline.telephony.simulator.tones import read_raw, samples_of, tone_seconds
from tests.engine.talks import COLLEAGUE_HZ, RATE, RIGHT, SILENCE, conversation, tell
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse
from tests.support.trail import Trail, leave
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


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


async def asked(house: CallHouse, command: AnyCommand) -> AnyReply:
    reply: AnyReply = await house.bus.request(subjects.CONTROL_COMMANDS, command, AnyReply, timeout=9.0)
    return reply


async def why(house: CallHouse, agent: str) -> Ringing:
    reply = await asked(house, WhyNotRinging(agent=agent))
    assert isinstance(reply, Ringing)
    return reply


async def test_a_reset_that_is_confirmed_gives_the_caller_to_the_next_agent(house: CallHouse) -> None:
    caller, trail = await conversation(house)
    found = await why(house, "1001")
    assert (found.verdict, found.facts.talking, found.facts.legs) == (Verdict.BUSY, True, 1)
    assert found.facts.devices == (DeviceFact(kind=DeviceKind.PHONE, there=True),)
    assert found.facts.leftovers == 0
    refused = await asked(house, ResetAgent(agent="1001"))
    assert isinstance(refused, Refused)
    assert refused.code == "in_conversation"
    assert await heard_by(AGENT_HZ, caller) == [True]
    was = await asked(house, ResetAgent(agent="1001", end_conversation=True))
    assert was == WasReset(state=AgentState.READY, legs=0, dropped=False)
    await trail.first(CallTransferred)
    await caller.hears(COLLEAGUE_HZ, within=10, seconds=1.0)
    assert (await why(house, "1001")).verdict is Verdict.NEXT_IN_TURN
    await leave(caller, trail)
    await house.empty()


async def test_a_channel_that_no_call_has_is_found_and_ended(house: CallHouse) -> None:
    """It rings the agent's device, for nobody: as what a control that died at the wrong moment leaves."""
    await house.on_duty("1001", plan=AgentPlan(answer_after=None))
    engine = engine_config(house.settings)
    login = (engine.ari_user, engine.ari_password)
    async with httpx.AsyncClient(base_url=engine.ari_url, auth=login, trust_env=False) as engine_itself:
        made = await engine_itself.post(
            "/channels/agent-1001-0123456789ab",
            params={"endpoint": "PJSIP/agent-1001", "app": "springline", "appArgs": "agent"},
            json={"variables": {"SL_ROLE": "agent", "SL_CALL": "gone", "SL_AGENT": "1001"}},
        )
    assert made.is_success, made.text
    found = await why(house, "1001")
    assert (found.verdict, found.reset, found.facts.leftovers) == (Verdict.LEFTOVER, True, 1)
    was = await asked(house, ResetAgent(agent="1001"))
    assert was == WasReset(state=AgentState.READY, legs=1, dropped=False)
    await house.empty()
    assert (await why(house, "1001")).verdict is Verdict.NEXT_IN_TURN
