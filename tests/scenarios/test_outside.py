"""A caller handed to somebody outside, over the trunk: at once or after a word, by rule and at a price."""

import asyncio

import msgspec
import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, ConsultWay, GoOnFromConsult, Transfer
from springline.contracts.events import CallEnded, CallOutcome, OfferEnded, OfferOutcome, RecordingStarted
from springline.contracts.handovers import OUTSIDE, CallTransferred, ConsultEnded, ConsultOutcome
from springline.contracts.live import CallPhase
from springline.telephony.ari.fake import Phone
from springline.telephony.ari.fake.channel import FakeChannel
from tests.scenarios.mobiles import RULES, SHOWN, mobile, with_mobile
from tests.scenarios.test_handing_over import code_of, together
from tests.support.exchange_house import ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

NUMBER = "+8613705640099"


@pytest.fixture
def trunk(house: ExchangeHouse) -> ExchangeHouse:
    house.config = with_mobile()
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=3.0)
    return house


async def talking(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel, str]:
    await house.work("1001")
    caller, leg = await house.talk_in("12")
    return caller, leg, next(iter(house.exchange._calls))


def give(call: str, number: str = NUMBER) -> Transfer:
    return Transfer(call_id=call, agent="1001", number=number)


def ask(call: str, number: str = NUMBER) -> Consult:
    return Consult(call_id=call, agent="1001", number=number)


def way(call: str, how: ConsultWay) -> GoOnFromConsult:
    return GoOnFromConsult(call_id=call, agent="1001", way=how)


async def ends(house: ExchangeHouse, caller: FakeChannel) -> CallEnded:
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(house)
    assert not house.asterisk.channels
    [ended] = await house.events(CallEnded)
    assert isinstance(ended, CallEnded)
    return ended


