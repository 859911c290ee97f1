"""A new config under live calls; a bad one changes nothing."""

import asyncio

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.config import Config, FlowConfig
from springline.contracts.events import CallEnded, CallOutcome, CallQueued
from springline.contracts.house_events import ConfigApplied, ConfigRefused
from springline.contracts.live import AgentRow, QueueRow
from springline.telephony.flow import shipped
from tests.support.exchange_house import (
    PROMPTS,
    QUEUE_IDS,
    SKILLS,
    ExchangeHouse,
    config,
    until,
)
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


def with_flow(document: str, version: int = 2) -> Config:
    base = config(version)
    [hotline] = base.hotlines
    flow = FlowConfig(version="bad", document=document)
    return msgspec.structs.replace(base, hotlines=(msgspec.structs.replace(hotline, flow=flow),))


def ids(house: ExchangeHouse, kind: type) -> set[str]:
    return {row.id for row in house.snapshot().rows if isinstance(row, kind)}


async def put(house: ExchangeHouse, new: Config) -> None:
    assert house.exchange.configure(new, PROMPTS)
    await house.exchange.refresh_devices()
    await settle()


async def test_a_bad_flow_is_refused_and_the_old_one_stays(ready: ExchangeHouse) -> None:
    bad = (shipped("main.v1").replace("queue: huoshan", "queue: nowhere"), "start: [", "")
    for number, document in enumerate(bad, start=2):
        assert not ready.exchange.configure(with_flow(document, number), PROMPTS)
    await settle()
    refused = await ready.events(ConfigRefused)
    assert [event.version for event in refused] == [2, 3, 4]
    assert any("huoshan" in error for error in refused[0].errors), "the node is named"
    assert [event.version for event in await ready.events(ConfigApplied)] == [1]
    caller = await ready.call_in("12")
    await until(lambda: caller.bridge_id is not None)


async def test_a_flow_with_an_unknown_prompt_is_refused(ready: ExchangeHouse) -> None:
    assert not ready.exchange.configure(config(2), PROMPTS - {"ivr.invalid"})
    await settle()
    [refused] = await ready.events(ConfigRefused)
    assert any("ivr.invalid" in error for error in refused.errors)


async def test_new_queues_and_agents_come_onto_the_board(ready: ExchangeHouse) -> None:
    skills = {**SKILLS, "1004": ("vip", "city")}
    ready.phone("1004", answers_after=1.0)
    await put(ready, config(2, skills=skills, queues=(*QUEUE_IDS, "vip")))
    assert "vip" in ids(ready, QueueRow)
    assert "1004" in ids(ready, AgentRow)
    await ready.work("1004")
    assert ready.agent("1004").state is AgentState.READY
    ready.register("1001", False)
    await ready.talk_in("11")
    assert ready.agent("1004").state is AgentState.TALKING


async def test_an_agent_removed_in_a_call_ends_it_in_peace(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in("11")
    others = {agent: skills for agent, skills in SKILLS.items() if agent != "1001"}
    await put(ready, config(2, skills=others))
    assert "1001" not in ids(ready, AgentRow)
    await asyncio.sleep(10)
    assert caller.bridge_id == leg.bridge_id is not None
    leg.hang_up()
    await until(lambda: not caller.alive)
    await asyncio.sleep(10)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert ended.outcome is CallOutcome.HANDLED


async def test_an_agent_removed_and_added_in_a_call_still_talks(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in("11")
    await put(ready, config(2, skills={"1002": ("city",)}))
    await put(ready, config(3))
    assert ready.agent("1001").state is AgentState.TALKING
    assert ready.agent("1001").device_online
    caller.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)


async def test_an_agent_removed_while_ready_is_not_signed_in_when_added_again(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        await put(house, config(2, skills={"1002": ("city",)}))
    house.config = config(3)
    async with house.control():
        await settle()
        assert house.agent("1001").state is AgentState.OFFLINE


async def test_a_queue_removed_under_its_waiting_call_is_still_served(ready: ExchangeHouse) -> None:
    ready.register("1001", False)
    caller = await ready.call_in("12")
    await until(lambda: caller.moh)
    smaller = with_flow(shipped("main.v1").replace("queue: huoshan", "queue: city"))
    queues = tuple(queue for queue in smaller.queues if queue.id != "huoshan")
    await put(ready, msgspec.structs.replace(smaller, queues=queues))
    assert "huoshan" not in ids(ready, QueueRow)
    await ready.hears(caller, "queue.wait")
    ready.register("1001", True)
    await until(lambda: caller.bridge_id is not None)
    caller.hang_up()
    await asyncio.sleep(2)
    check_empty(ready)


async def test_a_queue_removed_while_the_caller_is_in_the_menu(ready: ExchangeHouse) -> None:
    """The caller's flow is the old one: it leads to a queue that is no more, and says good-bye."""
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("1")
    await ready.hears(caller, "ivr.order.region")
    smaller = with_flow(shipped("main.v1").replace("queue: huoshan", "queue: city"))
    queues = tuple(queue for queue in smaller.queues if queue.id != "huoshan")
    await put(ready, msgspec.structs.replace(smaller, queues=queues))
    caller.press("2")
    await ready.hears(caller, "outarea.bye")
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    check_empty(ready)
    [queued] = await ready.events(CallQueued)
    assert queued.queue == "huoshan"
    [ended] = await ready.events(CallEnded)
    assert ended.outcome is CallOutcome.UNSERVED
