"""Control dies and comes back, in every state of a call."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.event import CallEvent
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    AnyEvent,
    CallAnswered,
    CallEnded,
    CallOutcome,
    CallQueued,
    CallUnheld,
    HangupBy,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.house_events import EngineChanged
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from springline.telephony.control.recording import BYTES_PER_SECOND
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.exchange_ways import Way, each_way, finish, talking, unanswered
from tests.support.virtual_time import settle


@each_way
@pytest.mark.parametrize("away", [0.5, 40.0])
async def test_the_call_goes_on_where_it_was(house: ExchangeHouse, way: Way, away: float) -> None:
    async with house.control():
        await house.work("1001")
        caller = await way(house)
    await asyncio.sleep(away)
    async with house.control():
        await settle()
        assert (await house.events(EngineChanged))[-1].adopted == 1
        assert len(house.call_rows()) == 1
        await finish(house, caller)
    queued = await house.events(CallQueued)
    assert [(event.queue, event.intent, event.region) for event in queued] == [
        ("city", "订水", "341502+341503")
    ]


@each_way
async def test_it_dies_again_and_again(house: ExchangeHouse, way: Way) -> None:
    async with house.control():
        await house.work("1001")
        caller = await way(house)
    for steps in range(0, 60, 4):
        async with house.control():
            await settle(steps)
    async with house.control():
        await finish(house, caller)


@each_way
async def test_the_engine_dies_with_it(house: ExchangeHouse, way: Way) -> None:
    """Whose channel was of another run of the engine did not hang up: the call was lost."""
    async with house.control():
        await house.work("1001")
        caller = await way(house)
    caller.hang_up()
    house.asterisk.system_name = "fake-again"
    async with house.control():
        await asyncio.sleep(5)
        check_empty(house)
        [ended] = await house.events(CallEnded)
        assert ended.by is HangupBy.ENGINE
        assert ended.outcome is (CallOutcome.HANDLED if way is talking else CallOutcome.LOST)


@each_way
async def test_the_caller_hangs_up_while_nobody_watches(house: ExchangeHouse, way: Way) -> None:
    async with house.control():
        await house.work("1001")
        caller = await way(house)
    await asyncio.sleep(5)
    if recordings := await house.events(RecordingStarted):
        path = house.recordings / recordings[0].path
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(int(12.5 * BYTES_PER_SECOND)))
    caller.hang_up()
    await asyncio.sleep(5)
    async with house.control():
        await asyncio.sleep(5)
        check_empty(house)
        [ended] = await house.events(CallEnded)
        assert ended.by is HangupBy.CALLER
        if recordings:
            assert (ended.outcome, ended.talk_seconds) == (CallOutcome.HANDLED, 12.5)
            [finished] = await house.events(RecordingFinished)
            assert finished.size == 12.5 * BYTES_PER_SECOND
        await house.agent_is(
            "1001", AgentState.READY if house.agent("1001").device_online else AgentState.UNREACHABLE
        )
    async with house.control():
        await asyncio.sleep(5)
    assert len(await house.events(CallEnded)) == 1


async def test_the_menu_goes_on_at_its_node(house: ExchangeHouse) -> None:
    async with house.control():
        caller = house.call()
        await house.hears(caller, "ivr.main")
        caller.press("1")
        await house.hears(caller, "ivr.order.region")
    heard = len(caller.heard)
    async with house.control():
        await until(lambda: len(caller.heard) > heard)
        assert house.said_now(caller) == "ivr.order.region"
        caller.press("#")
        await house.hears(caller, "ivr.main")
        assert house.heard(caller).count("notice.record") == 1
        caller.hang_up()


async def test_places_in_the_queue_are_kept(house: ExchangeHouse) -> None:
    callers: list[FakeChannel] = []
    async with house.control():
        for number in range(4):
            callers.append(await house.call_in("11", f"1380564000{number}"))
            await asyncio.sleep(2)
    await asyncio.sleep(3)
    async with house.control():
        await house.work("1002")
        for caller in callers:
            await until(lambda caller=caller: caller.bridge_id is not None)
            assert sum(c.bridge_id is not None for c in callers) == 1
            caller.hang_up()


async def test_conversations_go_on_and_end_with_all_their_seconds(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await house.talk_in("11")
        house.asterisk.emit(ChannelHold, leg)
        await asyncio.sleep(10)
    await asyncio.sleep(10)
    async with house.control():
        await settle()
        assert house.agent("1001").state is AgentState.TALKING
        assert house.agent("1001").call_id == house.call_rows()[0].id
        assert house.call_rows()[0].held
        house.asterisk.emit(ChannelUnhold, leg)
        await settle()
        assert not house.call_rows()[0].held
        await asyncio.sleep(10)
        leg.hang_up()
        await house.agent_is("1001", AgentState.WRAP_UP)
        await house.agent_is("1001", AgentState.READY)
        check_empty(house)
    [ended] = await house.events(CallEnded)
    assert ended.talk_seconds == pytest.approx(30, abs=0.2)
    assert len(await house.events(CallUnheld)) == 1
    assert len(await house.events(AgentConnected)) == 1


async def test_the_agent_of_a_conversation_left_meanwhile(house: ExchangeHouse) -> None:
    """After a talk longer than the longest wait: the caller must not be sent away for having waited."""
    async with house.control():
        await house.work("1001")
        caller, leg = await house.talk_in("11")
        await asyncio.sleep(900)
    leg.hang_up()
    await asyncio.sleep(1)
    async with house.control():
        await until(lambda: caller.bridge_id and len(house.asterisk.bridges[caller.bridge_id].channels) == 2)
        assert len(await house.events(AgentLost)) == 1
        caller.hang_up()
        await asyncio.sleep(2)
        check_empty(house)


async def test_the_device_of_a_conversation_died_meanwhile(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, _ = await house.talk_in("11")
    house.silent_devices.add("1001")
    house.register("1001", False)
    async with house.control():
        await house.hears(caller, "queue.broken", 20)
        assert len(await house.events(AgentLost)) == 1
        caller.hang_up()


async def test_a_leg_that_rings_is_ended_and_offered_again(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, old = await unanswered(house)
    house.phone("1001", answers_after=3.0)
    async with house.control():
        await asyncio.sleep(1)
        assert not old.alive
        await until(lambda: caller.bridge_id is not None)
        offers = await house.events(AgentOffered)
        outcomes = [event.outcome for event in await house.events(OfferEnded)]
        assert len(offers) == 2
        assert outcomes == [OfferOutcome.INTERRUPTED, OfferOutcome.ANSWERED]


@pytest.mark.parametrize("steps", range(0, 30, 2))
async def test_it_dies_in_the_moment_of_the_answer(house: ExchangeHouse, steps: int) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await unanswered(house)
        leg.pick_up()
        await settle(steps)
        house.exchange.abandon()
        house.asterisk.drop()
    house.phone("1001", answers_after=2.0)
    async with house.control():
        await until(lambda: (row := house.row_of(caller)) and row.phase == "talking")
        assert len(house.asterisk.channels) == 2
        await asyncio.sleep(1)
        caller.hang_up()
        await asyncio.sleep(2)
        check_empty(house)


@pytest.mark.parametrize("steps", range(0, 60, 4))
async def test_it_dies_at_any_step_of_an_arrival(house: ExchangeHouse, steps: int) -> None:
    async with house.control():
        await house.work("1001")
        caller = house.call()
        await settle(steps)
        house.exchange.abandon()
        house.asterisk.drop()
    async with house.control():
        await finish(house, caller)


async def story(house: ExchangeHouse, caller: FakeChannel) -> list[AnyEvent]:
    return [event for event in await house.events() if isinstance(event, CallEvent)]


async def test_an_event_of_a_call_is_told_once_over_many_lives(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, _ = await house.talk_in("11")
    for _ in range(10):
        async with house.control():
            await asyncio.sleep(3)
    async with house.control():
        caller.hang_up()
        await asyncio.sleep(2)
    names = [type(event).__name__ for event in await story(house, caller)]
    assert names == [
        "CallArrived", "CallAnswered", "CallerResolved", "NoticePlayed", "MenuEntered", "KeyPressed",
        "MenuEntered", "KeyPressed", "CallQueued", "AgentOffered", "OfferEnded", "AgentConnected",
        "RecordingStarted",
        "CallEnded",         "RecordingFinished",
    ]  # fmt: skip
    assert len(await house.events(CallAnswered)) == 1


@pytest.mark.parametrize("steps", range(0, 40, 4))
async def test_each_agents_conversation_has_its_file_over_a_restart(house: ExchangeHouse, steps: int) -> None:
    """The first agent is lost; control dies a few steps later."""
    async with house.control():
        await house.work("1001")
        caller, _ = await house.talk_in("11")
        house.silent_devices.add("1001")
        house.register("1001", False)
        await until(lambda: house.agent_leg("1001") is None)
        await settle(steps)
    async with house.control():
        await settle()
        assert caller.bridge_id is None
        await house.work("1002")
        await until(lambda: caller.bridge_id is not None)
        await asyncio.sleep(5)
        caller.hang_up()
        await asyncio.sleep(5)
        check_empty(house)
    assert [event.agent for event in await house.events(AgentConnected)] == ["1001", "1002"]
    started = [event.path for event in await house.events(RecordingStarted)]
    assert len(started) == 2
    assert [event.path for event in await house.events(RecordingFinished)] == started
