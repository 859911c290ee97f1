"""Words of the engine that never come: control looks by itself, and is right again after two looks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, PlaceCall, Supervise
from springline.contracts.events import AgentLost, CallArrived, CallEnded, OfferEnded, OfferOutcome
from springline.contracts.reconciling import DifferenceKind, DifferenceMended
from springline.contracts.supervision import SuperviseWay
from springline.telephony.acd import AgentDials, CallWaiting, OfferAccepted
from springline.telephony.ari.fake import Phone
from springline.telephony.control.reconciling import rest_after
from tests.scenarios.test_handing_over import talking, together
from tests.scenarios.test_outbound import CUSTOMER, RULES, with_rules
from tests.scenarios.test_ringing import why
from tests.support.exchange_house import DID, ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty
from tests.support.exchange_ways import Way, each_way
from tests.support.virtual_time import settle

ENDS = ("StasisEnd", "ChannelDestroyed", "ChannelHangupRequest")
PERIOD = 10.0
K = DifferenceKind


@contextmanager
def unheard(house: ExchangeHouse, *kinds: str) -> Iterator[None]:
    """Events of these kinds get lost on the way."""
    before = set(house.asterisk.disallowed)
    house.asterisk.disallowed |= set(kinds or ENDS)
    yield
    house.asterisk.disallowed = before


async def mended(house: ExchangeHouse) -> list[DifferenceKind]:
    return [event.kind for event in await house.events(DifferenceMended)]  # type: ignore[attr-defined]


async def two_periods() -> None:
    await asyncio.sleep(2 * PERIOD + 1)


@pytest.mark.parametrize(("took", "rest"), [(0.01, 10), (0.15, 15), (0.5, 50), (4.0, 60)])
def test_a_long_look_is_followed_by_a_longer_rest_but_not_by_minutes(took: float, rest: float) -> None:
    assert rest_after(took, PERIOD) == pytest.approx(rest)


@each_way
async def test_a_caller_who_left_unheard(ready: ExchangeHouse, way: Way) -> None:
    caller = await way(ready)
    with unheard(ready):
        caller.hang_up()
        await settle()
    await two_periods()
    assert ready.call_rows() == []
    assert len(await ready.events(CallEnded)) == 1
    await asyncio.sleep(6)
    check_empty(ready)
    assert set(await mended(ready)) <= {K.CALLER_GONE}
    assert ready.agent("1001").call_id is None


async def test_the_agent_of_a_caller_who_left_unheard_wraps_up(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in()
    with unheard(ready):
        caller.hang_up()
        await settle()
    await ready.agent_is("1001", AgentState.WRAP_UP, 2 * PERIOD)
    assert await mended(ready) == [K.CALLER_GONE]
    [event] = await ready.events(DifferenceMended)
    assert (event.agent, event.subject) == ("1001", caller.id)  # type: ignore[attr-defined]
    assert not leg.alive


async def test_an_agent_who_left_unheard_is_free_and_the_caller_is_served(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in()
    began = ready.asterisk.now
    with unheard(ready):
        leg.hang_up()
        await settle()
    await ready.work("1002")
    await until(lambda: ready.agent("1001").call_id is None, 2 * PERIOD)
    assert ready.asterisk.now - began > PERIOD, "not after one look"
    await until(lambda: caller.bridge_id is not None and ready.agent("1002").call_id is not None)
    assert [event.cause for event in await ready.events(AgentLost)] == [None]  # type: ignore[attr-defined]
    assert await mended(ready) == [K.LEG_GONE]
    found = await why(ready)
    assert (found.facts.mended, found.facts.mended_at) == (K.LEG_GONE, (await mended_at(ready)))
    assert found.facts.compared_at is not None
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


async def mended_at(house: ExchangeHouse) -> object:
    [event] = await house.events(DifferenceMended)
    return event.at


async def test_a_ringing_leg_that_ended_unheard(ready: ExchangeHouse) -> None:
    """The ring time alone would be 15 s; whatever is first, nobody is stuck."""
    ready.phone("1001", answers_after=None)
    caller = await ready.call_in()
    await until(lambda: ready.agent_leg("1001"))
    leg = ready.agent_leg("1001")
    assert leg is not None
    with unheard(ready):
        leg.hang_up()
        await settle()
    ready.phone("1001", answers_after=1.0)
    await until(lambda: caller.bridge_id is not None, 60)
    assert (await ready.events(OfferEnded))[-1].outcome is OfferOutcome.ANSWERED  # type: ignore[attr-defined]
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


async def test_a_caller_of_whose_arrival_no_word_came_is_taken_in(ready: ExchangeHouse) -> None:
    with unheard(ready, "StasisStart"):
        caller = ready.call()
        await settle()
    await never(lambda: caller.heard, PERIOD - 1)
    await ready.hears(caller, "welcome.day", 2 * PERIOD)
    assert len(await ready.events(CallArrived)) == 1
    assert await mended(ready) == [K.CALLER_UNKNOWN]
    caller.hang_up()
    await asyncio.sleep(5)
    check_empty(ready)


async def test_a_caller_whose_story_is_told_is_let_go(ready: ExchangeHouse) -> None:
    """The call was closed here; only the hang-up did not reach the engine."""
    caller = await ready.call_in()
    [call] = ready.exchange._calls.values()
    ready.asterisk.fail_next("DELETE", "channels/", 500)
    with unheard(ready):
        await call.end("system", 16)  # type: ignore[arg-type]
        next(task for task in ready.exchange._tasks if task.get_name().startswith("call ")).cancel()
        await settle()
    await until(lambda: not caller.alive, 2 * PERIOD + 1)
    await asyncio.sleep(5)
    check_empty(ready)


async def test_a_leg_that_nobody_looks_after(ready: ExchangeHouse) -> None:
    ari = ready.exchange.ari
    with unheard(ready, "StasisStart"):
        await ari.channels.originate_with_id(
            "agent-1001-0123456789ab",
            endpoint="PJSIP/agent-1001",
            app=ari.app,
            app_args="agent",
            variables={"SL_ROLE": "agent", "SL_CALL": "gone", "SL_AGENT": "1001"},
        )
        await asyncio.sleep(PERIOD - 1)
    leg = ready.agent_leg("1001")
    assert leg is not None
    await asyncio.sleep(2)
    assert leg.alive, "one look is not enough"
    await asyncio.sleep(PERIOD)
    assert not leg.alive
    assert await mended(ready) == [K.LEG_UNKNOWN]


async def test_a_bridge_that_nobody_looks_after(ready: ExchangeHouse) -> None:
    await ready.exchange.ari.bridges.create_with_id("call-gone", type="mixing")
    await two_periods()
    assert not ready.asterisk.bridges
    assert await mended(ready) == [K.BRIDGE_UNKNOWN]


async def test_what_the_dialplan_does_without_control_is_left_alone(ready: ExchangeHouse) -> None:
    """A caller who waits for control to come back, one whom the fallback joined to an agent, and the leg."""
    waits = ready.asterisk.new_channel("waits", "PJSIP/trunk-00000001", state="Ring")
    caller = ready.asterisk.new_channel("served", "PJSIP/trunk-00000002", state="Up")
    leg = ready.asterisk.new_channel("1234.5", "PJSIP/agent-1001-00000003", state="Up")
    waits.context, caller.context = "inbound", "fallback"
    await asyncio.sleep(6 * PERIOD)
    assert waits.alive
    assert caller.alive
    assert leg.alive
    assert await mended(ready) == []


@pytest.mark.parametrize("there", [False, True])
async def test_a_device_that_came_or_went_unheard(ready: ExchangeHouse, there: bool) -> None:
    if there:
        ready.register("1001", False)
        await ready.agent_is("1001", AgentState.UNREACHABLE)
    with unheard(ready, "ContactStatusChange", "EndpointStateChange"):
        ready.register("1001", there)
        await settle()
    await two_periods()
    assert ready.agent("1001").state is (AgentState.READY if there else AgentState.UNREACHABLE)
    assert await mended(ready) == [K.DEVICE]
    assert ready.exchange.office.reach.there("1001") == (("agent-1001",) if there else ())


async def test_an_endpoint_that_is_no_more(ready: ExchangeHouse) -> None:
    del ready.asterisk.phones["PJSIP/agent-1001"]
    await two_periods()
    assert ready.agent("1001").state is AgentState.UNREACHABLE


async def test_an_agent_held_by_a_call_that_is_not_there(ready: ExchangeHouse) -> None:
    switchboard = ready.exchange.switchboard
    switchboard.tell(CallWaiting("ghost", "city", 0.0))
    switchboard.tell(OfferAccepted("ghost", "1001"))
    assert ready.agent("1001").state is AgentState.TALKING
    await ready.agent_is("1001", AgentState.READY, 2 * PERIOD + 1)
    switchboard.tell(AgentDials("1001", "ghost2"))
    await ready.agent_is("1001", AgentState.READY, 2 * PERIOD + 1)
    assert await mended(ready) == [K.AGENT_HELD] * 2


async def test_an_agent_held_by_a_call_that_knows_nothing_of_it(ready: ExchangeHouse) -> None:
    """The call is asked first, to no avail, and harmed in nothing."""
    await ready.work("1002")
    ready.phone("1001", online=False)
    ready.register("1001", False)
    caller, leg = await ready.talk_in()
    call = ready.agent("1002").call_id
    ready.register("1001", True)
    await settle()
    ready.exchange.switchboard.tell(AgentDials("1001", f"{call}+1001"))
    await ready.agent_is("1001", AgentState.READY, 3 * PERIOD + 1)
    assert await mended(ready) == [K.AGENT_HELD] * 2
    assert together(ready, caller, leg)
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


async def test_a_colleague_who_was_asked_left_unheard(ready: ExchangeHouse) -> None:
    caller, leg, call = await talking(ready, "1002")
    await ready.ask(Consult(call_id=call, agent="1001", to_agent="1002"))
    await until(lambda: (other := ready.agent_leg("1002")) is not None and other.bridge_id is not None)
    other = ready.agent_leg("1002")
    assert other is not None
    with unheard(ready):
        other.hang_up()
        await settle()
    await until(lambda: together(ready, caller, leg), 2 * PERIOD + 2)
    assert ready.agent("1002").state is AgentState.READY
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


async def test_a_supervisor_who_left_unheard(ready: ExchangeHouse) -> None:
    caller, leg, call = await talking(ready, "1002")
    await ready.ask(Supervise(call_id=call, supervisor="1002", way=SuperviseWay.LISTEN))
    await until(lambda: ready.row_of(caller).supervisors)  # type: ignore[union-attr]
    supervisor = ready.agent_leg("1002")
    assert supervisor is not None
    with unheard(ready):
        supervisor.hang_up()
        await settle()
    await until(lambda: not ready.row_of(caller).supervisors, 2 * PERIOD)  # type: ignore[union-attr]
    await ready.agent_is("1002", AgentState.READY)
    assert together(ready, caller, leg)
    caller.hang_up()
    await asyncio.sleep(10)
    check_empty(ready)


@pytest.mark.parametrize("who", ["agent", "customer", "ringing"])
async def test_a_call_out_of_whose_end_no_word_came(house: ExchangeHouse, who: str) -> None:
    house.config = with_rules(RULES)
    house.asterisk.phones["PJSIP/*@trunk"] = Phone(answers_after=None if who == "ringing" else 3.0)
    async with house.control():
        await house.work("1001")
        await house.ask(PlaceCall(call_id="o", agent="1001", number=CUSTOMER, hotline=DID))
        await asyncio.sleep(15)
        assert await mended(house) == []
        leg = house.agent_leg("1001") if who == "agent" else house.asterisk.channels["out-o"]
        assert leg is not None
        with unheard(house):
            leg.hang_up()
            await settle()
        await until(lambda: house.agent("1001").call_id is None, 2 * PERIOD + 6)
        await asyncio.sleep(6)
        check_empty(house)
        assert len(await house.events(CallEnded)) == 1
