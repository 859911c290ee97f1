"""Faults of the program and of the bus: one call's fault is its own, and the journal loses nothing."""

import asyncio

import pytest

from springline.contracts.event import CallEvent
from springline.contracts.events import (
    CallArrived,
    CallEnded,
    CallOutcome,
    CallRejected,
    HangupBy,
    NoticePlayed,
    RecordingFinished,
    RecordingStarted,
)
from springline.telephony.control.conversation import Conversation
from springline.telephony.control.recording import BYTES_PER_SECOND
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle


@pytest.mark.parametrize("broken", ["welcome.day", "ivr.order.region", "route.transfer.urban"])
async def test_a_fault_in_one_call_touches_no_other(ready: ExchangeHouse, broken: str) -> None:
    other, _ = await ready.talk_in("11", "13805640002")
    ready.broken_sounds.add(broken)
    caller = ready.call("13805640001")
    async with asyncio.timeout(30):
        while caller.alive:
            if ready.said_now(caller) in ("ivr.main", "ivr.order.region"):
                caller.press("1")
            await asyncio.sleep(0.3)
    await asyncio.sleep(1)
    assert other.bridge_id is not None
    assert len(ready.call_rows()) == 1
    [ended] = await ready.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.UNSERVED)
    other.hang_up()
    await asyncio.sleep(2)
    check_empty(ready)


@pytest.fixture
def faulty_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Conversation) -> bool:
        await asyncio.sleep(3)
        raise ZeroDivisionError

    monkeypatch.setattr(Conversation, "run", broken)


async def test_a_fault_in_the_talk_lets_the_agent_go(ready: ExchangeHouse, faulty_talk: None) -> None:
    caller = await ready.call_in("11")
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    check_empty(ready)
    [ended] = await ready.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.HANDLED)
    await asyncio.sleep(6)
    assert ready.agent("1001").state == "ready"


async def test_a_fault_while_the_link_is_away_is_tidied_up_afterwards(
    ready: ExchangeHouse, faulty_talk: None
) -> None:
    await ready.call_in("11")
    await until(lambda: ready.asterisk.bridges)
    await asyncio.sleep(1)
    ready.asterisk.drop(refuse=True)
    await asyncio.sleep(10)
    assert len(ready.asterisk.channels) == 2
    ready.asterisk.accept()
    await asyncio.sleep(15)
    check_empty(ready)
    assert len(await ready.events(CallEnded)) == 1


async def test_without_its_notice_a_call_is_not_recorded(ready: ExchangeHouse) -> None:
    ready.asterisk.durations["sound:/prompts/notice.record"] = None
    caller, _ = await ready.talk_in("11")
    assert caller.context == "inbound"
    assert await ready.events(NoticePlayed) == []
    assert await ready.events(RecordingStarted) == []


async def test_the_recording_is_told_with_its_size(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in("11")
    [started] = await ready.events(RecordingStarted)
    path = ready.recordings / started.path
    assert (caller.context, caller.exten[:8]) == ("record", started.path[:10].replace("-", ""))
    assert started.path[10:] == f"/{caller.exten[8:]}.raw"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(BYTES_PER_SECOND * 3))
    caller.hang_up()
    await asyncio.sleep(3)
    [finished] = await ready.events(RecordingFinished)
    assert (finished.path, finished.size) == (started.path, BYTES_PER_SECOND * 3)


async def test_a_missing_recording_has_no_size(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in("11")
    caller.hang_up()
    await asyncio.sleep(3)
    [finished] = await ready.events(RecordingFinished)
    assert finished.size == 0


async def order_of(house: ExchangeHouse) -> list[str]:
    [call] = {event.call_id for event in await house.events(CallArrived)}
    return [type(e).__name__ for e in await house.events() if isinstance(e, CallEvent) and e.call_id == call]


WHOLE = [
    "CallArrived", "CallAnswered", "CallerResolved", "NoticePlayed", "MenuEntered", "KeyPressed",
    "MenuEntered", "KeyPressed",
    "CallQueued", "AgentOffered", "OfferEnded", "AgentConnected", "RecordingStarted", "CallEnded",
    "RecordingFinished",
]  # fmt: skip


@pytest.mark.parametrize("at", ["before", "menu", "talk"])
async def test_a_bus_that_is_away_loses_nothing(ready: ExchangeHouse, at: str) -> None:
    ready.bus.away = at == "before"
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    ready.bus.away = ready.bus.away or at == "menu"
    caller.press("11", between=1.0)
    await until(lambda: caller.bridge_id is not None)
    ready.bus.away = True
    caller.hang_up()
    await asyncio.sleep(5)
    assert "CallEnded" not in await ready.names()
    ready.bus.away = False
    await asyncio.sleep(2)
    assert await order_of(ready) == WHOLE


@pytest.mark.parametrize("refused", range(30))
async def test_an_event_refused_once_is_not_overtaken(ready: ExchangeHouse, refused: int) -> None:
    """All events of the call in one batch, one of them refused by the bus."""
    await settle()
    ready.bus.away = True
    caller, _ = await ready.talk_in("11")
    caller.hang_up()
    await asyncio.sleep(5)
    ready.bus.refuse_next = {ready.bus.appends + refused}
    ready.bus.away = False
    await asyncio.sleep(3)
    assert await order_of(ready) == WHOLE


async def test_answers_of_the_bus_that_get_lost_double_nothing(ready: ExchangeHouse) -> None:
    ready.bus.lose_answers = 9
    caller, _ = await ready.talk_in("11")
    caller.hang_up()
    await asyncio.sleep(10)
    assert await order_of(ready) == WHOLE


async def test_a_thousand_calls_in_a_burst(ready: ExchangeHouse) -> None:
    for number in range(1000):
        ready.call(f"138{number:08d}", dialled="4000564000" if number % 2 else "1")
    await asyncio.sleep(1)
    for channel in list(ready.asterisk.channels.values()):
        channel.hang_up()
    await asyncio.sleep(5)
    check_empty(ready)
    assert len(await ready.events(CallEnded)) == len(await ready.events(CallRejected)) == 500
