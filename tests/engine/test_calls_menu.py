"""Real calls through the menus: which keys lead where, and what a careless caller is told."""

from __future__ import annotations

import asyncio

import pytest

from springline.contracts.events import (
    AgentConnected,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOutcome,
    CallQueued,
    CallRejected,
    HangupBy,
    InputMissed,
    KeyPressed,
    MenuEntered,
    NoticePlayed,
    RecordingStarted,
)
from springline.telephony.simulator import Handset
from tests.support.call_house import CallHouse
from tests.support.house_plan import HOTLINE, prompt_hz
from tests.support.trail import Trail, leave

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


async def dial(house: CallHouse) -> tuple[Handset, Trail]:
    """A caller who is through the notice and hears the first menu."""
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    trail = house.trail(number)
    await trail.first(MenuEntered)
    return handset, trail


async def queue_of_keys(house: CallHouse, *keys: str) -> CallQueued:
    handset, trail = await dial(house)
    for count, key in enumerate(keys, start=1):
        await handset.press(key)
        await trail.first(KeyPressed, count=count)
    queued = await trail.first(CallQueued)
    ended = await leave(handset, trail)
    assert (ended.by, ended.outcome) == (HangupBy.CALLER, CallOutcome.ABANDONED_QUEUE)
    return queued


async def test_every_key_leads_to_its_queue(house: CallHouse) -> None:
    """D1 and D2; all at once, as callers come."""
    await house.on_duty()
    expected = {
        ("1", "1"): ("city", "订水", "341502+341503"),
        ("1", "2"): ("huoshan", "订水", "341525"),
        ("1", "3"): ("shucheng", "订水", "341523"),
        ("1", "4"): ("other", "订水", None),
        ("1", "0"): ("pool", "订水", None),
        ("2",): ("aftersale", "售后", None),
        ("3",): ("enterprise", "企业团购", None),
        ("4",): ("complaint", "投诉建议", None),
        ("0",): ("pool", "人工", None),
    }
    queued = await asyncio.gather(*(queue_of_keys(house, *keys) for keys in expected))
    found = {keys: (q.queue, q.intent, q.region) for keys, q in zip(expected, queued, strict=True)}
    assert found == expected
    assert {q.via for q in queued} == {"key"}
    await house.empty()


async def test_the_caller_hears_welcome_notice_and_menus_in_this_order(house: CallHouse) -> None:
    await house.on_duty()
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    trail = house.trail(number)
    for prompt in ("welcome.day", "notice.record", "ivr.main"):
        await handset.hears(prompt_hz(prompt), within=5, seconds=0.1)
    await handset.press("1")
    await handset.hears(prompt_hz("ivr.order.region"), within=5, seconds=0.1)
    await handset.press("2")
    await handset.hears(prompt_hz("route.transfer.huoshan"), within=5, seconds=0.1)
    ended = await leave(handset, trail)
    names = [type(event).__name__ for event in trail.events]
    assert names == [
        "CallArrived", "CallAnswered", "CallerResolved", "NoticePlayed", "MenuEntered", "KeyPressed",
        "MenuEntered", "KeyPressed", "CallQueued", "CallEnded",
    ]  # fmt: skip
    assert ended.talk_seconds == 0
    assert not trail.all(RecordingStarted)


async def test_wrong_keys_and_silence_lead_to_a_person(house: CallHouse) -> None:
    await house.on_duty()
    wrong, wrong_trail = await dial(house)
    silent, silent_trail = await dial(house)
    await wrong.press("9")
    await wrong_trail.first(KeyPressed)
    await wrong.press("7")
    queued = await wrong_trail.first(CallQueued)
    assert (queued.queue, queued.via) == ("pool", "retries")
    assert [press.accepted for press in wrong_trail.all(KeyPressed)] == [False, False]
    queued = await silent_trail.first(CallQueued)
    assert (queued.queue, queued.via) == ("pool", "retries")
    assert len(silent_trail.all(InputMissed)) == 2
    await asyncio.gather(leave(wrong, wrong_trail), leave(silent, silent_trail))


