"""Routing by where the water goes (H1, H2): who hears which menu, and that nobody waits for the records."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from springline.contracts import codec, subjects
from springline.contracts.events import CallEnded, CallerResolved, CallOutcome, CallQueued, HangupBy
from springline.contracts.routing import BUDGET_SECONDS, CallerFound, Certainty, LocateCaller, PlaceLevel
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, config, until
from tests.support.exchange_laws import check_empty

HUOSHAN = CallerFound(
    level=PlaceLevel.COUNTY, region="341525", source="address", certainty=Certainty.HIGH, known=True
)
HEFEI = CallerFound(level=PlaceLevel.OUTSIDE, city="合肥", source="prefix", certainty=Certainty.MEDIUM)
LUAN = CallerFound(level=PlaceLevel.CITY, city="六安市", source="prefix", certainty=Certainty.LOW)


class Records:
    """The business floor, as far as control knows it. `takes`: seconds for an answer."""

    def __init__(self) -> None:
        self.found = CallerFound()
        self.takes = 0.0
        self.asked: list[LocateCaller] = []

    async def answer(self, data: bytes) -> bytes:
        self.asked.append(codec.decode(data, LocateCaller))
        await asyncio.sleep(self.takes)
        return codec.encode(self.found)


@pytest.fixture
async def records(house: ExchangeHouse) -> AsyncIterator[Records]:
    records = Records()
    await house.bus.respond(subjects.LOCATE_CALLER, records.answer)
    house.config = config(flow="main.v2")
    async with house.control():
        await house.work("1003")
        yield records


async def order(house: ExchangeHouse, caller: str = "13805640001") -> FakeChannel:
    channel = house.call(caller)
    await house.hears(channel, "ivr.main")
    channel.press("1")
    return channel


async def test_a_known_county_skips_the_second_menu(house: ExchangeHouse, records: Records) -> None:
    records.found = HUOSHAN
    caller = await order(house)
    await until(lambda: caller.bridge_id is not None)
    assert "ivr.order.region" not in house.heard(caller)
    assert "route.known.huoshan" in house.heard(caller)
    [queued] = await house.events(CallQueued)
    assert (queued.queue, queued.region, queued.intent, queued.via) == ("huoshan", "341525", "订水", "region")
    row = house.row_of(caller)
    assert (row.region, row.region_source, row.known) == ("341525", "address", True)
    [resolved] = await house.events(CallerResolved)
    assert (resolved.level, resolved.source, resolved.certainty) == ("county", "address", "high")


@pytest.mark.parametrize(
    "found",
    [
        CallerFound(),
        LUAN,
        CallerFound(level=PlaceLevel.COUNTY, region="341525", source="menu", certainty=Certainty.MEDIUM),
    ],
    ids=["unknown", "city", "county-perhaps"],
)
async def test_whoever_is_not_certain_hears_the_second_menu(
    house: ExchangeHouse, records: Records, found: CallerFound
) -> None:
    records.found = found
    caller = await order(house)
    await house.hears(caller, "ivr.order.region")
    assert "outarea" not in house.heard(caller)


async def test_a_county_without_agents_of_its_own_goes_to_the_other_queue(
    house: ExchangeHouse, records: Records
) -> None:
    records.found = CallerFound(
        level=PlaceLevel.COUNTY, region="341524", source="tag", certainty=Certainty.HIGH
    )
    caller = await order(house)
    await house.hears(caller, "route.known.jinzhai")
    [queued] = await house.events(CallQueued)
    assert (queued.queue, queued.region) == ("other", "341524")


async def test_a_stranger_of_another_city_is_told_and_let_go(house: ExchangeHouse, records: Records) -> None:
    records.found = HEFEI
    caller = house.call("13905511234")
    await until(lambda: not caller.alive, 60)
    heard = house.heard(caller)
    assert heard[heard.index("notice.record") + 1 :] == ["outarea", "outarea.escape", "outarea.bye"]
    await asyncio.sleep(1)
    [ended] = await house.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, CallOutcome.OUT_OF_AREA)
    check_empty(house)


async def test_a_stranger_who_hangs_up_there_was_out_of_area_too(
    house: ExchangeHouse, records: Records
) -> None:
    records.found = HEFEI
    caller = house.call("13905511234")
    await house.hears(caller, "outarea.escape")
    caller.hang_up()
    await asyncio.sleep(1)
    [ended] = await house.events(CallEnded)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.OUT_OF_AREA)


async def test_a_stranger_whose_water_goes_here_presses_1(house: ExchangeHouse, records: Records) -> None:
    records.found = HEFEI
    caller = house.call("13905511234")
    await house.hears(caller, "outarea")
    caller.press("1")
    await house.hears(caller, "ivr.main")
    caller.press("1")
    await house.hears(caller, "ivr.order.region")
    caller.hang_up()
    await asyncio.sleep(1)
    [ended] = await house.events(CallEnded)
    assert ended.outcome is CallOutcome.ABANDONED_MENU


async def test_0_reaches_a_person_from_there_too(house: ExchangeHouse, records: Records) -> None:
    records.found = HEFEI
    caller = house.call("13905511234")
    await house.hears(caller, "outarea.escape")
    caller.press("0")
    await until(lambda: caller.bridge_id is not None)
    assert [event.queue for event in await house.events(CallQueued)] == ["pool"]


@pytest.mark.parametrize("caller", ["", "anonymous", "10086"])
async def test_a_hidden_number_never_hears_it_whatever_the_records_say(
    house: ExchangeHouse, records: Records, caller: str
) -> None:
    records.found = HEFEI
    channel = house.call(caller)
    await house.hears(channel, "ivr.main")
    assert "outarea" not in house.heard(channel)


async def test_a_customer_never_hears_it_whatever_the_records_say(
    house: ExchangeHouse, records: Records
) -> None:
    records.found = CallerFound(level=PlaceLevel.OUTSIDE, city="合肥", known=True)
    channel = house.call("13905511234")
    await house.hears(channel, "ivr.main")
    assert "outarea" not in house.heard(channel)


@pytest.mark.parametrize("takes", [0.0, BUDGET_SECONDS * 0.9, BUDGET_SECONDS * 1.1, 3600.0])
async def test_nobody_waits_for_the_records(house: ExchangeHouse, records: Records, takes: float) -> None:
    records.found, records.takes = HUOSHAN, takes
    called = house.asterisk.now
    caller = house.call()
    await house.hears(caller, "welcome.day")
    assert house.asterisk.now - called < 0.1 + BUDGET_SECONDS
    [resolved] = await house.events(CallerResolved)
    late = takes > BUDGET_SECONDS
    assert (resolved.level, resolved.source) == (("unknown", "late") if late else ("county", "address"))


async def test_a_call_that_goes_on_after_a_restart_knows_its_caller(house: ExchangeHouse) -> None:
    records = Records()
    records.found = HUOSHAN
    await house.bus.respond(subjects.LOCATE_CALLER, records.answer)
    house.config = config(flow="main.v2")
    async with house.control():
        caller = house.call()
        await house.hears(caller, "ivr.main")
    async with house.control():
        await house.work("1003")
        caller.press("1")
        await until(lambda: caller.bridge_id is not None)
    assert len(records.asked) == len(await house.events(CallerResolved)) == 1
    assert "route.known.huoshan" in house.heard(caller)
