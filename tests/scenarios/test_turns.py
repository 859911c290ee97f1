"""Agents take turns (requirement G1): even shares, one call each, the pointer kept."""

import asyncio
from collections import Counter

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Done, SetPaused
from springline.contracts.events import AgentConnected, AgentOffered, OfferEnded, OfferOutcome
from tests.support.exchange_house import EVERYBODY_CITY, ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty


@pytest.fixture
def even(house: ExchangeHouse) -> ExchangeHouse:
    house.config = config(wrap_up=0.0, skills=EVERYBODY_CITY)
    return house


async def take(house: ExchangeHouse, calls: int) -> None:
    for number in range(calls):
        caller, _ = await house.talk_in("11", f"1380564{number:04d}")
        await asyncio.sleep(3)
        caller.hang_up()
        await until(lambda: not house.asterisk.channels)


async def shares(house: ExchangeHouse) -> Counter[str]:
    return Counter(event.agent for event in await house.events(AgentConnected))


async def test_thirty_calls_make_ten_each(even: ExchangeHouse) -> None:
    async with even.control():
        await even.work("1001", "1002", "1003")
        await take(even, 30)
        check_empty(even)
    assert await shares(even) == {"1001": 10, "1002": 10, "1003": 10}


async def test_a_paused_agent_gets_none(even: ExchangeHouse) -> None:
    async with even.control():
        await even.work("1001", "1002", "1003")
        assert await even.ask(SetPaused(agent="1002", reason="meal")) == Done()
        await take(even, 30)
    assert await shares(even) == {"1001": 15, "1003": 15}


async def test_the_pointer_survives_restarts(even: ExchangeHouse) -> None:
    async with even.control():
        await even.work("1001", "1002", "1003")
        await take(even, 4)
    for _ in range(4):
        async with even.control():
            await take(even, 5)
    assert [event.agent for event in await even.events(AgentConnected)] == ["1001", "1002", "1003"] * 8


async def test_thirty_calls_at_once_are_shared_too(even: ExchangeHouse) -> None:
    async with even.control() as exchange:
        await even.work("1001", "1002", "1003")
        callers = [await even.call_in("11", f"1380564{number:04d}") for number in range(30)]
        most = 0

        def watch() -> bool:
            nonlocal most
            held = [a.call for a in exchange.switchboard._acd._book.agents.values() if a.call]
            most = max(most, len(held))
            assert len(set(held)) == len(held)
            for caller in callers:
                if (
                    caller.alive
                    and caller.bridge_id
                    and even.asterisk.now - since.setdefault(caller.id, even.asterisk.now) > 5
                ):
                    caller.hang_up()
            return not any(caller.alive for caller in callers)

        since: dict[str, float] = {}
        await until(watch, 600)
        await asyncio.sleep(1)
        check_empty(even)
    assert most == 3
    assert await shares(even) == {"1001": 10, "1002": 10, "1003": 10}
    order = [event.call_id for event in await even.events(AgentConnected)]
    assert len(set(order)) == 30


async def test_two_calls_for_one_agent_the_older_first(ready: ExchangeHouse) -> None:
    ready.phone("1001", answers_after=5.0)
    first = await ready.call_in("11", "13805640001")
    second = await ready.call_in("11", "13805640002")
    await until(lambda: first.bridge_id is not None)
    assert second.bridge_id is None
    await asyncio.sleep(30)
    assert len([c for c in ready.asterisk.channels.values() if "agent" in c.name]) == 1
    first.hang_up()
    ended = ready.asterisk.now
    await ready.agent_is("1001", AgentState.WRAP_UP)
    await until(lambda: ready.agent_leg("1001"))
    assert ready.asterisk.now - ended == pytest.approx(5.0, abs=0.2)
    await until(lambda: second.bridge_id is not None)


async def test_no_answer_goes_to_the_next_and_comes_back(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001", "1002")
    house.phone("1001", answers_after=None)
    house.phone("1002", answers_after=None)
    await house.call_in("11")
    await until(lambda: house.agent("1001").state is AgentState.PAUSED, 120)
    offers = await house.events(AgentOffered)
    assert [(event.agent, event.attempt) for event in offers[:4]] == [
        ("1001", 1), ("1002", 2), ("1001", 3), ("1002", 4),
    ]  # fmt: skip
    ends = [event for event in await house.events(OfferEnded) if event.agent == "1001"]
    assert [event.outcome for event in ends] == [OfferOutcome.NO_ANSWER] * 2
    assert [event.ring_seconds for event in ends] == [15.0, 15.0]


async def test_missed_twice_means_away(ready: ExchangeHouse) -> None:
    ready.phone("1001", answers_after=None)
    caller = await ready.call_in("11")
    await ready.agent_is("1001", AgentState.PAUSED, 120)
    assert ready.agent("1001").reason == "no_answer"
    ready.phone("1001", answers_after=1.0)
    await asyncio.sleep(60)
    assert caller.bridge_id is None
    await ready.work("1001")
    await until(lambda: caller.bridge_id is not None)


async def test_a_refusal_goes_to_the_next_at_once(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001", "1002")
    house.phone("1001", rejects_after=1.0, reject_cause=21)
    caller = await house.call_in("11")
    await until(lambda: caller.bridge_id is not None)
    outcomes = [(event.agent, event.outcome) for event in await house.events(OfferEnded)]
    assert outcomes == [("1001", OfferOutcome.REFUSED), ("1002", OfferOutcome.ANSWERED)]
    assert house.agent("1001").state is AgentState.READY


async def test_a_device_that_cannot_be_dialled_is_passed_by(house: ExchangeHouse, exchange: object) -> None:
    await house.work("1001", "1002")
    house.asterisk.fail_next("POST", "channels/agent-1001", 500)
    caller = await house.call_in("11")
    await until(lambda: caller.bridge_id is not None)
    outcomes = [(event.agent, event.outcome) for event in await house.events(OfferEnded)]
    assert outcomes == [("1001", OfferOutcome.FAILED), ("1002", OfferOutcome.ANSWERED)]
