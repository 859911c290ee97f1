"""In the queue: music, announcements, and the end of patience."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import HangUp
from springline.contracts.events import CallEnded, CallOutcome, HangupBy
from tests.support.exchange_house import ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty


async def test_announcements_every_20_seconds_and_music_between(
    house: ExchangeHouse, exchange: object
) -> None:
    caller = await house.call_in("11")
    entered = house.asterisk.now
    await until(lambda: caller.moh)
    assert house.heard(caller)[-1] == "route.transfer.urban"
    times = []
    for _ in range(4):
        await house.hears(caller, "queue.wait")
        times.append(house.asterisk.now - entered)
        assert caller.moh is None
        await until(lambda: caller.moh)
    assert times == pytest.approx([20, 40, 60, 80], abs=0.5)


async def test_the_music_stops_when_the_agent_answers(ready: ExchangeHouse) -> None:
    ready.phone("1001", answers_after=4.0)
    caller = await ready.call_in("11")
    await until(lambda: caller.moh)
    await until(lambda: caller.bridge_id is not None)
    assert caller.moh is None
    assert ready.said_now(caller) is None


async def test_after_the_longest_wait_a_good_bye(house: ExchangeHouse) -> None:
    house.config = config(max_wait=50.0)
    async with house.control():
        caller = await house.call_in("11")
        entered = house.asterisk.now
        await until(lambda: not caller.alive, 120)
        assert house.asterisk.now - entered == pytest.approx(52, abs=1)
        assert house.heard(caller)[-2:] == ["queue.wait", "outarea.bye"]
        await asyncio.sleep(1)
        [ended] = await house.events(CallEnded)
        assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.UNSERVED)
        check_empty(house)


async def test_the_longest_wait_ends_while_it_rings(house: ExchangeHouse) -> None:
    """An agent who answers just then still gets the call."""
    house.config = config(max_wait=10.0)
    house.phone("1001", answers_after=13.0)
    async with house.control():
        await house.work("1001")
        caller = await house.call_in("11")
        await until(lambda: caller.bridge_id is not None)
        await asyncio.sleep(30)
        assert caller.alive


async def test_the_caller_hangs_up_during_the_good_bye(house: ExchangeHouse) -> None:
    house.config = config(max_wait=5.0)
    async with house.control():
        caller = await house.call_in("11")
        await house.hears(caller, "outarea.bye")
        caller.hang_up()
        await asyncio.sleep(2)
        check_empty(house)


async def test_hung_up_by_command_in_the_queue(ready: ExchangeHouse) -> None:
    ready.phone("1001", answers_after=None)
    caller = await ready.call_in("11")
    await ready.agent_is("1001", AgentState.RINGING)
    [row] = ready.call_rows()
    await ready.ask(HangUp(call_id=row.id))
    await asyncio.sleep(1)
    assert not caller.alive
    check_empty(ready)
    assert ready.agent("1001").state is AgentState.READY
