"""Faults of the program beside the calls: they are told of, counted, and end nothing else."""

import asyncio

import pytest
from structlog.testing import capture_logs

from springline.contracts.agents import AgentState
from springline.telephony.acd import Acd, AcdEvent, Decision, Tick
from springline.telephony.control import exchange as exchanges
from springline.telephony.control import reconciling, switchboard
from springline.telephony.control.reconciling import Reconciler
from tests.support.exchange_house import ExchangeHouse
from tests.support.virtual_time import settle


async def test_what_fails_beside_the_calls_is_told_and_counted(ready: ExchangeHouse) -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    before = exchanges.FAILED_TASKS._value.get()
    with capture_logs() as logs:
        ready.exchange.office.spawn("recording", fails())
        await settle()
    assert [(one["event"], one["task"]) for one in logs if one["log_level"] == "error"] == [
        ("task_failed", "recording")
    ]
    assert exchanges.FAILED_TASKS._value.get() == before + 1


async def test_the_queues_clock_goes_on_after_a_fault(
    ready: ExchangeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an agent after a call would stay in the wrap-up for ever."""
    faults, handle = [ZeroDivisionError(), ZeroDivisionError()], Acd.handle

    def fails(self: Acd, event: AcdEvent, now: float) -> tuple[Decision, ...]:
        if isinstance(event, Tick) and faults:
            raise faults.pop()
        return handle(self, event, now)

    caller, _ = await ready.talk_in("11")
    monkeypatch.setattr(Acd, "handle", fails)
    before = switchboard.FAILED_TICKS._value.get()
    caller.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)
    await ready.agent_is("1001", AgentState.READY)
    assert switchboard.FAILED_TICKS._value.get() == before + 2


async def test_a_comparison_that_fails_is_counted(
    ready: ExchangeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Reconciler) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Reconciler, "_look", fails)
    before = reconciling.FAILED._value.get()
    await asyncio.sleep(25)
    assert reconciling.FAILED._value.get() == before + 2
