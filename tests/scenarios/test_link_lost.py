"""The link to the engine is lost, in every state, while things go on happening there."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Done, HangUp
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    CallEnded,
    CallOutcome,
    HangupBy,
    OfferEnded,
    OfferOutcome,
    RecordingStarted,
)
from springline.contracts.house_events import EngineChanged
from springline.telephony.control.recording import BYTES_PER_SECOND
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.exchange_ways import Way, each_way, finish, ringing, talking, unanswered
from tests.support.virtual_time import settle


async def lose(house: ExchangeHouse, seconds: float) -> None:
    house.asterisk.drop(refuse=True)
    await asyncio.sleep(seconds)


async def regain(house: ExchangeHouse) -> None:
    house.asterisk.accept()
    await house.exchange.ari.wait_ready()
    await settle()


@each_way
@pytest.mark.parametrize("away", [0.0, 3.0, 30.0])
async def test_the_call_goes_on_where_it_was(ready: ExchangeHouse, way: Way, away: float) -> None:
    caller = await way(ready)
    await lose(ready, away)
    await regain(ready)
    await finish(ready, caller)


@each_way
@pytest.mark.parametrize("seconds", [3.0, 7.0, 25.0])
async def test_a_stopped_engine_ends_no_call(ready: ExchangeHouse, way: Way, seconds: float) -> None:
    caller = await way(ready)
    ready.asterisk.stall()
    await asyncio.sleep(seconds)
    ready.asterisk.resume()
    await finish(ready, caller)


@pytest.mark.parametrize("steps", range(0, 40, 4))
async def test_it_stops_in_the_moment_of_the_answer(ready: ExchangeHouse, steps: int) -> None:
    caller = await ringing(ready)
    leg = ready.agent_leg("1001")
    assert leg is not None
    leg.pick_up()
    await settle(steps)
    ready.asterisk.stall()
    await asyncio.sleep(8)
    ready.asterisk.resume()
    await ready.exchange.ari.wait_ready()
    await settle(100)
    await finish(ready, caller)


@each_way
async def test_lost_again_and_again(ready: ExchangeHouse, way: Way) -> None:
    caller = await way(ready)
    for steps in range(0, 90, 3):
        ready.asterisk.drop()
        await settle(steps)
    await asyncio.sleep(20)
    await finish(ready, caller)


@each_way
async def test_the_caller_hangs_up_meanwhile(ready: ExchangeHouse, way: Way) -> None:
    caller = await way(ready)
    await lose(ready, 3)
    caller.hang_up()
    await asyncio.sleep(3)
    await regain(ready)
    await asyncio.sleep(8)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.by is HangupBy.ENGINE
    assert ended.outcome is (CallOutcome.HANDLED if way is talking else CallOutcome.LOST)


@pytest.mark.parametrize(("recorded", "talked"), [(None, 10.0), (9.0, 10.0), (14.0, 14.0)])
async def test_nobody_talks_while_the_engine_is_away(
    ready: ExchangeHouse, recorded: float | None, talked: float
) -> None:
    """Until the link was lost they did; a file that is longer, as of an engine that lived, knows better."""
    caller = await talking(ready)
    await asyncio.sleep(10)
    ready.asterisk.drop(refuse=True)
    ready.exchange.engine_is_down()
    if recorded is not None:
        [started] = await ready.events(RecordingStarted)
        path = ready.recordings / started.path
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(int(recorded * BYTES_PER_SECOND)))
    caller.hang_up()
    await asyncio.sleep(600)
    await regain(ready)
    await until(lambda: not ready.call_rows())
    [ended] = await ready.events(CallEnded)
    assert ended.outcome is CallOutcome.HANDLED
    assert ended.talk_seconds == pytest.approx(talked, abs=1.0)


@each_way
async def test_a_hang_up_that_was_asked_for_meanwhile(ready: ExchangeHouse, way: Way) -> None:
    caller = await way(ready)
    [row] = ready.call_rows()
    await lose(ready, 1)
    assert await ready.ask(HangUp(call_id=row.id)) == Done()
    await asyncio.sleep(1)
    await regain(ready)
    await until(lambda: not caller.alive)
    await asyncio.sleep(6)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.by is HangupBy.SYSTEM


async def test_the_agents_leg_ends_meanwhile(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in("11")
    await lose(ready, 2)
    leg.hang_up()
    await regain(ready)
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.by is HangupBy.AGENT


async def test_the_agents_device_dies_meanwhile(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in("11")
    await lose(ready, 2)
    ready.silent_devices.add("1001")
    ready.register("1001", False)
    await regain(ready)
    await ready.hears(caller, "queue.broken", 20)
    assert len(await ready.events(AgentLost)) == 1
    ready.silent_devices.clear()
    ready.register("1001", True)
    await until(lambda: len(ready.asterisk.channels) == 2)
    caller.hang_up()


async def test_the_agent_answers_meanwhile(ready: ExchangeHouse) -> None:
    """The answer was not heard: the leg is ended and the call is offered again."""
    caller = await ringing(ready)
    await lose(ready, 10)
    await regain(ready)
    await until(lambda: caller.bridge_id is not None, 120)
    outcomes = [event.outcome for event in await ready.events(OfferEnded)]
    assert outcomes[-1] is OfferOutcome.ANSWERED
    assert outcomes.count(OfferOutcome.ANSWERED) == 1
    assert len([c for c in ready.asterisk.channels.values() if "agent" in c.name]) == 1


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_lost_in_the_moment_of_the_answer(ready: ExchangeHouse, steps: int) -> None:
    caller, leg = await unanswered(ready)
    ready.phone("1001", answers_after=2.0)
    leg.pick_up()
    await settle(steps)
    await lose(ready, 1)
    await regain(ready)
    await until(lambda: ready.row_of(caller).phase == "talking", 120)  # type: ignore[union-attr]
    assert len(ready.asterisk.channels) == 2
    assert ready.agent("1001").state is AgentState.TALKING
    caller.hang_up()
    await asyncio.sleep(2)
    check_empty(ready)


async def test_agents_are_not_blamed_for_offers_during_the_loss(ready: ExchangeHouse) -> None:
    """1001 becomes free while the link is away: no offer reaches the device, none counts as missed."""
    first, leg = await ready.talk_in("11")
    second = await ready.call_in("11", "13805640002")
    await until(lambda: second.moh)
    first.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)
    await lose(ready, 60)
    assert ready.agent("1001").state is not AgentState.PAUSED
    await regain(ready)
    await until(lambda: second.bridge_id is not None, 60)
    assert OfferOutcome.NO_ANSWER not in [event.outcome for event in await ready.events(OfferEnded)]


async def test_the_agent_hangs_up_and_the_link_is_lost_at_once(ready: ExchangeHouse) -> None:
    for steps in range(0, 20, 2):
        caller, leg = await ready.talk_in("11", f"138056400{steps:02d}")
        leg.hang_up()
        await settle(steps)
        await lose(ready, 1)
        await regain(ready)
        await until(lambda caller=caller: not caller.alive)
        await ready.agent_is("1001", AgentState.READY)
        check_empty(ready)
    assert {event.by for event in await ready.events(CallEnded)} == {HangupBy.AGENT}
    assert len(await ready.events(AgentConnected)) == 10


async def test_the_engine_dies_with_everything(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in("11")
    other = await ready.call_in("12", "13805640002")
    await lose(ready, 1)
    for channel in (caller, leg, other):
        channel.hang_up()
    ready.asterisk.bridges.clear()
    await regain(ready)
    await asyncio.sleep(10)
    check_empty(ready)
    assert [event.by for event in await ready.events(CallEnded)] == [HangupBy.ENGINE] * 2
    outcomes = {event.outcome for event in await ready.events(CallEnded)}
    assert outcomes == {CallOutcome.HANDLED, CallOutcome.LOST}
    assert [event.adopted for event in await ready.events(EngineChanged)] == [0, 0]
    assert ready.agent("1001").state is AgentState.READY
