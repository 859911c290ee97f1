"""The caller hangs up, in every state there is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import (
    AgentConnected,
    CallArrived,
    CallEnded,
    CallOutcome,
    HangupBy,
    OfferEnded,
)
from springline.telephony.ari.fake import ANY_EXTENSION, Dialplan
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.ari.generated.events import ChannelHold
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

Way = Callable[[ExchangeHouse], Awaitable[FakeChannel]]


async def before_the_answer(house: ExchangeHouse) -> FakeChannel:
    return house.call()


def while_hearing(prompt: str, *keys: str) -> Way:
    async def way(house: ExchangeHouse) -> FakeChannel:
        caller = house.call()
        for key, menu in zip(keys, ("ivr.main", "ivr.order.region"), strict=False):
            await house.hears(caller, menu)
            caller.press(key)
        await house.hears(caller, prompt)
        return caller

    way.__name__ = f"hears_{prompt}"
    return way


async def after_the_menu_was_said(house: ExchangeHouse) -> FakeChannel:
    caller = await while_hearing("ivr.repeat")(house)
    await until(lambda: house.said_now(caller) is None)
    return caller


async def while_the_recorder_is_armed(house: ExchangeHouse) -> FakeChannel:
    house.asterisk.dialplan["record", ANY_EXTENSION] = Dialplan(stasis_args=("queue",), after=1.5)
    caller = await house.call_in("11")
    await until(lambda: not caller.in_stasis)
    return caller


async def queued_with_music(house: ExchangeHouse) -> FakeChannel:
    house.phone("1001", online=False)
    house.register("1001", False)
    caller = await house.call_in("11")
    await until(lambda: caller.moh)
    return caller


async def ringing(house: ExchangeHouse) -> FakeChannel:
    caller = await house.call_in("11")
    await until(lambda: (leg := house.agent_leg("1001")) and leg.state == "Ringing")
    return caller


async def at_the_moment_of_the_answer(house: ExchangeHouse) -> FakeChannel:
    caller = await ringing(house)
    leg = house.agent_leg("1001")
    assert leg is not None
    leg.pick_up()
    return caller


async def talking(house: ExchangeHouse) -> FakeChannel:
    caller, _ = await house.talk_in()
    await asyncio.sleep(7)
    return caller


async def on_hold(house: ExchangeHouse) -> FakeChannel:
    caller, leg = await house.talk_in()
    house.asterisk.emit(ChannelHold, leg)
    await asyncio.sleep(7)
    return caller


MENU, QUEUE, HANDLED = CallOutcome.ABANDONED_MENU, CallOutcome.ABANDONED_QUEUE, CallOutcome.HANDLED
CASES: list[tuple[Way, CallOutcome, AgentState]] = [
    (before_the_answer, MENU, AgentState.READY),
    (while_hearing("welcome.day"), MENU, AgentState.READY),
    (while_hearing("notice.record"), MENU, AgentState.READY),
    (while_hearing("ivr.main"), MENU, AgentState.READY),
    (after_the_menu_was_said, MENU, AgentState.READY),
    (while_hearing("ivr.order.region", "1"), MENU, AgentState.READY),
    (while_the_recorder_is_armed, QUEUE, AgentState.WRAP_UP),
    (while_hearing("route.transfer.urban", "1", "1"), QUEUE, AgentState.READY),
    (queued_with_music, QUEUE, AgentState.UNREACHABLE),
    (ringing, QUEUE, AgentState.READY),
    (talking, HANDLED, AgentState.WRAP_UP),
    (on_hold, HANDLED, AgentState.WRAP_UP),
]


@pytest.mark.parametrize(("way", "outcome", "state"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_nothing_is_left_of_a_call(
    ready: ExchangeHouse, way: Way, outcome: CallOutcome, state: AgentState
) -> None:
    caller = await way(ready)
    caller.hang_up()
    # In the dialplan a hang-up is not told: it is noticed after a while.
    await asyncio.sleep(6 if way is while_the_recorder_is_armed else 2)
    check_empty(ready)
    assert ready.agent("1001").state is state
    await asyncio.sleep(20)
    events = await ready.events(CallEnded)
    [ended] = events
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, outcome)
    assert [name for name in await ready.names() if name != "RecordingFinished"][-1] == "CallEnded"
    assert len(await ready.events(CallArrived)) == 1


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_the_answer_and_the_hang_up_cross(ready: ExchangeHouse, steps: int) -> None:
    caller = await ringing(ready)
    leg = ready.agent_leg("1001")
    assert leg is not None
    leg.pick_up()
    await settle(steps)
    caller.hang_up()
    await asyncio.sleep(4)
    check_empty(ready)
    assert ready.agent("1001").state in (AgentState.READY, AgentState.WRAP_UP)
    [ended] = await ready.events(CallEnded)
    connected = await ready.events(AgentConnected)
    assert ended.outcome is (HANDLED if connected else QUEUE)
    assert len(await ready.events(OfferEnded)) == 1
    await asyncio.sleep(20)
    assert ready.agent("1001").state is AgentState.READY


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_the_agent_answers_and_vanishes(ready: ExchangeHouse, steps: int) -> None:
    """The caller must not be lost by it, and hears the music again or is ended by the agent."""
    caller = await ringing(ready)
    leg = ready.agent_leg("1001")
    assert leg is not None
    ready.phone("1001", answers_after=None)
    leg.pick_up()
    await settle(steps)
    leg.hang_up()
    await asyncio.sleep(5)
    if caller.alive:
        assert not await ready.events(AgentConnected)
        ready.phone("1001", answers_after=1.0)
        await until(lambda: caller.bridge_id is not None and len(ready.asterisk.channels) == 2)
        caller.hang_up()
        await asyncio.sleep(3)
    check_empty(ready)


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_hang_up_at_any_step_of_the_first_second(ready: ExchangeHouse, steps: int) -> None:
    caller = ready.call()
    await settle(steps)
    caller.hang_up()
    await asyncio.sleep(5)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.outcome is MENU
