"""The whole story: two calls, two orders, two deliveries, and statements that add up."""

import asyncio
from collections.abc import Awaitable, Callable

from springline.business.bootstrap import SeededUser
from springline.contracts.events import AgentConnected
from springline.demo import water
from springline.demo.http import Person, Refused
from springline.demo.stage import SIMULATED_AGENT, CallWatch, Stage
from springline.demo.story import known_caller, new_caller, play
from springline.demo.water import Ordered, Tell, Told
from springline.telephony.simulator.play import CallReport
from springline.telephony.simulator.script import Caller

CALL_KNOWN_WITHIN = 5.0
AtDesk = Callable[[str], Awaitable[None]]
# Places one call and lets the agent work at the desk while they talk; the call's id when it is over.
PlaceCall = Callable[[Caller, AtDesk], Awaitable[str]]


async def tell_story(stage: Stage, place_call: PlaceCall, tell: Tell) -> None:
    """A known customer orders the same again and gets it; then somebody new. Raises Refused, TimeoutError."""
    async with Person(stage.settings, _agent(stage)) as agent:
        await _order_and_delivery(stage, agent, place_call, known_caller(), water.order_again, tell)
        await _order_and_delivery(stage, agent, place_call, new_caller(), water.first_order, tell)


async def _order_and_delivery(
    stage: Stage,
    agent: Person,
    place_call: PlaceCall,
    caller: Caller,
    order: Callable[[Person, str, Tell], Awaitable[Ordered]],
    tell: Tell,
) -> None:
    placed: list[Ordered] = []

    async def at_desk(call_id: str) -> None:
        await _projected(agent, call_id)
        placed.append(await order(agent, call_id, tell))

    call_id = await place_call(caller, at_desk)
    await _wrap_up(agent, call_id, tell)
    [ordered] = placed
    async with Person(stage.settings, _courier(stage, ordered.courier)) as courier:
        task = await water.deliver(courier, ordered.no, tell)
        await water.adds_up(agent, ordered, task, tell)
        await water.settle(courier, tell)


async def with_desk(stage: Stage, caller: Caller, watch: CallWatch, at_desk: AtDesk) -> CallReport:
    """Play the call, and do `at_desk` as soon as an agent has answered it."""

    async def desk() -> None:
        await watch.until(AgentConnected)
        assert watch.call_id is not None
        await at_desk(watch.call_id)

    working = asyncio.create_task(desk())
    try:
        report = await play(stage, caller, watch)
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return report


async def _projected(agent: Person, call_id: str) -> None:
    """Until the call is a row: the pop looks its number up there."""
    async with asyncio.timeout(CALL_KNOWN_WITHIN):
        while True:
            try:
                await agent.get(f"calls/{call_id}")
            except Refused:
                await asyncio.sleep(0.1)
            else:
                return


async def _wrap_up(agent: Person, call_id: str, tell: Tell) -> None:
    """What the desk preselects, confirmed; it also ends wrap-up."""
    guess = await agent.get(f"calls/{call_id}/guess")
    noted = {"intent": guess["intent"], "outcome": guess["outcome"]}
    await agent.post(f"calls/{call_id}/wrap-up", code="order", ready=True, **noted)
    tell(
        Told(
            zh="小结：订水，已下单（系统预选，一键确认）",
            en="Wrap-up: order, placed; preselected, one key",
            ok=noted == {"intent": "order", "outcome": "order_placed"},
        )
    )


def _agent(stage: Stage) -> SeededUser:
    return next(user for user in stage.seeded.users if user.agent == SIMULATED_AGENT)


def _courier(stage: Stage, name: str) -> SeededUser:
    return next(user for user in stage.seeded.users if user.name == name)
