"""An agent's leg that breaks in a conversation: the trunk fails, a radio network is lost, the sound stops."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    CallEnded,
    HangupBy,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.handovers import CallTransferred
from tests.scenarios.mobiles import MOBILE, asked, mobile, rings
from tests.scenarios.test_handing_over import talking, together
from tests.scenarios.test_mobiles import only, trunk
from tests.scenarios.test_outside import ask, give
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty

__all__ = ["only", "trunk"]

TRUNK_FAILED, NO_RADIO, NO_SOUND = 38, 27, 44


async def joined(house: ExchangeHouse) -> tuple[object, object]:
    caller, leg = await asked(house)
    leg.press("1")
    await until(lambda: caller.bridge_id is not None)
    await asyncio.sleep(10)
    return caller, leg


@pytest.mark.parametrize("cause", [TRUNK_FAILED, NO_RADIO, NO_SOUND, 41, 127])
async def test_a_mobile_that_breaks_off_is_called_again(only: ExchangeHouse, cause: int) -> None:
    """The caller is told to wait and comes first; the second conversation has a file of its own."""
    caller, leg = await joined(only)
    leg.hang_up(cause)
    await only.hears(caller, "queue.broken")
    [lost] = await only.events(AgentLost)
    assert (lost.agent, lost.cause) == ("1001", cause)
    again = await rings(only)
    assert again is not leg
    await only.hears(again, "agent.accept")
    again.press("1")
    await until(lambda: together(only, caller, again))
    await asyncio.sleep(5)
    again.hang_up()
    await until(lambda: not caller.alive)
    await only.agent_is("1001", AgentState.READY)
    check_empty(only)
    [ended] = await only.events(CallEnded)
    assert ended.by is HangupBy.AGENT
    assert ended.talk_seconds == pytest.approx(15, abs=1)
    files = [event.path for event in await only.events(RecordingStarted)]
    assert len(set(files)) == 2
    assert files == [event.path for event in await only.events(RecordingFinished)]


@pytest.mark.parametrize("cause", [16, 0, 31])
async def test_who_hangs_up_the_mobile_ends_the_call(only: ExchangeHouse, cause: int) -> None:
    caller, leg = await joined(only)
    leg.hang_up(cause)
    await until(lambda: not caller.alive)
    await asyncio.sleep(10)
    check_empty(only)
    assert await only.events(AgentLost) == []


async def test_a_carrier_may_mean_something_else_by_a_cause(only: ExchangeHouse) -> None:
    """Where the trunk's breaks come as 31, it is taken from the list."""
    only.exchange.office.hang_up_causes = {0, 16}
    _caller, leg = await joined(only)
    leg.hang_up(31)
    again = await rings(only)
    assert again is not leg
    assert [event.cause for event in await only.events(AgentLost)] == [31]


async def test_another_agent_takes_whom_a_broken_leg_left(only: ExchangeHouse) -> None:
    await only.work("1003")
    caller, _leg = await only.talk_in("12")
    lost = only.row_of(caller).agent  # type: ignore[union-attr]
    leg = mobile(only) if lost == "1001" else only.partner(caller)
    assert leg is not None
    await asyncio.sleep(30)
    leg.hang_up(NO_SOUND)
    await until(lambda: len(only.asterisk.channels) == 2)
    await only.hears(caller, "queue.broken")
    if lost == "1003":
        again = await rings(only)
        await only.hears(again, "agent.accept")
        again.press("1")
    await until(lambda: caller.bridge_id is not None)
    assert lost is not None
    assert only.agent(lost).state is AgentState.WRAP_UP
    first, second = await only.events(AgentConnected)
    assert [first.agent, second.agent] == [lost, {"1001": "1003", "1003": "1001"}[lost]]
    assert second.wait_seconds == pytest.approx(0, abs=5), "the talk with the first is no wait"
    caller.hang_up()
    await asyncio.sleep(15)
    check_empty(only)


async def test_the_caller_leaves_as_the_leg_breaks(only: ExchangeHouse) -> None:
    caller, leg = await joined(only)
    leg.hang_up(TRUNK_FAILED)
    caller.hang_up()
    await asyncio.sleep(15)
    check_empty(only)
    [ended] = await only.events(CallEnded)
    assert ended.by is HangupBy.CALLER


async def test_a_broken_leg_in_a_consultation_loses_nobody(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        await trunk.ask(ask(call, MOBILE))
        await until(lambda: mobile(trunk) is not None and together(trunk, leg, mobile(trunk)))
        leg.hang_up(TRUNK_FAILED)
        await until(lambda: together(trunk, caller, mobile(trunk)))
        assert len(await trunk.events(CallTransferred)) == 1
        caller.hang_up()
        await asyncio.sleep(15)
        check_empty(trunk)


async def test_the_outside_party_s_line_breaks(trunk: ExchangeHouse) -> None:
    """Whoever was handed to an outside number waits for the skill again."""
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        await trunk.ask(give(call, MOBILE))
        await until(lambda: together(trunk, caller, mobile(trunk)))
        await asyncio.sleep(20)
        outside = mobile(trunk)
        assert outside is not None
        outside.hang_up(NO_RADIO)
        await until(lambda: caller.bridge_id is not None and trunk.agent("1001").call_id == call)
        assert caller.alive
        assert [event.cause for event in await trunk.events(AgentLost)] == [NO_RADIO]
        caller.hang_up()
        await asyncio.sleep(15)
        check_empty(trunk)
