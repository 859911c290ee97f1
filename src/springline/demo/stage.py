"""What the demo is played on: a seeded home that runs, a carrier beside it, and the journal's words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from springline.business import bootstrap
from springline.contracts import codec, commands, subjects
from springline.contracts.config import Config, Device
from springline.contracts.event import CallEvent
from springline.contracts.events import AnyEvent, CallArrived, CallRejected
from springline.house import running_house
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings
from springline.platform.supervisor import free_port
from springline.platform.supervisor.supervisor import Report
from springline.telephony.flow import shipped
from springline.telephony.instance import nats_config
from springline.telephony.simulator.carrier import Carrier
from springline.telephony.simulator.wiring import PhoneAccount

FLOW_VERSION = "main.v2"
SIMULATED_AGENT = "1003"
CALLER_NUMBER = "13805640001"


def seed(settings: Settings, agents: Sequence[str] = (SIMULATED_AGENT,)) -> bootstrap.SeedResult:
    """The demo's rows; `agents` get desk phones, which the carrier plays."""
    bootstrap.bootstrap_django(settings)
    bootstrap.migrate()
    result = bootstrap.seed_demo(shipped(FLOW_VERSION), FLOW_VERSION)
    for agent in agents:
        bootstrap.set_agent_device(agent, Device.SIP)
    return result


@dataclass
class Stage:
    settings: Settings
    bus: Bus
    carrier: Carrier
    seeded: bootstrap.SeedResult

    async def ask(self, command: commands.AnyCommand) -> None:
        """Raises BusError, or RuntimeError with control's own words when it refuses."""
        reply = await self.bus.request(subjects.CONTROL_COMMANDS, command, commands.AnyReply)
        if isinstance(reply, commands.Refused):
            raise RuntimeError(f"{reply.message_zh} {reply.message_en}")

    async def agent_on_duty(self, agent: str = SIMULATED_AGENT) -> None:
        """The simulated agent's phone registers, then the agent signs in and is ready."""
        await self.carrier.phones[agent].registered()
        await self.ask(commands.SignIn(agent=agent))
        await self.ask(commands.SetReady(agent=agent))

    async def agent_off_duty(self, agent: str = SIMULATED_AGENT) -> None:
        await self.ask(commands.SignOut(agent=agent))

    @asynccontextmanager
    async def following(self, tell: Callable[[AnyEvent], None]) -> AsyncIterator["CallWatch"]:
        """The first call that arrives inside the block is watched and told."""
        watch = CallWatch(self.events(), tell)
        task = asyncio.create_task(watch.run())
        try:
            await asyncio.sleep(0.2)
            yield watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def events(self) -> AsyncIterator[AnyEvent]:
        """The journal from now on."""
        newest = [entry.seq for entry in await self.bus.journal_read(subjects.JOURNAL_ALL)]
        async for entry in self.bus.journal(max(newest, default=0) + 1):
            yield codec.decode_any(entry.data, AnyEvent)


@asynccontextmanager
async def staged(
    settings: Settings,
    report: Report | None,
    agents: Sequence[str] = (SIMULATED_AGENT,),
    prepare: Callable[[], None] | None = None,
) -> AsyncIterator[Stage]:
    """The seeded house and its carrier run inside the block. Raises what `running_house` does.

    `agents` have phones that the carrier plays; `prepare` may change the seeded rows before the start.
    """
    seeds: list[bootstrap.SeedResult] = []
    # Calls out go to the simulated carrier too, whose customers answer.
    port = free_port("udp", "127.0.0.1")
    settings = msgspec.structs.replace(settings, trunk_contact=f"127.0.0.1:{port}")

    def write() -> None:
        seeds.append(seed(settings, agents))
        if prepare is not None:
            prepare()

    async with running_house(settings, report, write):
        bus = await Bus.connect(settings, "demo")
        try:
            async with Carrier(
                nats_config(settings).engine,
                settings.home / "carrier",
                target=f"{settings.sip_host}:{settings.sip_port}",
                phones=[PhoneAccount(agent, await _password(bus, agent)) for agent in agents],
                sip_port=port,
            ) as carrier:
                yield Stage(settings, bus, carrier, seeds[0])
        finally:
            await bus.close()


async def _password(bus: Bus, agent: str) -> str:
    """What the agent's phone proves at registration, from the config in force."""
    async with asyncio.timeout(10):
        async for data in bus.kv_watch(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY):
            config = codec.decode(data, Config)
            found = next((a for a in config.agents if a.id == agent and a.device is Device.SIP), None)
            if found is not None:
                return found.sip_password
    raise BusError("the config names no such phone")


class CallWatch:
    """Follows the first call that arrives after it was made: its events, and conditions on them."""

    def __init__(self, events: AsyncIterator[AnyEvent], tell: Callable[[AnyEvent], None]) -> None:
        self.call_id: str | None = None
        self.seen: list[CallEvent] = []
        self._events = events
        self._tell = tell
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Until cancelled."""
        async for event in self._events:
            if self.call_id is None and isinstance(event, CallArrived | CallRejected):
                self.call_id = event.call_id
            if isinstance(event, CallEvent) and event.call_id == self.call_id:
                self.seen.append(event)
                self._tell(event)
                async with self._news:
                    self._news.notify_all()

    def has(self, *kinds: type) -> bool:
        return any(isinstance(event, kinds) for event in self.seen)

    async def until(self, *kinds: type, seconds: float = 60.0) -> None:
        """Until one of these events is there. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._news:
            while not self.has(*kinds):
                await self._news.wait()
