"""A whole house as an operator starts it, on free ports, with a carrier outside and a browser before it."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from springline.business import bootstrap
from springline.contracts import codec, commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.config import Config
from springline.contracts.events import AnyEvent
from springline.contracts.live import AgentRow, CallRow, LiveSnapshot
from springline.demo.check import isolated
from springline.house import running_house
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings
from springline.telephony.instance import nats_config
from springline.telephony.simulator import AgentPlan, Carrier, PhoneAccount
from tests.support.customer import Customer
from tests.support.house_plan import write_prompts
from tests.support.seed_home import DESK_PHONES
from tests.support.seeding import seed
from tests.support.trail import Trail
from tests.support.until import until_true

# Between the notes of a piano, so that music on hold is none of them.
CALLER_HZ, PHONE_HZ, BROWSER_HZ = 453.0, 1017.0, 679.0
AGENTS = ("1001", "1002", "1003", "1004")


class DeskHouse:
    """Agents 1001 and 1002 work in browsers; 1003 and 1004 have phones that the carrier plays."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.journal: list[AnyEvent] = []
        self.hotline = ""
        # Nobody of the demo: whoever is known skips the second menu.
        self._numbers = itertools.count(13705660001)
        self._customers: list[Customer] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> DeskHouse:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return f"{self.settings.web_url}/desk/"

    def password(self, username: str) -> str:
        return next(u.password for u in bootstrap.demo_users(self.settings) if u.username == username)

    async def _start(self) -> None:
        # Every prompt is a short tone: the menus themselves have tests of their own.
        write_prompts(self.home / "prompts" / "zh")
        await seed(self.home)
        # After the seeding, which takes seconds: a free port is free for a moment only.
        self.settings: Settings = isolated(self.home)
        self.supervisor = await self._stack.enter_async_context(running_house(self.settings))
        self.bus = await Bus.connect(self.settings, "browser-tests")
        self._stack.push_async_callback(self.bus.close)
        reader = asyncio.create_task(self._read_journal())
        self._stack.callback(reader.cancel)
        config = await self._config()
        self.hotline = config.hotlines[0].number
        passwords = {agent.id: agent.sip_password for agent in config.agents}
        self.carrier = await self._stack.enter_async_context(
            Carrier(
                nats_config(self.settings).engine,
                self.settings.home / "carrier",
                target=f"{self.settings.sip_host}:{self.settings.sip_port}",
                phones=[PhoneAccount(agent, passwords[agent]) for agent in DESK_PHONES],
            )
        )
        await asyncio.gather(*(phone.registered(30) for phone in self.carrier.phones.values()))

    async def _config(self) -> Config:
        data = await self.bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY)
        assert data is not None, "the worker is ready only when the config is published"
        return codec.decode(data, Config)

    async def _read_journal(self) -> None:
        with suppress(BusError):
            async for entry in self.bus.journal():
                self.journal.append(codec.decode_any(entry.data, AnyEvent))

    # Control

    async def snapshot(self) -> LiveSnapshot:
        reply = await self.bus.request(subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot)
        return reply.live

    async def agent(self, agent: str) -> AgentRow:
        rows = (await self.snapshot()).rows
        return next(row for row in rows if isinstance(row, AgentRow) and row.id == agent)

    async def agent_is(self, agent: str, state: AgentState, within: float = 30.0) -> AgentRow:
        async def so() -> bool:
            try:
                return (await self.agent(agent)).state is state
            except BusError:
                return False

        await until_true(so, within)
        return await self.agent(agent)

    async def live_call(self, customer: Customer) -> CallRow | None:
        rows = (await self.snapshot()).rows
        return next((r for r in rows if isinstance(r, CallRow) and r.id == customer.trail.call_id), None)

    async def tell(self, command: commands.AnyCommand) -> commands.AnyReply:
        return await self.bus.request(subjects.CONTROL_COMMANDS, command, commands.AnyReply)

    async def phone_on_duty(self, agent: str, plan: AgentPlan | None = None) -> None:
        """An agent with a desk phone is ready and takes calls by `plan`, else at once with a tone."""
        self.carrier.phones[agent].plan = plan or AgentPlan(answer_after=0.2, tone=PHONE_HZ)
        await self.tell(commands.SignIn(agent=agent))
        await self.tell(commands.SetReady(agent=agent))
        await self.agent_is(agent, AgentState.READY)

    async def everybody_goes_home(self) -> None:
        """No call is left and no agent is on duty."""

        async def so() -> bool:
            try:
                for agent in AGENTS:
                    await self.tell(commands.SignOut(agent=agent))
                rows = (await self.snapshot()).rows
            except BusError:
                return False
            states = {row.state for row in rows if isinstance(row, AgentRow)}
            return states == {AgentState.OFFLINE} and not any(isinstance(row, CallRow) for row in rows)

        await until_true(so, 60.0)

    async def kill_control(self) -> None:
        """As the kernel does when memory runs out; the supervisor starts another one."""
        former = self.supervisor.pid("control")
        os.kill(former, signal.SIGKILL)

        async def another_answers() -> bool:
            try:
                return self.supervisor.pid("control") != former and bool((await self.snapshot()).rows)
            except BusError:
                return False

        await until_true(another_answers, 60.0)

    # Callers

    def new_number(self) -> str:
        return str(next(self._numbers))

    async def customer(self, number: str | None = None) -> Customer:
        """Dials the hotline; the caller's tone sounds from the answer on."""
        number = number or self.new_number()
        since = len(self.journal)
        handset = await self.carrier.dial(number, self.hotline)
        customer = Customer(handset, Trail(self.journal, number, since), number)
        self._customers.append(customer)
        await handset.answered(30)
        return customer

    async def leave_none(self) -> None:
        """Whatever a test did not end is ended."""
        while self._customers:
            await self._customers.pop().leave()

    async def customer_for(self, *keys: str) -> Customer:
        """A caller who pressed these keys and waits in a queue."""
        customer = await self.customer()
        await customer.press(*keys)
        await customer.queued()
        await customer.handset.tone(CALLER_HZ)
        return customer


@asynccontextmanager
async def desk_house() -> AsyncIterator[DeskHouse]:
    """The home is removed afterwards. Its path is short, because a socket's name must be."""
    home = Path(tempfile.mkdtemp(prefix="spl-browser-"))
    try:
        async with DeskHouse(home) as house:
            yield house
    finally:
        shutil.rmtree(home, ignore_errors=True)
