"""One caller's way, from the INVITE to the hang-up."""

from springline.contracts.events import (
    CallEnded,
    CallOutcome,
    CallQueued,
    HangupBy,
)
from tests.support.exchange_house import ExchangeHouse, until


async def test_a_caller_presses_1_and_2_and_talks_to_the_agent_of_huoshan(ready: ExchangeHouse) -> None:
    caller = ready.call()
    await until(lambda: caller.heard and "ivr.main" in caller.heard[-1].media)
    caller.press("1")
    await until(lambda: "ivr.order.region" in caller.heard[-1].media)
    caller.press("2")
    await until(lambda: caller.bridge_id is not None)
    leg = ready.agent_leg("1001")
    assert leg is not None
    assert leg.bridge_id == caller.bridge_id
    caller.hang_up()
    await until(lambda: not ready.snapshot().rows or ready.agent_leg("1001") is None)
    assert await ready.names() == [
        "CallArrived", "CallAnswered", "CallerResolved", "NoticePlayed", "MenuEntered", "KeyPressed",
        "MenuEntered", "KeyPressed", "CallQueued", "AgentOffered", "OfferEnded", "AgentConnected",
        "RecordingStarted",
        "CallEnded",
    ]  # fmt: skip
    [queued] = await ready.events(CallQueued)
    assert (queued.queue, queued.intent, queued.region, queued.via) == ("huoshan", "订水", "341525", "key")
    [ended] = await ready.events(CallEnded)
    assert (ended.by, ended.outcome, ended.cause) == (HangupBy.CALLER, CallOutcome.HANDLED, 16)
    assert not ready.asterisk.bridges
