"""The agent has an abusive caller warned, and sent away: who hears what, and what is told of it."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, Dismiss, Warn
from springline.contracts.events import CallEnded, CallOutcome, HangupBy
from springline.contracts.warnings import CallerDismissed, CallerWarned
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from tests.scenarios.test_handing_over import code_of, talking, the_end
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

WARNING, CLOSING = "abuse.warn", "abuse.end"


def said_in_bridge(house: ExchangeHouse) -> list[str]:
    return [p._media[0].removeprefix("sound:/prompts/") for p in house.asterisk.playbacks.values()]


async def warned(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel, str]:
    caller, leg, call = await talking(house)
    assert await code_of(house, Warn(call_id=call, agent="1001")) is None
    await settle()
    assert said_in_bridge(house) == [WARNING]
    return caller, leg, call


async def test_the_caller_is_warned_and_marked(house: ExchangeHouse, exchange: object) -> None:
    caller, _leg, call = await warned(house)
    row = house.row_of(caller)
    assert row is not None
    assert row.warned_at is not None
    [told] = await house.events(CallerWarned)
    assert (told.call_id, told.agent) == (call, "1001")
    assert await code_of(house, Warn(call_id=call, agent="1001")) == "warned"
    await asyncio.sleep(5)
    assert caller.bridge_id is not None
    await the_end(house, caller)


async def test_sent_away_with_the_closing_words(house: ExchangeHouse, exchange: object) -> None:
    house.asterisk.default_duration = 3.0
    caller, leg, call = await warned(house)
    await asyncio.sleep(4)
    assert await code_of(house, Dismiss(call_id=call, agent="1001")) is None
    await settle()
    assert said_in_bridge(house) == [CLOSING]
    began = house.asterisk.now
    await until(lambda: not caller.alive)
    assert house.asterisk.now - began == pytest.approx(3.0, abs=0.2)
    await asyncio.sleep(10)
    check_empty(house)
    [told] = await house.events(CallerDismissed)
    assert told.agent == "1001"
    [ended] = await house.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.AGENT, CallOutcome.HANDLED)
    assert house.agent("1001").state is AgentState.READY


async def test_the_agent_need_not_stay_for_the_closing_words(house: ExchangeHouse, exchange: object) -> None:
    house.asterisk.default_duration = 3.0
    caller, leg, call = await warned(house)
    await code_of(house, Dismiss(call_id=call, agent="1001"))
    await settle()
    leg.hang_up()
    await asyncio.sleep(2)
    assert caller.alive
    await until(lambda: not caller.alive)
    await asyncio.sleep(10)
    check_empty(house)


async def test_the_caller_hangs_up_during_the_closing_words(house: ExchangeHouse, exchange: object) -> None:
    house.asterisk.default_duration = 3.0
    caller, leg, call = await warned(house)
    await code_of(house, Dismiss(call_id=call, agent="1001"))
    await settle()
    caller.hang_up()
    await until(lambda: not leg.alive)
    await asyncio.sleep(10)
    check_empty(house)
    [ended] = await house.events(CallEnded)
    assert ended.by is HangupBy.CALLER


async def test_words_that_never_end_do_not_keep_the_call(house: ExchangeHouse, exchange: object) -> None:
    house.asterisk.durations[f"sound:/prompts/{CLOSING}"] = 600.0
    caller, _leg, call = await warned(house)
    await code_of(house, Dismiss(call_id=call, agent="1001"))
    await until(lambda: not caller.alive, 20)
    await asyncio.sleep(10)
    check_empty(house)


async def test_words_that_cannot_be_said(house: ExchangeHouse, exchange: object) -> None:
    """Nobody is marked as warned who heard nothing; and who is sent away goes without a word."""
    caller, leg, call = await talking(house)
    house.asterisk.fail_next("POST", "bridges/", 500)
    assert await code_of(house, Warn(call_id=call, agent="1001")) is None
    await settle()
    assert await house.events(CallerWarned) == []
    assert await code_of(house, Warn(call_id=call, agent="1001")) is None
    await settle()
    house.asterisk.fail_next("POST", "bridges/", 500)
    await code_of(house, Dismiss(call_id=call, agent="1001"))
    await until(lambda: not caller.alive)
    await asyncio.sleep(10)
    check_empty(house)


@pytest.mark.parametrize("break_it", ["link", "control"])
async def test_who_was_sent_away_is_so_whatever_is_lost(house: ExchangeHouse, break_it: str) -> None:
    house.asterisk.default_duration = 3.0
    async with house.control():
        caller, _leg, call = await warned(house)
        await code_of(house, Dismiss(call_id=call, agent="1001"))
        await asyncio.sleep(1)
        if break_it == "link":
            house.asterisk.drop()
            await until(lambda: not caller.alive)
    async with house.control():
        await until(lambda: not caller.alive)
        await asyncio.sleep(10)
        check_empty(house)


async def test_the_mark_survives_a_restart(house: ExchangeHouse) -> None:
    async with house.control():
        caller, _leg, call = await warned(house)
        await asyncio.sleep(2)
    async with house.control():
        await asyncio.sleep(2)
        row = house.row_of(caller)
        assert row is not None
        assert row.warned_at is not None
        assert await code_of(house, Dismiss(call_id=call, agent="1001")) is None
        await until(lambda: not caller.alive)
        await asyncio.sleep(10)
        check_empty(house)


async def test_what_is_refused(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, call = await talking(house, "1002")
    assert await code_of(house, Warn(call_id="nothing", agent="1001")) == "unknown_call"
    assert await code_of(house, Warn(call_id=call, agent="1002")) == "not_talking"
    assert await code_of(house, Dismiss(call_id=call, agent="1001")) == "not_warned"
    house.asterisk.emit(ChannelHold, leg)
    await settle()
    assert await code_of(house, Warn(call_id=call, agent="1001")) == "held"
    house.asterisk.emit(ChannelUnhold, leg)
    await settle()
    await code_of(house, Consult(call_id=call, agent="1001", to_agent="1002"))
    await settle()
    assert await code_of(house, Warn(call_id=call, agent="1001")) == "consulting"
    caller.hang_up()
    await asyncio.sleep(15)
    check_empty(house)
