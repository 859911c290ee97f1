"""Every key of both menus (requirements D1, D2, D4)."""

import pytest

from springline.contracts.events import CallQueued, KeyPressed, MenuEntered
from tests.support.exchange_house import ExchangeHouse
from tests.support.virtual_time import settle


@pytest.mark.parametrize(
    ("keys", "queue", "intent", "region", "prompt"),
    [
        ("11", "city", "订水", "341502+341503", "route.transfer.urban"),
        ("12", "huoshan", "订水", "341525", "route.transfer.huoshan"),
        ("13", "shucheng", "订水", "341523", "route.transfer.shucheng"),
        ("14", "other", "订水", None, "route.transfer.other"),
        ("10", "pool", "订水", None, "route.transfer.agent"),
        ("2", "aftersale", "售后", None, "route.transfer.agent"),
        ("3", "enterprise", "企业团购", None, "route.transfer.agent"),
        ("4", "complaint", "投诉建议", None, "route.transfer.agent"),
        ("0", "pool", "人工", None, "route.transfer.agent"),
    ],
)
async def test_a_key_leads_to_its_queue(
    ready: ExchangeHouse, keys: str, queue: str, intent: str, region: str | None, prompt: str
) -> None:
    caller = await ready.call_in(keys)
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.intent, queued.region, queued.via) == (queue, intent, region, "key")
    assert [key.key for key in await ready.events(KeyPressed) if key.accepted] == list(keys)
    await ready.hears(caller, prompt)
    row = ready.row_of(caller)
    assert row is not None
    assert (row.queue, row.intent, row.region) == (queue, intent, region)


async def test_the_star_says_the_menu_again(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("*")
    await settle()
    assert ready.heard(caller)[-2:] == ["ivr.main", "ivr.main"]
    assert len(await ready.events(MenuEntered)) == 1
    await ready.hears(caller, "ivr.repeat")


async def test_the_hash_of_the_second_menu_goes_back_to_the_first(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("1")
    await ready.hears(caller, "ivr.order.region")
    caller.press("#")
    await ready.hears(caller, "ivr.main")
    caller.press("3")
    await ready.hears(caller, "route.transfer.agent")
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.intent, queued.region) == ("enterprise", "企业团购", None)
    assert [event.node for event in await ready.events(MenuEntered)] == ["main", "order_region", "main"]
