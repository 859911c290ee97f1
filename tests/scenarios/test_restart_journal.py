"""What the journal told, or did not tell, when control died."""

import asyncio

from springline.contracts.events import CallArrived, CallEnded, CallOutcome, RecordingFinished
from springline.contracts.house_events import EngineChanged
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.exchange_laws import check_empty
from tests.support.exchange_ways import finish
from tests.support.virtual_time import settle


async def test_a_call_that_was_never_journaled_is_taken(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        await settle()
        house.bus.away = True
        caller = house.call()
        await house.hears(caller, "ivr.main")
    house.bus.away = False
    assert await house.events(CallArrived) == []
    async with house.control():
        await finish(house, caller)


async def test_a_call_whose_last_words_were_not_journaled(house: ExchangeHouse) -> None:
    async with house.control():
        caller = await house.call_in("11")
        house.bus.away = True
        caller.hang_up()
        await asyncio.sleep(2)
    house.bus.away = False
    assert await house.events(CallEnded) == []
    async with house.control():
        await asyncio.sleep(2)
        [ended] = await house.events(CallEnded)
        assert ended.outcome is CallOutcome.ABANDONED_QUEUE


async def test_what_the_bus_did_not_take_is_told_by_the_next_control_once_and_in_order(
    house: ExchangeHouse,
) -> None:
    async with house.control():
        await house.work("1001")
        await settle()
        house.bus.away = True
        caller, _ = await house.talk_in("11")
        caller.hang_up()
        await until(lambda: not house.call_rows())
        await asyncio.sleep(2)
    assert house.spool.exists()
    house.bus.away = False
    assert await house.events(CallArrived) == []
    async with house.control():
        await asyncio.sleep(2)
        names = await house.names()
        assert (names[0], names.count("CallArrived"), names.count("CallEnded")) == ("CallArrived", 1, 1)
        assert names.index("AgentConnected") < names.index("CallEnded")
        [ended] = await house.events(CallEnded)
        assert ended.outcome is CallOutcome.HANDLED
        assert not house.spool.exists()


async def test_ten_minutes_without_the_bus_cost_no_memory_and_no_event(house: ExchangeHouse) -> None:
    """A call every second."""
    async with house.control():
        await settle()
        house.bus.away = True
        for number in range(600):
            caller = house.call(f"139{number:08}")
            await asyncio.sleep(0.9)
            caller.hang_up()
            await asyncio.sleep(0.1)
        assert house.journal.in_memory == 0
        house.bus.away = False
        assert await house.journal.stored(10)
        assert len(await house.events(CallArrived)) == len(await house.events(CallEnded)) == 600
        ids = [event.id for event in await house.events()]
        assert len(ids) == len(set(ids))


async def test_an_offer_that_was_not_journaled_leaves_no_leg(house: ExchangeHouse) -> None:
    house.disk_full = True
    async with house.control():
        await house.work("1001")
        house.register("1001", False)
        caller = await house.call_in("11")
        house.bus.away = True
        house.register("1001", True)
        await until(lambda: caller.bridge_id is not None)
        old = house.partner(caller)
    house.bus.away = False
    async with house.control():
        await asyncio.sleep(1)
        assert not old.alive
        await until(lambda: (row := house.row_of(caller)) and row.phase == "talking")
        assert len(house.asterisk.channels) == 2
        caller.hang_up()
        await asyncio.sleep(2)
        check_empty(house)


async def test_a_recording_is_told_of_when_control_died_before(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, _ = await house.talk_in("11")
        caller.hang_up()
        await until(lambda: not house.call_rows())
    assert len(await house.events(CallEnded)) == 1
    assert await house.events(RecordingFinished) == []
    async with house.control():
        await asyncio.sleep(2)
    assert len(await house.events(RecordingFinished)) == 1
    async with house.control():
        await asyncio.sleep(2)
    assert len(await house.events(RecordingFinished)) == 1


async def test_open_calls_are_found_although_the_checkpoint_moved(house: ExchangeHouse) -> None:
    async with house.control():
        for number in range(5):
            caller = await house.call_in("11", f"1380564000{number}")
            caller.hang_up()
            await asyncio.sleep(2)
        stays = await house.call_in("11", "13805640009")
        for number in range(5):
            caller = await house.call_in("11", f"1380564001{number}")
            caller.hang_up()
            await asyncio.sleep(2)
        await asyncio.sleep(10)
        checkpoint = int(await house.bus.kv_get("control", "checkpoint") or b"0")
    [entry] = [entry for entry in await house.bus.journal_read("journal.>") if b"13805640009" in entry.data]
    assert checkpoint == entry.seq > 20
    async with house.control():
        assert len(house.call_rows()) == 1
        stays.hang_up()
        await asyncio.sleep(10)
        check_empty(house)
    assert len(await house.events(CallEnded)) == 11


async def test_the_checkpoint_waits_for_the_engine(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller = await house.call_in("12")
    house.asterisk.drop(refuse=True)
    async with house.control():
        await asyncio.sleep(60)
    house.asterisk.accept()
    async with house.control():
        await settle()
        assert (await house.events(EngineChanged))[-1].adopted == 1
        caller.hang_up()
        await asyncio.sleep(2)
    assert len(await house.events(CallArrived)) == len(await house.events(CallEnded)) == 1


async def test_a_journal_entry_that_nobody_can_read_stops_nothing(house: ExchangeHouse) -> None:
    async with house.control():
        caller = await house.call_in("11")
        await house.bus.journal_append("journal.call.x", b'{"type":"OfTheFuture"}', "x")
    async with house.control():
        assert len(house.call_rows()) == 1
        caller.hang_up()
        await asyncio.sleep(2)
        check_empty(house)
    # The laws at the end of the scenario read strictly.
    house.bus._entries = [entry for entry in house.bus._entries if b"OfTheFuture" not in entry.data]
