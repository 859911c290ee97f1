"""Real calls that are told something else: out of our area, nobody free, others help."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from springline.contracts import codec, subjects
from springline.contracts.events import (
    AgentConnected,
    CallAnswered,
    CallEnded,
    CallerResolved,
    CallOutcome,
    CallOverflowed,
    CallQueued,
    KeyPressed,
    MenuEntered,
)
from springline.contracts.routing import CallerFound, Certainty, LocateCaller, PlaceLevel
from springline.contracts.voicemail import (
    CallbackNumberGiven,
    MessageFinished,
    MessageOffered,
    MessageStarted,
)
from springline.telephony.simulator import (
    AgentPlan,
    CallReport,
    Handset,
    conditions_of,
    load_script,
    play_caller,
)
from springline.telephony.simulator.tones import share
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse, call_house
from tests.support.house_plan import HOTLINE, config, prompt_hz
from tests.support.trail import Trail

pytestmark = [
    pytest.mark.engine,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("nobody_left"),
]

FOUND: dict[str, CallerFound] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:

        async def answer(data: bytes) -> bytes:
            asked = codec.decode(data, LocateCaller)
            return codec.encode(FOUND.get(asked.caller or "", CallerFound()))

        await house.bus.respond(subjects.LOCATE_CALLER, answer, "callers")
        await house.configure(config(2, "main.v2", no_agent_wait=1.0))
        yield house


async def dial(house: CallHouse, found: CallerFound | None = None) -> tuple[Handset, Trail]:
    number = house.new_number()
    if found is not None:
        FOUND[f"+86{number}"] = found
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    trail = house.trail(number)
    await trail.first(CallAnswered)
    return handset, trail


async def test_a_stranger_from_another_city_is_told_and_let_go(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await dial(house, CallerFound(level=PlaceLevel.OUTSIDE, city="合肥", source="prefix"))
    for prompt in ("outarea", "outarea.escape", "outarea.bye"):
        await handset.hears(prompt_hz(prompt), within=10, seconds=0.1)
    await handset.gone()
    ended = await trail.first(CallEnded)
    assert ended.outcome is CallOutcome.OUT_OF_AREA
    assert trail.all(CallQueued) == []
    await handset.close()


async def test_a_known_county_is_not_asked_again(house: CallHouse) -> None:
    await house.on_duty("1001", plan=AgentPlan(answer_after=1.5, tone=AGENT_HZ))
    found = CallerFound(level=PlaceLevel.COUNTY, region="341525", source="address", certainty=Certainty.HIGH)
    handset, trail = await dial(house, found)
    await trail.first(MenuEntered)
    await handset.press("1")
    await handset.hears(prompt_hz("route.known.huoshan"), within=10, seconds=0.1)
    connected = await trail.first(AgentConnected)
    assert connected.agent == "1001"
    assert len(trail.all(MenuEntered)) == 1
    assert trail.all(CallerResolved)[0].region == "341525"
    await handset.hang_up()
    await handset.gone()
    await handset.close()


async def test_a_message_is_in_the_recordings_folder(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await dial(house)
    await trail.first(MenuEntered)
    await handset.press("0")
    await trail.first(MessageOffered)
    await handset.hears(prompt_hz("vm.confirm"), within=10, seconds=0.1)
    await handset.press("1")
    given = await trail.first(CallbackNumberGiven)
    assert given.number == f"+86{trail.caller_raw}"
    await trail.first(MessageStarted)
    await handset.tone(CALLER_HZ, 2.0)
    await handset.press("#")
    finished = await trail.first(MessageFinished)
    await handset.hears(prompt_hz("vm.done"), within=10, seconds=0.1)
    await handset.gone()
    assert (await trail.first(CallEnded)).outcome is CallOutcome.MESSAGE
    await handset.close()
    path = house.recording(finished.path)
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (1, 8000, 2)
        seconds = sound.getnframes() / 8000
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
    assert seconds == pytest.approx(finished.seconds, abs=0.1)
    assert 1.5 < seconds < 10
    assert share(samples[4000:12000].reshape(-1, 1), 8000, CALLER_HZ) > 0.8


async def test_who_hangs_up_while_speaking_has_left_a_message(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await dial(house)
    await trail.first(MenuEntered)
    await handset.press("0")
    await trail.first(MessageStarted, within=25)
    await handset.tone(CALLER_HZ, 1.5)
    await handset.hang_up()
    finished = await trail.first(MessageFinished)
    assert finished.seconds > 1
    assert house.recording(finished.path).stat().st_size == finished.size
    assert (await trail.first(CallEnded)).outcome is CallOutcome.MESSAGE
    await handset.close()


async def test_the_pool_helps_when_the_own_agent_is_busy(house: CallHouse) -> None:
    await house.configure(
        config(3, "main.v2", overflow_to=("pool",), overflow_after=2.0, overflow_wait=900.0)
    )
    await house.on_duty("1001", "1004")
    calls = []
    for _ in range(2):
        handset, trail = await dial(house)
        for count, key in enumerate("12", start=1):
            await trail.first(MenuEntered, count=count)
            await handset.press(key)
            await trail.first(KeyPressed, count=count)
        calls.append((handset, trail))
        if len(calls) == 1:
            assert (await trail.first(AgentConnected)).agent == "1001"
    handset, trail = calls[1]
    assert (await trail.first(CallOverflowed)).queues == ("pool",)
    connected = await trail.first(AgentConnected)
    assert (connected.agent, connected.queue) == ("1004", "pool")
    for handset, _ in calls:
        await handset.hang_up()
        await handset.gone()
        await handset.close()


async def play(house: CallHouse, name: str) -> tuple[CallReport, Trail]:
    (caller,) = load_script(name).callers
    trail = house.trail(caller.number)
    return await play_caller(house.carrier, caller, HOTLINE, conditions_of(lambda: trail.events)), trail


async def test_the_shipped_scripts_do_what_they_say(house: CallHouse) -> None:
    FOUND["+8613905511234"] = CallerFound(level=PlaceLevel.OUTSIDE, city="合肥", source="prefix")
    await house.configure(config(4, "main.v2", no_agent_wait=1.0, overflow_to=("pool",), overflow_after=1.0))
    await house.on_duty()
    for name, outcome in (("out_of_area", CallOutcome.OUT_OF_AREA), ("voicemail", CallOutcome.MESSAGE)):
        report, trail = await play(house, name)
        assert report.failure is None, name
        assert (await trail.first(CallEnded)).outcome is outcome
    await house.on_duty("1004", plan=AgentPlan(answer_after=0.5, tone=AGENT_HZ))
    report, trail = await play(house, "overflow")
    assert report.failure is None
    assert (await trail.first(CallEnded)).outcome is CallOutcome.HANDLED
    assert trail.all(AgentConnected)[0].queue == "pool"


async def test_without_control_a_message_is_taken_and_told_of_later(house: CallHouse) -> None:
    for phone in house.carrier.phones.values():
        phone.plan = AgentPlan(reject=True)
    await house.stop_control()
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    # A phone that sends no sound hears of the last second only at the end: its recorder writes a full buffer
    # or nothing, and after the beep nothing follows.
    await handset.answered()
    for prompt in ("welcome.day", "notice.record", "busy.voicemail", "beep"):
        await handset.hears(prompt_hz(prompt), within=20, seconds=0.1)
    await handset.tone(CALLER_HZ, 2.0)
    await handset.press("#")
    await handset.gone(within=20)
    await handset.close()
    await house.start_control()
    trail = house.trail(number)
    ended = await trail.first(CallEnded, within=20)
    assert ended.outcome is CallOutcome.MESSAGE
    [finished] = trail.all(MessageFinished)
    assert 1 < finished.seconds < 10
    assert house.recording(finished.path).stat().st_size == finished.size


async def test_without_control_the_agents_phones_ring_all_the_same(house: CallHouse) -> None:
    for phone in house.carrier.phones.values():
        phone.plan = AgentPlan(reject=True)
    house.carrier.phones["1002"].plan = AgentPlan(answer_after=0.5, tone=AGENT_HZ)
    await house.stop_control()
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.hears(AGENT_HZ, within=20)
    await handset.tone(CALLER_HZ, 1.5)
    await handset.hang_up()
    await handset.gone()
    await handset.close()
    await house.start_control()
    ended = await house.trail(number).first(CallEnded, within=20)
    assert ended.outcome is CallOutcome.HANDLED
    assert ended.talk_seconds > 1


async def test_a_message_on_a_full_disk_is_not_said_to_be_kept(house: CallHouse) -> None:
    await house.configure(config(60, "main.v2", no_agent_wait=1.0))
    await house.on_duty()
    handset, trail = await dial(house)
    await handset.press("12", hold=0.08, gap=0.06)
    await handset.hears(prompt_hz("vm.confirm"), within=20, seconds=0.1)
    await handset.press("1")
    with house.full_disk(100):
        await trail.first(MessageStarted, within=20)
        await handset.tone(CALLER_HZ, 3.0)
        await handset.hears(prompt_hz("vm.lost"), within=20, seconds=0.1)
        await handset.gone(within=20)
    assert not (await trail.first(MessageFinished)).kept
    assert (await trail.first(CallEnded)).outcome is CallOutcome.MESSAGE, "the number is known: call back"
    await handset.close()
