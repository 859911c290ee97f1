"""An agent's other rungs on the real engine: a desk phone beside the browser, and the own mobile over the
trunk, joined by a 1 and by nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from springline.contracts.agents import AgentState
from springline.contracts.commands import SetPaused, SetReady, Transfer, UseMobile
from springline.contracts.config import Device
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    CallEnded,
    CallOutcome,
    CallQueued,
    OfferEnded,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.mobile import MobileUse
from springline.telephony.instance import engine_config
from springline.telephony.simulator import AgentPlan, Carrier, Handset, PhoneAccount
from springline.telephony.simulator.tones import read_raw, tone_seconds
from tests.engine.talks import RATE, tell
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse, call_house
from tests.support.house_plan import HOTLINE, OUTBOUND, config, prompt_hz
from tests.support.trail import leave
from tests.support.until import until, until_true

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

OUTSIDE_HZ = 700.0
ACCEPT_HZ = prompt_hz("agent.accept")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:
        plain = config(version=2)
        first, second, *others = plain.agents
        first = msgspec.structs.replace(first, mobile="+8613805640077")
        second = msgspec.structs.replace(second, device=Device.WEBRTC, desk_phone=True)
        agents = (first, second, *others)
        await house.configure(msgspec.structs.replace(plain, agents=agents))
        # The carrier came after the engine, which asks again every ten seconds.
        await until_true(house.trunk_answers, 30)
        yield house


async def caller_for_a_mobile(house: CallHouse) -> tuple[str, Handset]:
    """Their number, and who is in a queue whose agent is reached by their own mobile alone."""
    house.carrier.subscriber.plan = AgentPlan(answer_after=0.5, tone=AGENT_HZ)
    await house.on_duty("1001")
    await tell(house, UseMobile(agent="1001", use=MobileUse.ONLY))
    number = house.new_number()
    caller = await house.carrier.dial(number, HOTLINE)
    await caller.answered()
    await caller.press("12", hold=0.08, gap=0.06)
    return number, caller


async def test_only_a_one_joins_the_mobile_to_the_caller(house: CallHouse) -> None:
    mobile = house.carrier.subscriber
    number, caller = await caller_for_a_mobile(house)
    await caller.tone(CALLER_HZ)
    trail = house.trail(number)
    await trail.first(CallQueued)
    await trail.first(AgentOffered)
    await until(lambda: mobile.calls and mobile.calls[-1].handset is not None, 10)
    handset = mobile.calls[-1].handset
    await handset.hears(ACCEPT_HZ, 10, 0.6)
    await handset.press("5", hold=0.08, gap=0.06)
    await handset.hears(ACCEPT_HZ, 10, 1.2)
    assert not trail.all(AgentConnected)
    assert tone_seconds(read_raw(caller.heard), RATE, AGENT_HZ) == 0.0, "nobody is joined who pressed no 1"
    await handset.press("1", hold=0.08, gap=0.06)
    connected = await trail.first(AgentConnected)
    assert connected.mobile
    await handset.tone(AGENT_HZ)
    assert (await trail.first(OfferEnded)).outcome == "answered"
    begun = caller.heard.stat().st_size
    await until(lambda: caller.heard.stat().st_size > begun + 3 * 4 * RATE, 10)
    await leave(caller, trail)
    finished = await trail.first(RecordingFinished, within=15)
    sound = read_raw(house.recording(finished.path))
    assert tone_seconds(sound, RATE, AGENT_HZ, 1) > 1.0
    assert tone_seconds(sound, RATE, CALLER_HZ, 0) > 1.0
    assert tone_seconds(read_raw(handset.heard), RATE, CALLER_HZ) > 1.0
    assert mobile.calls[-1].shown == OUTBOUND.callback_number
    await house.empty()


async def test_a_mobile_that_breaks_off_is_called_again(house: CallHouse) -> None:
    """The trunk ends it with a cause of its own: the caller waits and talks on, in a second file."""
    mobile = house.carrier.subscriber
    number, caller = await caller_for_a_mobile(house)
    trail = house.trail(number)
    await caller.tone(CALLER_HZ)
    for conversation in (1, 2):
        calls = len(mobile.calls) if conversation == 2 else len(mobile.calls) - 1
        await trail.first(AgentOffered, count=conversation, within=15)
        await until(lambda calls=calls: len(mobile.calls) > calls and mobile.calls[-1].handset, 10)
        handset = mobile.calls[-1].handset
        await handset.hears(ACCEPT_HZ, 10, 0.6)
        await handset.press("1", hold=0.08, gap=0.06)
        await trail.first(AgentConnected, count=conversation)
        # What was heard of the first conversation does not count for the second.
        before = tone_seconds(read_raw(caller.heard), RATE, AGENT_HZ)
        await handset.tone(AGENT_HZ)
        await caller.hears(AGENT_HZ, 10, before + 1.0)
        if conversation == 1:
            await handset.hang_up(38)
            assert (await trail.first(AgentLost)).cause == 38
            assert not caller.ended
    await leave(caller, trail)
    assert (await trail.first(CallEnded)).outcome is CallOutcome.HANDLED
    for count in (1, 2):
        finished = await trail.first(RecordingFinished, within=15, count=count)
        assert tone_seconds(read_raw(house.recording(finished.path)), RATE, AGENT_HZ, 1) >= 0.5
    await house.empty()


async def test_a_voicemail_gets_no_caller(house: CallHouse) -> None:
    mobile = house.carrier.subscriber
    number, caller = await caller_for_a_mobile(house)
    trail = house.trail(number)
    handsets = len(mobile.calls)
    await until(lambda: len(mobile.calls) > handsets, 15)
    await mobile.calls[-1].handset.hears(ACCEPT_HZ, 10, 0.6)
    await mobile.calls[-1].handset.hang_up()
    ended = await trail.first(OfferEnded)
    assert ended.outcome == "no_answer"
    assert not caller.ended
    await tell(house, SetPaused(agent="1001", reason="meal"))
    await tell(house, UseMobile(agent="1001", use=MobileUse.OFF))
    await tell(house, SetReady(agent="1001"))
    await caller.tone(CALLER_HZ)
    await trail.first(AgentConnected, within=15)
    await leave(caller, trail)
    await house.empty()


async def test_the_desk_phone_beside_a_browser_that_is_not_there(house: CallHouse, tmp_path: Path) -> None:
    """It registers by a name of its own with the agent's password, and its calls are the agent's."""
    carrier = Carrier(
        engine_config(house.settings).engine,
        tmp_path / "desk",
        target=f"127.0.0.1:{house.settings.sip_port}",
        phones=[PhoneAccount("1002.sip", "secret-of-1002")],
    )
    async with carrier:
        phone = carrier.phones["1002.sip"]
        phone.plan = AgentPlan(answer_after=0.2, tone=AGENT_HZ)
        await phone.registered()
        await house.on_duty()
        await house.device_online("1002")
        await house.agents.sign_in("1002")
        await house.agents.ready("1002")
        number = house.new_number()
        caller = await house.carrier.dial(number, HOTLINE)
        await caller.answered()
        await caller.press("12", hold=0.08, gap=0.06)
        trail = house.trail(number)
        connected = await trail.first(AgentConnected)
        assert connected.agent == "1002"
        await caller.hears(AGENT_HZ, 10, 0.6)
        await leave(caller, trail)
        await house.empty()


async def test_a_caller_handed_to_an_outside_number(house: CallHouse) -> None:
    """They see the call-back number; caller and they hear each other, and nothing of it is recorded."""
    outside = house.carrier.subscriber
    outside.plan = AgentPlan(answer_after=0.5, tone=OUTSIDE_HZ)
    await house.on_duty("1003")
    caller, trail = await house.caller_for_huoshan()
    await trail.first(AgentConnected)
    assert trail.call_id is not None
    calls = len(outside.calls)
    await tell(house, Transfer(call_id=trail.call_id, agent="1003", number="+8613705640099"))
    await trail.first(AgentConnected, within=20, count=2)
    assert len(outside.calls) == calls + 1
    assert outside.calls[-1].shown == OUTBOUND.callback_number
    await caller.hears(OUTSIDE_HZ, 10, 0.6)
    await outside.calls[-1].handset.hears(CALLER_HZ, 10, 0.6)
    await house.agent_is("1003", AgentState.READY)
    await leave(caller, trail)
    assert len(trail.all(RecordingStarted)) == 1
    finished = await trail.first(RecordingFinished, within=15)
    assert tone_seconds(read_raw(house.recording(finished.path)), RATE, OUTSIDE_HZ, 1) == 0.0
    await house.empty()
