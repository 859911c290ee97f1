"""Whom nobody can serve leaves a message (I1): the number by keys, the beep, and what is promised."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentState
from springline.contracts.config import ServiceHours, Span, SpecialDay
from springline.contracts.events import CallEnded, CallOutcome, CallQueued, HangupBy
from springline.contracts.live import CallPhase
from springline.contracts.routing import CallerFound, PlaceLevel
from springline.contracts.voicemail import (
    CallbackNumberGiven,
    MessageFinished,
    MessageOffered,
    MessageStarted,
)
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

CALLER, E164 = "13805640001", "+8613805640001"
OTHER, OTHER_E164 = "13905640002", "+8613905640002"
# Virtual time begins on Thursday 2026-01-01 at 08:00 in Shanghai.
ALL_DAY = ServiceHours(week=((Span(opens=0, closes=1440),),) * 7)
AFTERNOONS = ServiceHours(week=((Span(opens=840, closes=1200),),) * 7)


@pytest.fixture
async def busy(house: ExchangeHouse) -> AsyncIterator[ExchangeHouse]:
    """Nobody is there; after 30 s of waiting a message is offered."""
    house.config = config(flow="main.v2", hours=ALL_DAY, max_wait=30.0)
    async with house.control():
        yield house


async def offered(house: ExchangeHouse, caller: str = CALLER) -> FakeChannel:
    channel = await house.call_in("11", caller)
    await house.hears(channel, "busy.voicemail")
    return channel


async def recording(house: ExchangeHouse, channel: FakeChannel) -> None:
    await until(lambda: house.asterisk.live_recordings)
    assert house.heard(channel)[-2:] == ["vm.start", "beep"]


async def test_a_message_with_the_number_that_is_shown(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    assert busy.row_of(caller).phase is CallPhase.MESSAGE
    await busy.hears(caller, "vm.confirm")
    caller.press("1")
    await recording(busy, caller)
    await asyncio.sleep(12)
    caller.press("#")
    await busy.hears(caller, "vm.done")
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    [offer] = await busy.events(MessageOffered)
    [number] = await busy.events(CallbackNumberGiven)
    [begun], [finished] = await busy.events(MessageStarted), await busy.events(MessageFinished)
    assert (offer.reason, number.number, number.entered) == ("busy", E164, False)
    assert finished.path == begun.path
    assert finished.seconds == pytest.approx(12, abs=0.5)
    assert (busy.recordings / finished.path).stat().st_size == finished.size
    [ended] = await busy.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.MESSAGE)
    check_empty(busy)


@pytest.mark.parametrize("status", [404, 409])
async def test_the_engine_ends_the_message_before_it_is_asked_to(busy: ExchangeHouse, status: int) -> None:
    """It hears the same key: gone already, or no longer in session."""
    caller = await offered(busy)
    await busy.hears(caller, "vm.confirm")
    caller.press("1")
    await recording(busy, caller)
    [running] = busy.asterisk.live_recordings.values()
    await asyncio.sleep(5)
    busy.asterisk.fail_next("POST", "recordings/live/", status)
    caller.press("#")
    await settle()
    running.end(keep=True)
    await busy.hears(caller, "vm.done")
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    [ended] = await busy.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.MESSAGE)
    [finished] = await busy.events(MessageFinished)
    assert finished.seconds == pytest.approx(5, abs=0.5)
    check_empty(busy)


async def test_another_number_typed_and_read_back(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    caller.press(f"2{OTHER}#", between=0.3)
    await busy.hears(caller, "vm.readback.first.1")
    await busy.hears(caller, "vm.readback.confirm")
    said = busy.heard(caller)
    assert [s[-2:] for s in said if s.startswith("vm.readback.pair")] == ["39", "05", "64", "00", "02"]
    caller.press("1")
    await recording(busy, caller)
    [number] = await busy.events(CallbackNumberGiven)
    assert (number.number, number.entered) == (OTHER_E164, True)


async def test_a_mistyped_number_is_typed_again(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    caller.press("2139056#", between=0.3)
    await busy.hears(caller, "ivr.invalid")
    caller.press(f"{OTHER}#", between=0.3)
    await busy.hears(caller, "vm.readback.confirm")
    caller.press("2")
    await busy.hears(caller, "vm.asknumber")
    caller.press("05643210000#", between=0.3)
    await busy.hears(caller, "vm.readback.first.0")
    await busy.hears(caller, "vm.readback.confirm")
    caller.press("1")
    await recording(busy, caller)
    [number] = await busy.events(CallbackNumberGiven)
    assert number.number == "+865643210000"


@pytest.mark.parametrize("caller", ["anonymous", "", "10086"])
async def test_a_hidden_number_is_asked_for(busy: ExchangeHouse, caller: str) -> None:
    channel = await offered(busy, caller)
    await busy.hears(channel, "vm.asknumber")
    assert "vm.confirm" not in busy.heard(channel)
    channel.press(f"{OTHER}#", between=0.3)
    await busy.hears(channel, "vm.readback.confirm")
    channel.press("1")
    await recording(busy, channel)
    [number] = await busy.events(CallbackNumberGiven)
    assert number.number == OTHER_E164


async def test_whoever_presses_nothing_may_speak_all_the_same(busy: ExchangeHouse) -> None:
    channel = await offered(busy, "anonymous")
    await recording(busy, channel)
    assert busy.heard(channel).count("vm.asknumber") == 3
    await asyncio.sleep(5)
    channel.hang_up()
    await asyncio.sleep(1)
    assert await busy.events(CallbackNumberGiven) == []
    [ended] = await busy.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.MESSAGE)


async def test_after_90_seconds_it_ends(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    await recording(busy, caller)
    began = busy.asterisk.now
    await busy.hears(caller, "vm.toolong")
    assert busy.asterisk.now - began == pytest.approx(90, abs=1)
    await busy.hears(caller, "vm.done")


async def test_who_hangs_up_while_speaking_has_left_a_message(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    await recording(busy, caller)
    await asyncio.sleep(7)
    caller.hang_up()
    await asyncio.sleep(1)
    [finished] = await busy.events(MessageFinished)
    assert finished.seconds == pytest.approx(7, abs=0.5)
    assert (await busy.names())[-2:] == ["MessageFinished", "CallEnded"]


@pytest.mark.parametrize("at", ["busy.voicemail", "vm.confirm", "vm.start"])
async def test_who_hangs_up_before_the_beep_was_lost_while_waiting(busy: ExchangeHouse, at: str) -> None:
    caller = await busy.call_in("11")
    await busy.hears(caller, at)
    caller.hang_up()
    await asyncio.sleep(1)
    [ended] = await busy.events(CallEnded)
    assert ended.outcome is CallOutcome.ABANDONED_QUEUE
    assert await busy.events(MessageStarted) == []
    assert len(await busy.events(MessageOffered)) == 1
    check_empty(busy)


async def test_an_outsider_may_leave_one_too(busy: ExchangeHouse) -> None:
    """Pressed 2 after the prompt: nothing is promised that is not asked."""

    async def answer(_data: bytes) -> bytes:
        return codec.encode(CallerFound(level=PlaceLevel.OUTSIDE, city="合肥"))

    await busy.bus.respond(subjects.LOCATE_CALLER, answer)
    caller = busy.call(CALLER)
    await busy.hears(caller, "outarea.escape")
    caller.press("2")
    await busy.hears(caller, "vm.confirm")
    assert "busy.voicemail" not in busy.heard(caller)
    caller.press("1")
    await recording(busy, caller)
    [offer] = await busy.events(MessageOffered)
    assert offer.reason == "asked"
    assert await busy.events(CallQueued) == []


async def test_at_night_the_menus_are_closed_and_morning_is_promised(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", hours=AFTERNOONS)
    async with house.control():
        await house.work("1001")
        caller = house.call()
        await house.hears(caller, "vm.night")
        assert house.heard(caller) == ["welcome.night", "notice.record", "vm.night"]
        [offer] = await house.events(MessageOffered)
        assert offer.reason == "closed"


async def test_nothing_is_promised_that_the_calendar_does_not_keep(house: ExchangeHouse) -> None:
    """Ten minutes before closing nobody is called back in fifteen."""
    closing = ServiceHours(week=((Span(opens=0, closes=490),),) * 7)
    house.config = config(flow="main.v2", hours=closing, max_wait=30.0)
    async with house.control():
        caller = await house.call_in("11")
        await house.hears(caller, "vm.night")
        assert "busy.voicemail" not in house.heard(caller)


async def test_on_a_holiday_its_name_is_said(house: ExchangeHouse) -> None:
    day = {"2026-01-01": SpecialDay(holiday="new_year")}
    house.config = config(flow="main.v2", hours=ServiceHours(week=ALL_DAY.week, days=day))
    async with house.control():
        caller = house.call()
        await house.hears(caller, "ivr.main")
        assert house.heard(caller)[:3] == ["welcome.day", "holiday.today.new_year", "holiday.hours"]


async def test_nobody_signed_in_is_known_sooner(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", no_agent_wait=10.0)
    async with house.control():
        caller = await house.call_in("11")
        queued = house.asterisk.now
        await house.hears(caller, "busy.voicemail")
        assert house.asterisk.now - queued == pytest.approx(10, abs=0.5)


async def test_the_message_goes_on_over_a_restart(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", max_wait=30.0)
    async with house.control():
        caller = await offered(house)
        await house.hears(caller, "vm.confirm")
        caller.press("1")
        await recording(house, caller)
        await asyncio.sleep(3)
    async with house.control():
        await asyncio.sleep(3)
        caller.press("#")
        await house.hears(caller, "vm.done")
        await until(lambda: not caller.alive)
        await asyncio.sleep(1)
        check_empty(house)
    [finished] = await house.events(MessageFinished)
    assert finished.seconds > 6
    assert house.heard(caller).count("vm.start") == 1


async def test_a_message_that_ended_while_control_was_away(house: ExchangeHouse) -> None:
    house.config = config(flow="main.v2", max_wait=30.0)
    async with house.control():
        caller = await offered(house)
        await recording(house, caller)
        await asyncio.sleep(3)
    caller.hang_up()
    async with house.control():
        await asyncio.sleep(1)
        check_empty(house)
    [finished] = await house.events(MessageFinished)
    assert finished.seconds > 2
    [ended] = await house.events(CallEnded)
    assert ended.outcome is CallOutcome.MESSAGE


async def test_the_link_is_lost_while_the_caller_speaks(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    await recording(busy, caller)
    await asyncio.sleep(3)
    busy.asterisk.drop()
    await asyncio.sleep(3)
    caller.press("#")
    await busy.hears(caller, "vm.done")
    assert busy.heard(caller).count("vm.start") == 1
    assert len(await busy.events(MessageFinished)) == 1


async def test_an_agent_who_comes_while_a_message_is_taken_gets_no_offer(busy: ExchangeHouse) -> None:
    caller = await offered(busy)
    await busy.work("1001")
    await recording(busy, caller)
    assert busy.agent("1001").state is AgentState.READY


@pytest.mark.parametrize("seconds", [0, 5])
async def test_a_recorder_that_gives_up_is_no_message_kept(busy: ExchangeHouse, seconds: int) -> None:
    """Such as on a full disk: the engine ends it by itself, and the caller hears that it is lost."""
    caller = await offered(busy)
    await busy.hears(caller, "vm.confirm")
    caller.press("1")
    await recording(busy, caller)
    [running] = busy.asterisk.live_recordings.values()
    await asyncio.sleep(seconds)
    running.end(keep=True)
    await busy.hears(caller, "vm.lost")
    await until(lambda: not caller.alive)
    assert "vm.done" not in busy.heard(caller)
    [finished] = await busy.events(MessageFinished)
    assert not finished.kept
    assert finished.seconds == pytest.approx(seconds, abs=0.5)


async def test_the_longest_message_over_a_restart_is_kept(house: ExchangeHouse) -> None:
    """Whoever takes the call over has not heard for how long it ran."""
    house.config = config(flow="main.v2", max_wait=30.0)
    async with house.control():
        caller = await offered(house)
        await house.hears(caller, "vm.confirm")
        caller.press("1")
        await recording(house, caller)
        await asyncio.sleep(40)
    async with house.control():
        await house.hears(caller, "vm.toolong")
        await house.hears(caller, "vm.done")
        await until(lambda: not caller.alive)
    assert "vm.lost" not in house.heard(caller)
    [finished] = await house.events(MessageFinished)
    assert finished.kept
