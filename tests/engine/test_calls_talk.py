"""Real calls that reach an agent: rotation, both voices on the recording, and what breaks on the way."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

import pytest

from springline.contracts import commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    CallEnded,
    CallHeld,
    CallOutcome,
    CallQueued,
    HangupBy,
    MenuEntered,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.house_events import EngineChanged, EngineStatus, TrunkRefused
from springline.telephony.engine.process import command
from springline.telephony.instance import engine_config
from springline.telephony.simulator import AgentPlan, Handset
from springline.telephony.simulator.tones import read_raw, read_wav, share, tone_seconds
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse
from tests.support.house_plan import HOTLINE
from tests.support.trail import Trail, leave
from tests.support.until import until

pytestmark = [
    pytest.mark.engine,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("nobody_left"),
]

RATE, LEFT, RIGHT = 8000, 0, 1
SECOND_HZ = 700.0
BYTES_A_SECOND = RATE * 4
RTP_TIMEOUT = 44
"""Asterisk's cause of a leg that it ended because no more sound came."""


async def test_thirty_calls_in_a_row_give_three_agents_ten_each(house: CallHouse) -> None:
    """G1: and never one agent twice while the others are free."""
    plan = AgentPlan(answer_after=0.0, talk=0.3)
    phones = await house.on_duty("1001", "1002", "1003", plan=plan)
    before = [len(phone.calls) for phone in phones]
    served = []
    for _ in range(30):
        handset, trail = await house.caller_for_huoshan()
        served.append((await trail.first(AgentConnected)).agent)
        ended = await trail.first(CallEnded)
        assert (ended.by, ended.outcome) == (HangupBy.AGENT, CallOutcome.HANDLED)
        await handset.close()
    assert Counter(served) == {"1001": 10, "1002": 10, "1003": 10}
    assert all(len(set(served[i : i + 3])) == 3 for i in range(0, 30, 3))
    assert [len(p.calls) - n for p, n in zip(phones, before, strict=True)] == [10, 10, 10]


async def test_both_are_heard_and_recorded_each_on_a_channel(house: CallHouse) -> None:
    (phone,) = await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    await handset.hears(AGENT_HZ, within=5, seconds=2.0)
    ended = await leave(handset, trail)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.HANDLED)
    assert ended.talk_seconds > 2.0
    finished = await trail.first(RecordingFinished)
    samples = read_raw(house.recording(finished.path))
    assert finished.size == house.recording(finished.path).stat().st_size
    assert tone_seconds(samples, RATE, AGENT_HZ, RIGHT) == pytest.approx(
        await heard_of_agent(handset), abs=0.5
    )
    assert tone_seconds(samples, RATE, CALLER_HZ, LEFT) > 1.8
    assert tone_seconds(samples, RATE, AGENT_HZ, RIGHT) > 1.8
    assert share(samples, RATE, AGENT_HZ, LEFT) < 0.01
    assert share(samples, RATE, CALLER_HZ, RIGHT) < 0.01
    heard_by_agent = await phone.calls[-1].handset.recording()
    assert heard_by_agent is not None
    assert phone.calls[-1].shown.endswith(trail.caller_raw)


async def test_two_calls_for_one_agent_one_talks_one_waits(house: CallHouse) -> None:
    plan = AgentPlan(answer_after=0.0, tone=AGENT_HZ, talk=1.5)
    (phone,) = await house.on_duty("1001", plan=plan)
    before = len(phone.calls)
    (first, first_trail), (second, second_trail) = await asyncio.gather(
        house.caller_for_huoshan(), house.caller_for_huoshan()
    )
    ends = await asyncio.gather(first_trail.first(CallEnded), second_trail.first(CallEnded))
    assert {ended.outcome for ended in ends} == {CallOutcome.HANDLED}
    one, two = (call.handset for call in phone.calls[before:])
    assert one.ended_at is not None
    assert two.answered_at is not None
    assert two.answered_at >= one.ended_at
    await asyncio.gather(first.close(), second.close())


