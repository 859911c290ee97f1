"""What agents were doing outlives control."""

from springline.contracts.agents import AgentState, AgentStateChanged
from springline.contracts.commands import Done, SetPaused, SignIn, SignOut
from springline.telephony.control.recovery import last_states
from tests.support.exchange_house import ExchangeHouse, until
from tests.support.virtual_time import settle


async def test_states_come_back(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001", "1002")
        assert await house.ask(SetPaused(agent="1002", reason="meal")) == Done()
        assert await house.ask(SignIn(agent="1003")) == Done()
    for _ in range(3):
        async with house.control():
            await settle()
            assert house.agent("1001").state is AgentState.READY
            assert (house.agent("1002").state, house.agent("1002").reason) == (AgentState.PAUSED, "meal")
            assert (house.agent("1003").state, house.agent("1003").reason) == (AgentState.PAUSED, None)
    async with house.control():
        assert await house.ask(SignOut(agent="1001")) == Done()
    async with house.control():
        await settle()
        assert house.agent("1001").state is AgentState.OFFLINE


async def test_a_ringing_agent_is_ready_again(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        house.phone("1001", answers_after=None)
        caller = await house.call_in("11")
        await house.agent_is("1001", AgentState.RINGING)
    caller.hang_up()
    async with house.control():
        await settle()
        assert house.agent("1001").state is AgentState.READY
        assert house.agent("1001").call_id is None


async def test_an_agent_in_wrap_up_is_ready_again(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        caller, _ = await house.talk_in()
        caller.hang_up()
        await house.agent_is("1001", AgentState.WRAP_UP)
    async with house.control():
        await house.agent_is("1001", AgentState.READY)


async def test_the_journals_last_word_is_the_boards(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001", "1002")
        await house.talk_in()
    async with house.control():
        await settle()
        states = await last_states(house.bus, ["1001", "1002", "1003"])
        for agent in ("1001", "1002"):
            row, last = house.agent(agent), states[agent]
            assert (row.state, row.reason, row.call_id) == (last.state, last.reason, last.call_id)
        assert "1003" not in states


async def test_a_device_that_went_away_meanwhile(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
    house.register("1001", False)
    async with house.control():
        await settle()
        assert house.agent("1001").state is AgentState.UNREACHABLE
        house.register("1001", True)
        await until(lambda: house.agent("1001").state is AgentState.READY)


async def test_a_paused_agent_whose_device_is_off_stays_paused(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
        assert await house.ask(SetPaused(agent="1001", reason="meal")) == Done()
        house.register("1001", False)
        await house.agent_is("1001", AgentState.UNREACHABLE)
    async with house.control():
        house.register("1001", True)
        await settle()
        assert house.agent("1001").state is AgentState.PAUSED


async def test_restarts_alone_add_little_to_the_journal(house: ExchangeHouse) -> None:
    async with house.control():
        await house.work("1001")
    before = len(await house.events(AgentStateChanged))
    for _ in range(5):
        async with house.control():
            await settle()
    assert len(await house.events(AgentStateChanged)) <= before + 2 * 5
