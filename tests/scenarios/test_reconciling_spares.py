"""Calls that the comparison with the engine leaves alone, and what it costs."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import AgentConnected
from springline.telephony.ari.generated.events import ChannelDestroyed
from springline.telephony.control import reconciling
from springline.telephony.control.exchange import Exchange
from tests.scenarios.test_handing_over import together
from tests.scenarios.test_reconciling import PERIOD, mended, two_periods, unheard
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


async def test_the_way_back_from_the_recorder_is_not_told(ready: ExchangeHouse) -> None:
    """The caller is in our application again, and nobody said so."""
    ready.phone("1001", answers_after=3.0)
    caller = await ready.call_in()
    await until(lambda: ready.agent("1001").state is AgentState.TALKING)
    with unheard(ready, "StasisStart"):
        await until(lambda: caller.context == "record" and caller.in_stasis)
    await until(lambda: caller.bridge_id is not None, 20)
    await asyncio.sleep(1)
    assert len(await ready.events(AgentConnected)) == 1
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


async def test_a_word_that_is_only_late_is_not_forestalled(ready: ExchangeHouse) -> None:
    """Seen once, and the engine's own word comes before the second look."""
    caller, leg = await ready.talk_in()
    await asyncio.sleep(PERIOD - ready.asterisk.now % PERIOD - 1)
    last = leg.snapshot()
    with unheard(ready):
        leg.hang_up()
        await settle()
    await asyncio.sleep(PERIOD - 1)
    ready.asterisk._emit(ChannelDestroyed, channel=last, cause=16, cause_txt="")
    await until(lambda: not caller.alive, 1)
    await two_periods()
    assert await mended(ready) == []
    check_empty(ready)


async def test_looks_before_and_after_a_lost_link_are_not_two_in_a_row(ready: ExchangeHouse) -> None:
    caller, _leg = await ready.talk_in()
    await asyncio.sleep(PERIOD - ready.asterisk.now % PERIOD + 1)
    ready.asterisk.drop(refuse=True)
    await asyncio.sleep(4 * PERIOD)
    ready.asterisk.accept()
    await two_periods()
    assert caller.bridge_id is not None
    assert await mended(ready) == []
    caller.hang_up()


async def test_a_conversation_that_outlives_control_is_left_alone(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, leg = await house.talk_in()
    await asyncio.sleep(3 * PERIOD)
    async with house.control():
        await asyncio.sleep(4 * PERIOD)
        assert together(house, caller, leg)
        assert await mended(house) == []
        caller.hang_up()
        await asyncio.sleep(10)
        check_empty(house)


async def test_a_look_costs_three_requests_however_many_talk(
    house: ExchangeHouse, exchange: Exchange
) -> None:
    await house.work("1001", "1002", "1003")
    callers = [await house.call_in("11", f"1380564000{n}") for n in range(4)]
    await until(lambda: sum(c.bridge_id is not None for c in callers) == 2)
    await asyncio.sleep(PERIOD - house.asterisk.now % PERIOD - 1)
    house.asterisk.requests.clear()
    await asyncio.sleep(2)
    asked = [uri for method, uri in house.asterisk.requests if method == "GET"]
    assert asked == ["channels", "bridges", "endpoints/PJSIP"]


async def test_a_comparison_that_fails_touches_no_call_and_is_made_again(
    ready: ExchangeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, leg = await ready.talk_in()

    def broken(*_args: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broke:
        broke.setattr(reconciling, "differences", broken)
        await two_periods()
    assert caller.alive
    assert leg.alive
    with unheard(ready):
        caller.hang_up()
        await settle()
    await ready.agent_is("1001", AgentState.WRAP_UP, 2 * PERIOD + 1)
