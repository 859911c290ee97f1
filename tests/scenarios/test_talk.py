"""Hold, wrap-up, hang-up by command, and what an agent may ask for in which state."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import (
    Done,
    GetSnapshot,
    HangUp,
    Refused,
    SetPaused,
    SetReady,
    SignIn,
    SignOut,
    Snapshot,
)
from springline.contracts.events import CallEnded, CallHeld, CallOutcome, CallUnheld, HangupBy
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.virtual_time import settle


async def code_of(house: ExchangeHouse, command: object) -> str | None:
    reply = await house.ask(command)  # type: ignore[arg-type]
    assert isinstance(reply, Done | Refused)
    return reply.code if isinstance(reply, Refused) else None


async def test_hold_is_told_once(ready: ExchangeHouse) -> None:
    caller, leg = await ready.talk_in()
    for kind, held in (
        (ChannelHold, True),
        (ChannelHold, True),
        (ChannelUnhold, False),
        (ChannelUnhold, False),
    ):
        ready.asterisk.emit(kind, leg)
        await settle()
        row = ready.row_of(caller)
        assert row is not None
        assert row.held is held
    assert len(await ready.events(CallHeld)) == len(await ready.events(CallUnheld)) == 1


async def test_wrap_up_ends_by_itself(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in()
    caller.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)
    began = ready.asterisk.now
    await ready.agent_is("1001", AgentState.READY)
    assert ready.asterisk.now - began == pytest.approx(5.0, abs=0.2)


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (SetReady(agent="1001"), AgentState.READY),
        (SetPaused(agent="1001", reason="meal"), AgentState.PAUSED),
        (SignOut(agent="1001"), AgentState.OFFLINE),
    ],
)
async def test_wrap_up_ends_by_command(ready: ExchangeHouse, command: object, state: AgentState) -> None:
    caller, _ = await ready.talk_in()
    caller.hang_up()
    await ready.agent_is("1001", AgentState.WRAP_UP)
    assert await code_of(ready, command) is None
    assert ready.agent("1001").state is state


async def test_commands_while_ringing(ready: ExchangeHouse) -> None:
    ready.phone("1001", answers_after=None)
    await ready.call_in()
    await ready.agent_is("1001", AgentState.RINGING)
    assert await code_of(ready, SignOut(agent="1001")) == "busy"
    assert await code_of(ready, SetPaused(agent="1001", reason="meal")) is None
    row = ready.agent("1001")
    assert (row.state, row.pause_after) == (AgentState.RINGING, "meal")
    leg = ready.agent_leg("1001")
    assert leg is not None
    leg.pick_up()
    await ready.agent_is("1001", AgentState.TALKING)
    leg.hang_up()
    await ready.agent_is("1001", AgentState.PAUSED)
    assert ready.agent("1001").reason == "meal"


async def test_commands_while_talking(ready: ExchangeHouse) -> None:
    caller, _ = await ready.talk_in()
    assert await code_of(ready, SignOut(agent="1001")) == "busy"
    assert await code_of(ready, SetPaused(agent="1001", reason="meal")) is None
    assert ready.agent("1001").pause_after == "meal"
    assert await code_of(ready, SetReady(agent="1001")) is None
    assert ready.agent("1001").pause_after is None
    assert ready.agent("1001").state is AgentState.TALKING
    assert caller.bridge_id is not None


async def test_commands_of_who_is_not_there(ready: ExchangeHouse) -> None:
    for command in (SetReady(agent="1002"), SetPaused(agent="1002", reason="x")):
        assert await code_of(ready, command) == "not_signed_in"
    assert await code_of(ready, SignOut(agent="1002")) is None
    for command in (
        SignIn(agent="9"),
        SignOut(agent="9"),
        SetReady(agent="9"),
        SetPaused(agent="9", reason="x"),
    ):
        assert await code_of(ready, command) == "unknown_agent"
    refused = await ready.ask(SetReady(agent="1002"))
    assert isinstance(refused, Refused)
    assert "签入" in refused.message_zh


async def test_a_command_that_is_none_is_refused(ready: ExchangeHouse) -> None:
    handler = ready.bus._handlers["control.commands"]
    for data in (b"", b"{}", b'{"type":"Nonsense"}', b'{"type":"SignIn"}', b"\xff"):
        assert b"bad_command" in await handler(data)


@pytest.mark.parametrize("keys", ["", "1", "11"])
async def test_a_supervisor_hangs_up(ready: ExchangeHouse, keys: str) -> None:
    caller = ready.call()
    for key, menu in zip(keys, ("ivr.main", "ivr.order.region"), strict=False):
        await ready.hears(caller, menu)
        caller.press(key)
    if keys == "11":
        await until(lambda: caller.bridge_id is not None)
    else:
        await asyncio.sleep(1.5)
    [row] = ready.call_rows()
    assert await code_of(ready, HangUp(call_id=row.id)) is None
    await until(lambda: not caller.alive)
    await asyncio.sleep(1)
    [ended] = await ready.events(CallEnded)
    outcome = CallOutcome.HANDLED if keys == "11" else CallOutcome.UNSERVED
    assert (ended.by, ended.outcome) == (HangupBy.SYSTEM, outcome)
    assert await code_of(ready, HangUp(call_id=row.id)) == "unknown_call"


async def test_a_snapshot_by_command_is_the_board(ready: ExchangeHouse) -> None:
    await ready.call_in()
    reply = await ready.ask(GetSnapshot())
    assert isinstance(reply, Snapshot)
    assert reply.live.rows == ready.snapshot().rows