async def test_star_repeats_and_hash_goes_back(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await dial(house)
    await handset.press("*")
    await trail.first(KeyPressed)
    await handset.press("1")
    await trail.first(KeyPressed, count=2)
    await handset.press("#")
    await trail.first(KeyPressed, count=3)
    await handset.press("2")
    queued = await trail.first(CallQueued)
    assert (queued.queue, queued.intent) == ("aftersale", "售后")
    assert all(press.accepted for press in trail.all(KeyPressed))
    await leave(handset, trail)


async def test_keys_during_the_prompt_and_too_fast_are_not_lost(house: CallHouse) -> None:
    """Both keys pressed within 0.2 s, the first of them while the welcome is still being said."""
    await house.on_duty()
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    await handset.press("13", hold=0.06, gap=0.05)
    trail = house.trail(number)
    queued = await trail.first(CallQueued)
    assert (queued.queue, queued.via) == ("shucheng", "key")
    await leave(handset, trail)


async def test_our_number_written_in_full_with_more_behind_it(house: CallHouse) -> None:
    handset = await house.carrier.dial(number := house.new_number(), f"+86{HOTLINE};npdi")
    await handset.answered()
    trail = house.trail(number)
    await trail.first(MenuEntered)
    await leave(handset, trail)


async def test_letters_are_wrong_keys_and_keys_in_the_queue_are_only_noted(house: CallHouse) -> None:
    await house.on_duty()
    handset, trail = await dial(house)
    await handset.press("A")
    assert not (await trail.first(KeyPressed)).accepted
    await handset.press("0")
    await trail.first(CallQueued)
    await handset.press("5")
    late = await trail.first(KeyPressed, count=3)
    assert (late.key, late.accepted, late.node) == ("5", False, "pool")
    assert len(trail.all(CallQueued)) == 1
    await leave(handset, trail)


async def test_hanging_up_in_every_state_before_an_agent(house: CallHouse) -> None:
    await house.on_duty()
    number = house.new_number()
    early = await house.carrier.dial(number, HOTLINE)
    await early.hang_up()
    await early.gone()
    welcome = await house.carrier.dial(in_welcome := house.new_number(), HOTLINE)
    await welcome.answered()
    await house.trail(in_welcome).first(CallAnswered)
    assert (await leave(welcome, house.trail(in_welcome))).outcome is CallOutcome.ABANDONED_MENU
    assert not house.trail(in_welcome).all(NoticePlayed)
    menu, trail = await dial(house)
    assert (await leave(menu, trail)).outcome is CallOutcome.ABANDONED_MENU
    region, trail = await dial(house)
    await region.press("1")
    await trail.first(MenuEntered, count=2)
    assert (await leave(region, trail)).outcome is CallOutcome.ABANDONED_MENU
    waiting, trail = await dial(house)
    await waiting.press("12")
    await trail.first(CallQueued)
    ended = await leave(waiting, trail)
    assert (ended.by, ended.outcome, ended.cause) == (HangupBy.CALLER, CallOutcome.ABANDONED_QUEUE, 16)
    await house.empty()
    open_calls = {e.call_id for e in house.journal if isinstance(e, CallArrived)}
    open_calls -= {e.call_id for e in house.journal if isinstance(e, CallEnded)}
    assert not open_calls
    assert not [row for row in (await house.snapshot()).rows if row.__struct_config__.tag == "call"]


@pytest.mark.parametrize(
    ("number", "raw", "quality", "e164"),
    [
        ("13805649999", "13805649999", "real", "+8613805649999"),
        ("anonymous", "anonymous", "anonymous", None),
        ("", "anonymous", "anonymous", None),
        ("12345678901234567890", "12345678901234567890", "invalid", None),
        ("+x%!?&=~", None, "invalid", None),
    ],
)
async def test_whatever_the_trunk_sends_as_the_caller(
    house: CallHouse, number: str, raw: str | None, quality: str, e164: str | None
) -> None:
    await house.on_duty()
    before = len(house.journal)
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    await handset.press("0")

    def mine() -> list[CallArrived]:
        return [e for e in house.journal[before:] if isinstance(e, CallArrived)]

    await handset.hears(prompt_hz("route.transfer.agent"), within=10, seconds=0.1)
    (arrived,) = mine()
    assert (arrived.caller_quality, arrived.caller) == (quality, e164)
    assert raw is None or arrived.caller_raw == raw
    await handset.hang_up()
    await handset.gone()
    await handset.close()
    await house.empty()


async def test_an_unknown_number_is_refused(house: CallHouse) -> None:
    number = house.new_number()
    handset = await house.carrier.dial(number, "4009999999")
    await handset.gone()
    assert (handset.sip_status, handset.answered_at) == (404, None)
    rejected = await house.trail(number).first(CallRejected)
    assert (rejected.dialled, rejected.reason) == ("4009999999", "unknown_number")
    assert not house.trail(number).all(AgentConnected)
