"""A supervisor listens, whispers and barges in: who is in which bridge, who is mute, what is told of it."""

import asyncio

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, Supervise
from springline.contracts.supervision import SuperviseWay, SupervisionChanged
from springline.telephony.ari.fake.channel import FakeChannel
from tests.scenarios.test_handing_over import call_id, code_of, talking, the_end, together
from tests.support.exchange_house import ExchangeHouse, never, until
from tests.support.exchange_laws import check_empty
from tests.support.virtual_time import settle

BOSS = "1002"


def ask(call: str, way: SuperviseWay | None, supervisor: str = BOSS) -> Supervise:
    return Supervise(call_id=call, supervisor=supervisor, way=way)


def found(house: ExchangeHouse, prefix: str) -> FakeChannel | None:
    return next((c for c in house.asterisk.channels.values() if c.id.startswith(prefix)), None)


async def listening(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel, FakeChannel, str]:
    """1001 talks with a caller, and the supervisor's leg listens."""
    caller, leg, call = await talking(house, BOSS)
    assert await code_of(house, ask(call, SuperviseWay.LISTEN)) is None
    await until(lambda: together(house, found(house, "supervisor-"), found(house, "ear-")))
    await settle()
    boss = found(house, "supervisor-")
    assert boss is not None
    return caller, leg, boss, call


async def both_end(house: ExchangeHouse, *callers: FakeChannel) -> None:
    for caller in callers:
        caller.hang_up()
    await asyncio.sleep(15)
    check_empty(house)


async def ways(house: ExchangeHouse) -> list[SuperviseWay | None]:
    return [e.way for e in await house.events(SupervisionChanged) if isinstance(e, SupervisionChanged)]


async def test_listens_mute_then_whispers_then_barges_then_leaves(
    house: ExchangeHouse, exchange: object
) -> None:
    caller, leg, boss, call = await listening(house)
    assert boss.muted
    assert together(house, caller, leg)
    row = house.row_of(caller)
    assert row is not None
    assert row.supervisors == {BOSS: SuperviseWay.LISTEN}
    assert house.agent(BOSS).state is AgentState.TALKING
    await code_of(house, ask(call, SuperviseWay.WHISPER))
    await until(lambda: not boss.muted)
    assert together(house, boss, found(house, "ear-"))
    await code_of(house, ask(call, SuperviseWay.BARGE))
    await until(lambda: together(house, caller, leg, boss))
    await code_of(house, ask(call, SuperviseWay.LISTEN))
    await until(lambda: together(house, boss, found(house, "ear-")))
    await settle()
    assert boss.muted
    await code_of(house, ask(call, None))
    await until(lambda: not boss.alive)
    await settle()
    assert found(house, "ear-") is None
    assert together(house, caller, leg)
    assert house.agent(BOSS).state is AgentState.READY
    assert await ways(house) == ["listen", "whisper", "barge", "listen", None]
    await the_end(house, caller)


@pytest.mark.parametrize("way", list(SuperviseWay))
async def test_the_end_of_the_call_ends_it(house: ExchangeHouse, exchange: object, way: SuperviseWay) -> None:
    caller, leg, boss, call = await listening(house)
    await code_of(house, ask(call, way))
    await settle()
    leg.hang_up()
    await until(lambda: not boss.alive)
    await the_end(house, caller)
    assert not house.asterisk.channels
    assert not house.asterisk.bridges


@pytest.mark.parametrize("way", list(SuperviseWay))
async def test_the_supervisor_hangs_up_and_the_conversation_goes_on(
    house: ExchangeHouse, exchange: object, way: SuperviseWay
) -> None:
    caller, leg, boss, call = await listening(house)
    await code_of(house, ask(call, way))
    await settle()
    boss.hang_up()
    await until(lambda: found(house, "ear-") is None)
    await settle()
    assert together(house, caller, leg)
    row = house.row_of(caller)
    assert row is not None
    assert row.supervisors == {}
    assert (await ways(house))[-1] is None
    await the_end(house, caller)


async def test_a_device_that_does_not_answer_changes_nothing(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, call = await talking(house, BOSS)
    house.phone(BOSS, answers_after=None)
    assert await code_of(house, ask(call, SuperviseWay.LISTEN)) is None
    await until(lambda: found(house, "supervisor-") is None and house.agent(BOSS).state is AgentState.READY)
    assert await ways(house) == []
    assert together(house, caller, leg)
    await the_end(house, caller)


async def test_no_call_is_offered_to_who_listens(house: ExchangeHouse, exchange: object) -> None:
    caller, _leg, boss, _call = await listening(house)
    second = await house.call_in("11", caller="13805640002")
    await never(lambda: found(house, f"agent-{BOSS}-"), 15)
    boss.hang_up()
    await until(lambda: house.agent(BOSS).call_id == call_id(house, second))
    await both_end(house, caller, second)


async def test_a_lost_link_ends_the_listening_alone(house: ExchangeHouse, exchange: object) -> None:
    caller, leg, boss, _call = await listening(house)
    house.asterisk.drop()
    await until(lambda: not boss.alive)
    await settle()
    assert found(house, "ear-") is None
    assert together(house, caller, leg)
    await until(lambda: house.agent(BOSS).state is AgentState.READY)
    await the_end(house, caller)


@pytest.mark.parametrize("way", list(SuperviseWay))
async def test_a_control_that_starts_ends_it_and_takes_the_call_over(
    house: ExchangeHouse, way: SuperviseWay
) -> None:
    async with house.control():
        caller, leg, boss, call = await listening(house)
        await code_of(house, ask(call, way))
        await settle()
    async with house.control():
        await until(lambda: not boss.alive)
        await settle()
        assert found(house, "ear-") is None
        assert together(house, caller, leg)
        row = house.row_of(caller)
        assert row is not None
        assert (row.agent, row.supervisors) == ("1001", {})
        assert house.agent(BOSS).state is AgentState.READY
        assert (await ways(house))[-1] is None
        await asyncio.sleep(5)
        await the_end(house, caller)


async def test_what_is_refused(house: ExchangeHouse, exchange: object) -> None:
    caller, _leg, call = await talking(house, BOSS, "1003")
    listen = SuperviseWay.LISTEN
    assert await code_of(house, ask("nothing", listen)) == "unknown_call"
    assert await code_of(house, ask(call, listen, "1001")) == "own_call"
    assert await code_of(house, ask(call, listen, "9999")) == "unknown_agent"
    assert await code_of(house, ask(call, None)) == "no_supervision"
    await code_of(house, Consult(call_id=call, agent="1001", to_agent="1003"))
    await settle()
    assert await code_of(house, ask(call, SuperviseWay.BARGE)) == "consulting"
    waiting = await house.call_in("12", caller="13805640003")
    assert await code_of(house, ask(call_id(house, waiting), listen)) == "no_conversation"
    await both_end(house, caller, waiting)
