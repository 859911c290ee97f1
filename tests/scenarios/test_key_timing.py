"""Keys too early, too fast and too late."""

import asyncio

from springline.contracts.events import CallQueued, KeyPressed, NoticePlayed, OfferEnded, OfferOutcome
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.virtual_time import settle


async def pressed(house: ExchangeHouse) -> list[tuple[str, str, bool]]:
    return [(event.node, event.key, event.accepted) for event in await house.events(KeyPressed)]


async def test_a_key_cuts_the_prompt_short(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    await asyncio.sleep(0.3)
    caller.press("1")
    await settle()
    assert ready.said_now(caller) == "ivr.order.region"
    [menu] = [one for one in caller.heard if one.media.endswith("ivr.main")]
    assert menu.ended is not None
    assert menu.ended - menu.began < 0.5


async def test_both_keys_at_once_go_through_both_menus(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("12", between=0.0)
    await ready.hears(caller, "route.transfer.huoshan")
    assert await pressed(ready) == [("main", "1", True), ("order_region", "2", True)]


async def test_keys_during_the_notice_wait_for_the_menu_and_do_not_cut_it(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "notice.record")
    caller.press("12", between=0.1)
    await ready.hears(caller, "route.transfer.huoshan")
    [notice] = [one for one in caller.heard if one.media.endswith("notice.record")]
    assert notice.ended == notice.began + 1.0
    assert "ivr.main" not in ready.heard(caller)
    [played] = await ready.events(NoticePlayed)
    assert played.prompt == "notice.record"


async def test_keys_during_the_welcome_skip_it_but_not_the_notice(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "welcome.day")
    caller.press("0")
    await settle()
    assert ready.said_now(caller) == "notice.record"
    await ready.hears(caller, "route.transfer.agent")
    assert ready.heard(caller)[:2] == ["welcome.day", "notice.record"]


async def test_a_third_key_is_late_and_harmless(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "notice.record")
    caller.press("129", between=0.1)
    await until(lambda: caller.bridge_id is not None)
    assert await pressed(ready) == [
        ("main", "1", True), ("order_region", "2", True), ("huoshan", "9", False),
    ]  # fmt: skip


async def test_keys_in_the_queue_are_told_and_change_nothing(house: ExchangeHouse, exchange: object) -> None:
    caller = await house.call_in("11")
    await until(lambda: caller.moh)
    caller.press("0#*")
    await asyncio.sleep(1)
    assert (await pressed(house))[2:] == [("city", key, False) for key in "0#*"]
    assert len(await house.events(CallQueued)) == 1
    assert caller.moh
    caller.hang_up()


async def test_keys_while_it_rings_are_told_and_change_nothing(ready: ExchangeHouse) -> None:
    caller = await ready.call_in("11")
    await until(lambda: ready.agent_leg("1001"))
    caller.press("0")
    await until(lambda: caller.bridge_id is not None)
    assert (await pressed(ready))[-1] == ("city", "0", False)
    assert [event.outcome for event in await ready.events(OfferEnded)] == [OfferOutcome.ANSWERED]


async def test_keys_during_the_talk_are_harmless(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in()
    caller.press("1234567890*#ABCD", between=0.01)
    await asyncio.sleep(1)
    assert caller.bridge_id == leg.bridge_id is not None