async def test_who_does_not_answer_or_refuses_is_passed_over(house: CallHouse) -> None:
    await house.on_duty("1001", "1002", "1003")
    house.carrier.phones["1001"].plan = AgentPlan(answer_after=None)
    house.carrier.phones["1002"].plan = AgentPlan(reject=True)
    outcomes: dict[str, OfferOutcome] = {}
    for _ in range(2):
        handset, trail = await house.caller_for_huoshan()
        assert (await trail.first(AgentConnected, within=15)).agent == "1003"
        outcomes |= {offer.agent: offer.outcome for offer in trail.all(OfferEnded)}
        await leave(handset, trail)
    assert outcomes == {
        "1001": OfferOutcome.NO_ANSWER,
        "1002": OfferOutcome.REFUSED,
        "1003": OfferOutcome.ANSWERED,
    }


async def test_the_caller_leaves_while_the_agent_rings(house: CallHouse) -> None:
    (phone,) = await house.on_duty("1001", plan=AgentPlan(answer_after=None))
    handset, trail = await house.caller_for_huoshan()
    await trail.first(AgentOffered)
    await until(lambda: phone.calls and not phone.calls[-1].handset.ended)
    ended = await leave(handset, trail)
    assert ended.outcome is CallOutcome.ABANDONED_QUEUE
    assert (await trail.first(OfferEnded)).outcome is OfferOutcome.CALLER_LEFT
    await phone.calls[-1].handset.gone()
    await house.agent_is("1001", AgentState.READY)


async def test_a_caller_without_sound_is_served(house: CallHouse) -> None:
    await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    await handset.hush()
    await trail.first(AgentConnected)
    await handset.hears(AGENT_HZ, within=5, seconds=1.0)
    assert (await leave(handset, trail)).outcome is CallOutcome.HANDLED
    finished = await trail.first(RecordingFinished)
    assert tone_seconds(read_raw(house.recording(finished.path)), RATE, AGENT_HZ, RIGHT) > 0.8


async def test_an_agent_who_vanishes_costs_no_call(house: CallHouse) -> None:
    """One phone loses its power while it rings, another one in the middle of a conversation."""
    async with house.another_carrier("vanishing", ("1001", "1002")) as vanishing:
        for phone in vanishing.phones.values():
            await phone.registered()
        await house.on_duty("1001", "1002")
        vanishing.phones["1001"].plan = AgentPlan(answer_after=None)
        vanishing.phones["1002"].plan = AgentPlan(answer_after=0.0, tone=AGENT_HZ)
        (one, one_trail), (two, two_trail) = await asyncio.gather(
            house.caller_for_huoshan(), house.caller_for_huoshan()
        )
        await until(lambda: vanishing.phones["1001"].calls and vanishing.phones["1002"].calls)
        talking = await _talking(one_trail, two_trail)
        await vanishing.kill()
        await talking.first(AgentLost, within=40)
    await house.on_duty("1003", plan=AgentPlan(answer_after=0.0, talk=0.5))
    waited = other_of(talking, one_trail, two_trail)
    await asyncio.gather(
        talking.first(AgentConnected, within=20, count=2), waited.first(AgentConnected, within=20)
    )
    ends = await asyncio.gather(one_trail.first(CallEnded), two_trail.first(CallEnded))
    assert {ended.outcome for ended in ends} == {CallOutcome.HANDLED}
    await asyncio.gather(one.close(), two.close())
    for agent in ("1001", "1002"):
        await house.carrier.phones[agent].register()
        await house.device_online(agent)