async def test_given_away_at_once(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        assert await code_of(trunk, give(call)) is None
        await until(lambda: not leg.alive and caller.moh is not None)
        await until(lambda: mobile(trunk))
        there = mobile(trunk)
        assert there is not None
        assert there.name.startswith("PJSIP/13705640099@trunk")
        assert there.caller.number == SHOWN
        await trunk.agent_is("1001", AgentState.WRAP_UP)
        await until(lambda: together(trunk, caller, there))
        assert caller.moh is None
        row = trunk.row_of(caller)
        assert row is not None
        assert (row.phase, row.agent) == (CallPhase.TALKING, OUTSIDE)
        [told] = await trunk.events(CallTransferred)
        assert (told.to_agent, told.number, told.attended) == (OUTSIDE, NUMBER, False)
        assert len(await trunk.events(RecordingStarted)) == 1, "nobody outside was told of a recording"
        await trunk.agent_is("1001", AgentState.READY)
        ended = await ends(trunk, caller)
        assert ended.outcome is CallOutcome.HANDLED


@pytest.mark.parametrize("how", ["silent", "busy"])
async def test_whom_nobody_outside_takes_is_back_in_the_queue(trunk: ExchangeHouse, how: str) -> None:
    silent, busy = Phone(answers_after=None), Phone(rejects_after=1.0, reject_cause=17)
    trunk.asterisk.phones["PJSIP/*@trunk"] = silent if how == "silent" else busy
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        await trunk.work("1003")
        await trunk.ask(give(call))
        await until(lambda: caller.bridge_id is None)
        await until(lambda: caller.bridge_id is not None, 90)
        await until(lambda: trunk.partner(caller).variables["SL_AGENT"] in ("1001", "1003"))
        outcomes = [o.outcome for o in await trunk.events(OfferEnded) if o.agent == OUTSIDE]
        assert outcomes == [OfferOutcome.NO_ANSWER if how == "silent" else OfferOutcome.REFUSED]
        await ends(trunk, caller)


async def test_the_caller_leaves_while_it_rings(trunk: ExchangeHouse) -> None:
    trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        await trunk.ask(give(call))
        await until(lambda: mobile(trunk))
        await ends(trunk, caller)


async def test_they_hang_up_and_so_the_call_ends(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        await trunk.ask(give(call))
        await until(lambda: together(trunk, caller, mobile(trunk)))
        there = mobile(trunk)
        assert there is not None
        there.hang_up()
        await until(lambda: not caller.alive)
        await asyncio.sleep(10)
        check_empty(trunk)


async def test_asked_first_then_given_away(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        assert await code_of(trunk, ask(call)) is None
        await until(lambda: mobile(trunk) is not None and together(trunk, leg, mobile(trunk)))
        there = mobile(trunk)
        assert caller.bridge_id is None
        await until(lambda: caller.moh is not None)
        await trunk.ask(way(call, ConsultWay.COMPLETE))
        await until(lambda: together(trunk, caller, there) and not leg.alive)
        [told] = await trunk.events(CallTransferred)
        assert (told.to_agent, told.number, told.attended) == (OUTSIDE, NUMBER, True)
        assert len(await trunk.events(RecordingStarted)) == 1
        await trunk.agent_is("1001", AgentState.READY)
        await ends(trunk, caller)


async def test_all_three_then_the_agent_leaves_them(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        await trunk.ask(ask(call))
        await until(lambda: mobile(trunk) is not None and together(trunk, leg, mobile(trunk)))
        there = mobile(trunk)
        await trunk.ask(way(call, ConsultWay.JOIN))
        await until(lambda: together(trunk, caller, leg, there))
        leg.hang_up()
        await until(lambda: not leg.alive and together(trunk, caller, there))
        assert len(await trunk.events(RecordingStarted)) == 2, "the first talk, and all three"
        await ends(trunk, caller)


async def test_asked_and_back_to_the_caller(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        await trunk.ask(ask(call))
        await until(lambda: mobile(trunk) is not None and together(trunk, leg, mobile(trunk)))
        there = mobile(trunk)
        assert there is not None
        await trunk.ask(way(call, ConsultWay.RETURN))
        await until(lambda: together(trunk, caller, leg) and not there.alive)
        [over] = await trunk.events(ConsultEnded)
        assert over.outcome is ConsultOutcome.RETURNED
        await ends(trunk, caller)


async def test_the_agent_hangs_up_before_they_answer(trunk: ExchangeHouse) -> None:
    """Nobody is left to say who calls: the caller is back in the queue."""
    trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        await trunk.ask(ask(call))
        await until(lambda: mobile(trunk))
        leg.hang_up()
        await until(lambda: mobile(trunk) is None)
        await until(lambda: caller.bridge_id is not None, 60)
        assert trunk.partner(caller).variables["SL_AGENT"] == "1001"
        await ends(trunk, caller)


@pytest.mark.parametrize("break_it", ["link", "control"])
@pytest.mark.parametrize("at", ["ringing", "talking", "asked"])
async def test_what_is_lost_meanwhile(trunk: ExchangeHouse, break_it: str, at: str) -> None:
    if at == "ringing":
        trunk.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None)
    async with trunk.control():
        caller, leg, call = await talking(trunk)
        await trunk.ask(ask(call) if at == "asked" else give(call))
        await until(lambda: mobile(trunk))
        if at == "talking":
            await until(lambda: together(trunk, caller, mobile(trunk)))
        if at == "asked":
            await until(lambda: together(trunk, leg, mobile(trunk)))
        there = mobile(trunk)
        assert there is not None
        await settle()
        if break_it == "link":
            trunk.asterisk.drop()
            await asyncio.sleep(5)
            await _after(trunk, caller, leg, there, at, call)
    if break_it == "control":
        async with trunk.control():
            await asyncio.sleep(5)
            await _after(trunk, caller, leg, there, at, call)


async def _after(
    house: ExchangeHouse, caller: FakeChannel, leg: FakeChannel, there: FakeChannel, at: str, call: str
) -> None:
    if at == "ringing":
        await until(lambda: caller.bridge_id is not None, 60)
        assert not there.alive
    elif at == "talking":
        assert together(house, caller, there)
    else:
        assert together(house, leg, there)
        await house.ask(way(call, ConsultWay.COMPLETE))
        await until(lambda: together(house, caller, there))
    await ends(house, caller)


async def test_denied_unless_a_rule_allows(trunk: ExchangeHouse) -> None:
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        for number in ("+8656432100", "+864000564000", "10086", ""):
            assert await code_of(trunk, give(call, number)) == "number_not_allowed"
            assert await code_of(trunk, ask(call, number)) == "number_not_allowed"
        await never(lambda: mobile(trunk), 2)
        assert caller.bridge_id is not None


async def test_it_counts_against_the_days_money(trunk: ExchangeHouse) -> None:
    trunk.config = with_mobile(msgspec.structs.replace(RULES, rate=30, daily_spend=60))
    async with trunk.control():
        caller, _leg, call = await talking(trunk)
        await trunk.ask(give(call))
        await until(lambda: together(trunk, caller, mobile(trunk)))
        await asyncio.sleep(61)
        caller.hang_up()
        await asyncio.sleep(5)
        _caller, _leg = await trunk.talk_in("12", "13805640002")
        second = next(iter(trunk.exchange._calls))
        assert await code_of(trunk, give(second)) == "spend_cap"
