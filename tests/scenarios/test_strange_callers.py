"""Calls to numbers that are not ours, and callers whose number is none."""

import asyncio

import pytest

from springline.contracts.events import CallArrived, CallEnded, CallerQuality, CallRejected
from tests.support.exchange_house import DID, ExchangeHouse, until
from tests.support.exchange_laws import check_empty


@pytest.mark.parametrize("dialled", ["4000564001", "", "110", "x" * 300])
async def test_a_number_that_is_not_ours(ready: ExchangeHouse, dialled: str) -> None:
    caller = ready.call(dialled=dialled)
    await until(lambda: not caller.alive)
    assert caller.cause == 1
    assert caller.heard == []
    [rejected] = await ready.events(CallRejected)
    assert (rejected.dialled, rejected.reason) == (dialled[:80], "unknown_number")
    assert await ready.events(CallArrived) == []
    await asyncio.sleep(1)
    check_empty(ready)


@pytest.mark.parametrize("written", ["+86{}", "86{}", "0086{}", "0{}"])
async def test_our_number_however_a_carrier_writes_it(ready: ExchangeHouse, written: str) -> None:
    dialled = written.format(DID)
    caller = ready.call(dialled=dialled)
    await ready.hears(caller, "ivr.main")
    [arrived] = await ready.events(CallArrived)
    assert (arrived.dialled, arrived.hotline) == (dialled, DID)
    caller.hang_up()


async def test_an_invite_that_comes_again_is_no_other_call(ready: ExchangeHouse) -> None:
    first = ready.asterisk.call("inbound", DID, protocol_id="one@sbc")
    await ready.hears(first, "ivr.main")
    fork = ready.asterisk.call("inbound", DID, protocol_id="one@sbc")
    await until(lambda: not fork.alive)
    first.hang_up()
    await until(lambda: ready.row_of(first) is None)
    replay = ready.asterisk.call("inbound", DID, protocol_id="one@sbc")
    await until(lambda: not replay.alive)
    assert (fork.cause, replay.cause, fork.heard, replay.heard) == (17, 17, [], [])
    other = ready.asterisk.call("inbound", DID, protocol_id="two@sbc")
    await ready.hears(other, "ivr.main")
    assert len(await ready.events(CallArrived)) == 2
    assert len(await ready.events(CallEnded)) == 1


@pytest.mark.parametrize(
    ("raw", "e164", "quality"),
    [
        ("13805640001", "+8613805640001", CallerQuality.REAL),
        ("", None, CallerQuality.ANONYMOUS),
        ("anonymous", None, CallerQuality.ANONYMOUS),
        ("12345678901234567890", None, CallerQuality.INVALID),
        ("sip:@@;;<>\"'", None, CallerQuality.ANONYMOUS),
        ("sip:no such user; drop@x", None, CallerQuality.INVALID),
        ("10086", None, CallerQuality.SHORT),
        ("3210000", "+865643210000", CallerQuality.REAL),
        ("七" * 200, None, CallerQuality.INVALID),
    ],
)
async def test_a_caller_of_any_number_is_served(
    ready: ExchangeHouse, raw: str, e164: str | None, quality: CallerQuality
) -> None:
    caller = await ready.call_in("11", raw)
    [arrived] = await ready.events(CallArrived)
    assert (arrived.caller, arrived.caller_quality, arrived.caller_raw) == (e164, quality, raw[:80])
    row = ready.row_of(caller)
    assert row is not None
    assert (row.caller, row.caller_raw) == (e164, raw[:80])
    await until(lambda: ready.agent_leg("1001"))
    leg = ready.agent_leg("1001")
    assert leg is not None
    assert leg.caller.number == (e164 or "anonymous"), "rubbish of a trunk must not reach the agent's device"
    await until(lambda: caller.bridge_id is not None)


async def test_before_any_config_calls_are_refused_politely(house: ExchangeHouse) -> None:
    async with house.control() as exchange:
        exchange.office.plan.by_did.clear()
        caller = house.call()
        await until(lambda: not caller.alive)
        [rejected] = await house.events(CallRejected)
        assert rejected.reason == "no_flow"
