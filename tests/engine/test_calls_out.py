"""A real call back: the agent's phone first, then the customer's, who sees the call-back number."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from springline.contracts import subjects
from springline.contracts.agents import AgentState
from springline.contracts.commands import AnyReply, Done, PlaceCall
from springline.contracts.events import AgentConnected, CallEnded, CallOutcome, CallPlaced, RecordingFinished
from springline.telephony.simulator import AgentPlan
from springline.telephony.simulator.tones import samples_of, share
from tests.support.call_house import AGENT_HZ, CALLER_HZ, CallHouse, call_house
from tests.support.house_plan import HOTLINE, OUTBOUND
from tests.support.until import until, until_true

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    async with call_house(tmp_path_factory.mktemp("house") / "home") as house:
        # The carrier came after the engine, which asks again every ten seconds.
        await until_true(house.trunk_answers, 30)
        yield house


async def place(house: CallHouse, call_id: str) -> object:
    command = PlaceCall(
        call_id=call_id, agent="1001", number="+8613805640099", hotline=HOTLINE, first_call="first"
    )
    return await house.bus.request(subjects.CONTROL_COMMANDS, command, AnyReply)


def told(house: CallHouse, call_id: str, kind: type) -> list:  # type: ignore[type-arg]
    return [e for e in house.journal if isinstance(e, kind) and e.call_id == call_id]


async def test_the_customer_is_called_and_sees_the_call_back_number(house: CallHouse) -> None:
    [phone] = await house.on_duty("1001")
    subscriber = house.carrier.subscriber
    subscriber.plan = AgentPlan(answer_after=0.5, tone=CALLER_HZ)
    assert await place(house, "back1") == Done()
    await until(lambda: told(house, "back1", AgentConnected), 20)
    [called] = subscriber.calls
    assert (called.shown, called.called) == (OUTBOUND.callback_number, "13805640099")
    assert not called.shown.removeprefix("0").startswith(("400", "800"))
    assert phone.calls[-1].shown == "+8613805640099"
    await called.handset.hears(AGENT_HZ, within=10)
    await phone.calls[-1].handset.hears(CALLER_HZ, within=10)
    await called.handset.hang_up()
    await until(lambda: told(house, "back1", RecordingFinished), 20)
    [ended] = told(house, "back1", CallEnded)
    [finished] = told(house, "back1", RecordingFinished)
    assert ended.outcome is CallOutcome.HANDLED
    assert told(house, "back1", CallPlaced)[0].first_call == "first"
    samples = samples_of(house.recording(finished.path).read_bytes(), 2)
    assert len(samples) > 4000
    assert share(samples, 8000, CALLER_HZ, 0) > 0.6
    assert share(samples, 8000, AGENT_HZ, 1) > 0.6
    await house.empty()


async def test_a_busy_customer(house: CallHouse) -> None:
    await house.on_duty("1001")
    house.carrier.subscriber.plan = AgentPlan(reject=True)
    assert await place(house, "back2") == Done()
    await until(lambda: told(house, "back2", CallEnded), 20)
    [ended] = told(house, "back2", CallEnded)
    assert (ended.outcome, ended.cause) == (CallOutcome.NOT_REACHED, 17)
    await house.agent_is("1001", AgentState.READY)
    await house.empty()
