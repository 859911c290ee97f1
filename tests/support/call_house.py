"""A house of real parts on free ports: Asterisk, nats-server, control as a process, and a carrier outside.

No Django: the config is put on the bus directly.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

from springline.contracts import codec, commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.config import (
    Config,
)
from springline.contracts.events import AnyEvent, CallQueued
from springline.contracts.house_events import ConfigApplied, EngineChanged, EngineStatus
from springline.contracts.live import AgentRow, LiveSnapshot
from springline.platform import settings as settings_of
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings
from springline.platform.supervisor import dies_with_me, free_ports, free_range
from springline.telephony.engine.nats import running_nats
from springline.telephony.engine.process import command, running_engine
from springline.telephony.instance import engine_config, nats_config
from springline.telephony.simulator import AgentPlan, BusAgentControl, Carrier, Handset, PhoneAccount
from springline.telephony.simulator.phone import AgentPhone
from tests.support.house_plan import AGENTS, HOTLINE, config, write_prompts
from tests.support.trail import Trail
from tests.support.until import until, until_true

RTP_PORTS = 400
CALLER_HZ, AGENT_HZ = 440.0, 1000.0


class CallHouse:
    def __init__(self, home: Path, **more: object) -> None:
        """`more`: settings."""
        sip, http, web, nats, self._carrier_port = free_ports(5)
        first, last = free_range(RTP_PORTS)
        self.settings: Settings = settings_of.create(
            home,
            sip_port=sip,
            asterisk_http_port=http,
            web_port=web,
            nats_port=nats,
            trunk_contact=f"127.0.0.1:{self._carrier_port}",
            trunk_silence=15,
            rtp_start=first,
            rtp_end=last,
            **more,
        )
        self.journal: list[AnyEvent] = []
        self._numbers = itertools.count(13805640001)
        self._stack = AsyncExitStack()
        self._control: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> CallHouse:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        write_prompts(self.settings.home / "prompts" / "zh")
        await self._stack.enter_async_context(running_nats(nats_config(self.settings)))
        self._engine = await self._stack.enter_async_context(running_engine(engine_config(self.settings)))
        self.bus = await Bus.connect(self.settings, "test")
        self._stack.push_async_callback(self.bus.close)
        await self.bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, codec.encode(config()))
        reader = asyncio.create_task(self._read_journal())
        self._stack.push_async_callback(_cancelled, reader)
        self._stack.push_async_callback(self.stop_control)
        await self.start_control()
        self.carrier = await self._stack.enter_async_context(self.another_carrier("carrier", AGENTS))
        self.agents = BusAgentControl(self.bus)
        await asyncio.gather(*(phone.registered() for phone in self.carrier.phones.values()))

    def another_carrier(self, name: str, phones: tuple[str, ...] = (), host: str = "127.0.0.1") -> Carrier:
        """A carrier of its own, for phones that shall lose their power or speak from elsewhere."""
        return Carrier(
            engine_config(self.settings).engine,
            self.settings.home / name,
            target=f"127.0.0.1:{self.settings.sip_port}",
            phones=[PhoneAccount(agent, f"secret-of-{agent}") for agent in phones],
            host=host,
            sip_port=self._carrier_port if name == "carrier" else None,
        )

    async def start_control(self) -> None:
        """A control process that answers."""
        log = (self.settings.home / "control.log").open("ab")
        with log:
            self._control = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "springline",
                "run",
                "control",
                env={**os.environ, "SPRINGLINE_HOME": str(self.settings.home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_me(),
            )
        await until_true(self._control_answers, 30.0)

    async def stop_control(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._control is not None
        if self._control.returncode is None:
            self._control.send_signal(how)
        await asyncio.wait_for(self._control.wait(), 15)

    @asynccontextmanager
    async def standing_engine(self) -> AsyncIterator[None]:
        """The engine's process stands still meanwhile, as on a machine that is out of breath."""
        self._engine.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._engine.process.send_signal(signal.SIGCONT)

    @contextmanager
    def full_disk(self, largest: int) -> Iterator[None]:
        """No file of the engine can grow beyond so many bytes."""
        former = resource.prlimit(self._engine.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._engine.process.pid, resource.RLIMIT_FSIZE, (largest, former[1]))
        try:
            yield
        finally:
            resource.prlimit(self._engine.process.pid, resource.RLIMIT_FSIZE, former)

    @property
    def engine_pid(self) -> int:
        return self._engine.process.pid

    def engine_news(self, since: int) -> list[EngineStatus]:
        """What the journal says of the link to the engine, from its entry `since` on."""
        return [e.status for e in self.journal[since:] if isinstance(e, EngineChanged)]

    async def _control_answers(self) -> bool:
        assert self._control is not None
        assert self._control.returncode is None, (self.settings.home / "control.log").read_text()[-3000:]
        try:
            return bool((await self.snapshot()).rows)
        except BusError:
            return False

    async def configure(self, wanted: Config) -> None:
        """Put another config in force."""
        await self.bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, codec.encode(wanted))
        await until(
            lambda: any(isinstance(e, ConfigApplied) and e.version == wanted.version for e in self.journal)
        )

    async def snapshot(self) -> LiveSnapshot:
        reply = await self.bus.request(
            subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot, timeout=1.0
        )
        return reply.live

    async def agent(self, agent: str) -> AgentRow:
        rows = (await self.snapshot()).rows
        return next(row for row in rows if isinstance(row, AgentRow) and row.id == agent)

    async def agent_is(self, agent: str, state: AgentState, within: float = 10.0) -> None:
        async def so() -> bool:
            return (await self.agent(agent)).state is state

        await until_true(so, within)

    async def device_online(self, agent: str, within: float = 10.0) -> None:
        async def so() -> bool:
            return (await self.agent(agent)).device_online

        await until_true(so, within)

    async def on_duty(self, *agents: str, plan: AgentPlan | None = None) -> list[AgentPhone]:
        """These agents and no others are ready; their phones follow `plan`."""
        for other in set(AGENTS) - set(agents):
            await self.bus.request(
                subjects.CONTROL_COMMANDS, commands.SignOut(agent=other), commands.AnyReply
            )
        for agent in agents:
            self.carrier.phones[agent].plan = plan or AgentPlan(answer_after=0.0, tone=AGENT_HZ)
            await self.agents.sign_in(agent)
            await self.agents.ready(agent)
        return [self.carrier.phones[agent] for agent in agents]

    def new_number(self) -> str:
        """A mobile number no other call of this house has."""
        return str(next(self._numbers))

    async def caller_for_huoshan(self) -> tuple[Handset, Trail]:
        """Who pressed their way there and makes the callers' tone."""
        number = self.new_number()
        handset = await self.carrier.dial(number, HOTLINE)
        await handset.answered()
        await handset.press("12", hold=0.08, gap=0.06)
        await handset.tone(CALLER_HZ)
        trail = self.trail(number)
        await trail.first(CallQueued)
        return handset, trail

    def trail(self, caller_raw: str) -> Trail:
        return Trail(self.journal, caller_raw)

    async def channels(self) -> int:
        """Channels the engine has now."""
        answer = await command(engine_config(self.settings), "core show channels count")
        return int(answer.split()[0])

    async def trunk_answers(self) -> bool:
        """The engine knows that the carrier is there."""
        return "Avail" in await command(engine_config(self.settings), "pjsip show aor trunk")

    async def clear(self) -> None:
        """Callers whom a failed test left behind would take the next test's agents, and so would a control
        that is away."""
        assert self._control is not None
        if self._control.returncode is not None:
            await self.start_control()
        await self.carrier.console("channel request hangup all")
        await self.empty()

    async def empty(self, within: float = 10.0) -> None:
        """Until no call and no leg is left."""
        await until_true(self._is_empty, within)

    async def _is_empty(self) -> bool:
        return await self.channels() == 0

    async def _read_journal(self) -> None:
        async for entry in self.bus.journal():
            self.journal.append(codec.decode_any(entry.data, AnyEvent))

    def recording(self, relative: str) -> Path:
        return self.settings.recordings_dir / relative


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def call_house(home: Path, **more: object) -> AsyncIterator[CallHouse]:
    """`more`: settings."""
    async with CallHouse(home, **more) as house:
        yield house
