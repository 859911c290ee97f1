"""Wrong keys, silence and broken prompts never lose a caller (requirements D1)."""

import pytest

from springline.contracts.events import CallQueued, InputMissed, KeyPressed
from tests.support.exchange_house import ExchangeHouse, until


@pytest.mark.parametrize("key", ["5", "9", "#", "A", "D"])
async def test_after_a_wrong_key_the_menu_comes_again(ready: ExchangeHouse, key: str) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press(key)
    await ready.hears(caller, "ivr.invalid")
    await ready.hears(caller, "ivr.main")
    caller.press("2")
    await ready.hears(caller, "route.transfer.agent")
    pressed = [(event.key, event.accepted) for event in await ready.events(KeyPressed)]
    assert pressed == [(key, False), ("2", True)]
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.via) == ("aftersale", "key")


async def test_after_silence_the_menu_comes_again(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.repeat")
    asked = ready.asterisk.now
    await ready.hears(caller, "ivr.noinput")
    assert ready.asterisk.now - asked == pytest.approx(1.0 + 6.0, abs=0.2)
    await ready.hears(caller, "ivr.main")
    caller.press("1")
    await ready.hears(caller, "ivr.order.region")
    assert [event.node for event in await ready.events(InputMissed)] == ["main"]


@pytest.mark.parametrize("keys", ["55", "5-", "-5", "--"])
async def test_two_failures_lead_to_a_person(ready: ExchangeHouse, keys: str) -> None:
    caller = ready.call()
    for nth, key in enumerate(keys, start=1):
        await until(lambda nth=nth: ready.heard(caller).count("ivr.main") == nth)
        if key != "-":
            caller.press(key)
    await ready.hears(caller, "route.transfer.agent")
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.via, queued.intent) == ("pool", "retries", None)


async def test_two_failures_in_the_second_menu_keep_the_intent(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("1")
    for _ in range(2):
        await ready.hears(caller, "ivr.order.region")
        caller.press("9")
    await ready.hears(caller, "route.transfer.agent")
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.via, queued.intent) == ("pool", "retries", "订水")


@pytest.mark.parametrize(
    ("missing", "hint"),
    [
        ("welcome.day", "ivr.main"),
        ("ivr.main", "ivr.noinput"),
        ("ivr.repeat", "ivr.noinput"),
        ("route.transfer.urban", "ivr.main"),
    ],
)
async def test_a_missing_prompt_does_not_hang_the_call(ready: ExchangeHouse, missing: str, hint: str) -> None:
    ready.asterisk.durations[f"sound:/prompts/{missing}"] = None
    caller = ready.call()
    await ready.hears(caller, hint)
    caller.press("1")
    await ready.hears(caller, "ivr.order.region")
    caller.press("1")
    await until(lambda: caller.bridge_id is not None)


async def test_without_its_prompt_the_second_menu_still_takes_a_key(ready: ExchangeHouse) -> None:
    ready.asterisk.durations["sound:/prompts/ivr.order.region"] = None
    caller = ready.call()
    await ready.hears(caller, "ivr.main")
    caller.press("12", between=2.0)
    await ready.hears(caller, "route.transfer.huoshan")