async def test_who_takes_over_from_a_lost_agent_is_recorded(house: CallHouse) -> None:
    async with house.another_carrier("lost", ("1001",)) as lost:
        await lost.phones["1001"].registered()
        await house.on_duty("1001")
        lost.phones["1001"].plan = AgentPlan(answer_after=0.0, tone=AGENT_HZ)
        handset, trail = await house.caller_for_huoshan()
        await handset.hears(AGENT_HZ, within=5, seconds=1.0)
        await house.on_duty("1002", plan=AgentPlan(answer_after=0.2, tone=SECOND_HZ))
        await lost.kill()
        await command(engine_config(house.settings), "pjsip qualify agent-1001")
        await trail.first(AgentLost, within=40)
    await trail.first(AgentConnected, within=20, count=2)
    await handset.hears(SECOND_HZ, within=5, seconds=2.0)
    await leave(handset, trail)
    first, second = [await trail.first(RecordingFinished, count=n) for n in (1, 2)]
    before, after = (read_raw(house.recording(finished.path)) for finished in (first, second))
    assert tone_seconds(before, RATE, AGENT_HZ, RIGHT) > 0.8
    assert tone_seconds(after, RATE, SECOND_HZ, RIGHT) > 1.8
    assert tone_seconds(after, RATE, CALLER_HZ, LEFT) > 1.8
    # While the caller waited again nothing was recorded.
    assert len(after) / RATE == pytest.approx(tone_seconds(after, RATE, SECOND_HZ, RIGHT), abs=0.5)
    await house.carrier.phones["1001"].register()
    await house.device_online("1001")


def other_of(trail: Trail, *both: Trail) -> Trail:
    return next(t for t in both if t is not trail)


async def _talking(*trails: Trail) -> Trail:
    await until(lambda: any(trail.all(AgentConnected) for trail in trails))
    return next(trail for trail in trails if trail.all(AgentConnected))


async def test_control_is_killed_in_the_middle_of_a_conversation(house: CallHouse) -> None:
    """The conversation goes on, the next run of control takes it over, and its record is complete."""
    await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    await trail.first(RecordingStarted)
    await handset.hears(AGENT_HZ, within=5, seconds=1.0)
    await house.stop_control(signal.SIGKILL)
    await handset.hears(AGENT_HZ, within=5, seconds=2.5)
    ups = sum(isinstance(e, EngineChanged) for e in house.journal)
    await house.start_control()
    await until(lambda: sum(isinstance(e, EngineChanged) for e in house.journal) > ups)
    [up] = [e for e in house.journal if isinstance(e, EngineChanged)][ups:]
    assert up.adopted == 1
    assert (await house.agent("1001")).state is AgentState.TALKING
    await handset.hears(AGENT_HZ, within=5, seconds=4.0)
    ended = await leave(handset, trail)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.HANDLED)
    finished = await trail.first(RecordingFinished)
    samples = read_raw(house.recording(finished.path))
    recorded = tone_seconds(samples, RATE, AGENT_HZ, RIGHT)
    assert recorded == pytest.approx(await heard_of_agent(handset), abs=0.5)
    assert recorded > 4.0
    assert tone_seconds(samples, RATE, CALLER_HZ, LEFT) == pytest.approx(recorded, abs=0.5)
    assert finished.size == house.recording(finished.path).stat().st_size
    assert len(trail.all(CallEnded)) == len(trail.all(AgentConnected)) == 1
    assert not trail.all(CallHeld)
    await house.agent_is("1001", AgentState.READY)


async def heard_of_agent(handset: Handset) -> float:
    """Seconds of the agent's tone that reached the caller's phone."""
    heard = await handset.recording()
    assert heard is not None
    samples, rate = read_wav(heard)
    return tone_seconds(samples, rate, AGENT_HZ, LEFT)


async def test_an_engine_that_stands_still_for_a_while_ends_no_call(house: CallHouse) -> None:
    """One call in the menu, one that talks, and one that waits and is to be ended just then: what control
    asks of the engine for it gets no answer, which costs the link."""
    await house.on_duty("1001")
    talking, talk = await house.caller_for_huoshan()
    await talk.first(AgentConnected)
    waiting, wait = await house.caller_for_huoshan()
    number = house.new_number()
    choosing = await house.carrier.dial(number, HOTLINE)
    await choosing.answered()
    chosen = house.trail(number)
    await chosen.first(MenuEntered)
    known = len(house.journal)
    async with house.standing_engine():
        await house.bus.request(
            subjects.CONTROL_COMMANDS, commands.HangUp(call_id=wait.call_id or ""), commands.Done
        )
        await until(lambda: EngineStatus.DOWN in house.engine_news(known), 15)
    await until(lambda: EngineStatus.UP in house.engine_news(known), 15)
    await talking.hears(AGENT_HZ, within=5, seconds=1.0)
    await waiting.gone()
    await waiting.close()
    ended = await wait.first(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.UNSERVED)
    assert not talk.all(CallEnded)
    assert (await leave(talking, talk)).outcome is CallOutcome.HANDLED
    await choosing.press("12", hold=0.08, gap=0.06)
    await chosen.first(AgentConnected, within=15)
    assert (await leave(choosing, chosen)).outcome is CallOutcome.HANDLED


async def test_a_disk_that_is_full_ends_no_call(house: CallHouse) -> None:
    await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    with house.full_disk(BYTES_A_SECOND):
        await handset.hears(AGENT_HZ, within=8, seconds=3.0)
        assert (await leave(handset, trail)).outcome is CallOutcome.HANDLED
        finished = await trail.first(RecordingFinished, within=15)
    assert 0 < finished.size <= BYTES_A_SECOND
    handset, trail = await house.caller_for_huoshan()
    await handset.hears(AGENT_HZ, within=8, seconds=2.0)
    await leave(handset, trail)
    assert (await trail.first(RecordingFinished)).size > BYTES_A_SECOND


async def test_callers_who_vanish_without_a_word_leave_agent_and_queue(house: CallHouse) -> None:
    """Nothing but the missing sound tells of it (the settings' `trunk_silence`). One talks, one waits."""
    await house.on_duty("1001")
    async with house.another_carrier("powerless") as carrier:
        trails = []
        for told in (AgentConnected, CallQueued):
            number = house.new_number()
            handset = await carrier.dial(number, HOTLINE)
            await handset.answered()
            await handset.press("12", hold=0.08, gap=0.06)
            await handset.tone(CALLER_HZ)
            trails.append(house.trail(number))
            await trails[-1].first(told)
        # Whoever is noticed first, the agent takes nobody after it.
        pause = commands.SetPaused(agent="1001", reason="meal")
        await house.bus.request(subjects.CONTROL_COMMANDS, pause, commands.Done)
        await carrier.kill()
    talked, waited = [await trail.first(CallEnded, within=90) for trail in trails]
    assert (talked.outcome, talked.by, talked.cause) == (CallOutcome.HANDLED, HangupBy.CALLER, RTP_TIMEOUT)
    assert (waited.outcome, waited.cause) == (CallOutcome.ABANDONED_QUEUE, RTP_TIMEOUT)
    assert (await trails[0].first(RecordingFinished)).size > BYTES_A_SECOND
    await house.agent_is("1001", AgentState.PAUSED)
    await house.empty()


async def test_control_is_away_when_the_call_ends(house: CallHouse) -> None:
    await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    await handset.hears(AGENT_HZ, within=5, seconds=1.0)
    await house.stop_control(signal.SIGKILL)
    await handset.hang_up()
    await handset.gone()
    await handset.close()
    await house.start_control()
    ended = await trail.first(CallEnded)
    assert ended.outcome is CallOutcome.HANDLED
    assert (await trail.first(RecordingFinished)).size > BYTES_A_SECOND
    await house.empty()


async def test_a_waiting_caller_outlives_control(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await house.caller_for_huoshan()
    await house.stop_control(signal.SIGKILL)
    await house.start_control()
    await house.on_duty("1002")
    await trail.first(AgentConnected)
    assert (await leave(handset, trail)).outcome is CallOutcome.HANDLED


async def test_a_stranger_is_refused_and_counted(house: CallHouse) -> None:
    """127.0.0.9 is no trunk."""
    async with house.another_carrier("stranger", host="127.0.0.9") as stranger:
        handset = await stranger.dial("13805640001", HOTLINE)
        await handset.gone()
    assert handset.answered_at is None
    assert handset.sip_status == 401
    await until(lambda: any(isinstance(e, TrunkRefused) for e in house.journal), 20)
    refused = [e for e in house.journal if isinstance(e, TrunkRefused)]
    assert {e.address for e in refused} == {"127.0.0.9"}
    assert sum(e.count for e in refused) >= 1
