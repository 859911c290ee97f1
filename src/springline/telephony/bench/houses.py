"""Our side: control on ARI, with the web process where a bench wants it. app_queue.py has the other."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from springline.contracts import codec, commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.config import AgentConfig, Config, Device, FlowConfig, HotlineConfig, QueueConfig
from springline.contracts.live import AgentRow
from springline.platform import settings as settings_of
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings
from springline.platform.supervisor import free_ports, free_range
from springline.platform.supervisor.program import dies_with_me
from springline.telephony.bench.prompts import write_prompts
from springline.telephony.engine.nats import nats_argv, prepare_nats, wait_nats_ready
from springline.telephony.engine.process import running_engine, stop
from springline.telephony.flow import shipped
from springline.telephony.instance import engine_config, nats_config
from springline.telephony.prompts import replacements
from springline.telephony.simulator.carrier import STOP_SECONDS
from springline.telephony.simulator.polling import poll
from springline.telephony.simulator.wiring import PhoneAccount

NUMBER = "4000564000"
QUEUE = "huoshan"
QUEUES = ("city", "huoshan", "shucheng", "other", "aftersale", "enterprise", "complaint", "pool")
RTP_PORTS = 6000
RING_TIMEOUT, RETRY, WRAP_UP = 15, 1, 1
_READY_SECONDS = 30.0
_AT_WORK = (AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.WRAP_UP)


@dataclass(frozen=True)
class Side:
    """A side that runs. `pids` are what its calls cost processor time in, the engine as `engine`."""

    name: str
    target: str
    phones: Sequence[PhoneAccount]
    recordings: Path
    pids: Mapping[str, int]

    async def ready(self, phones: Sequence[PhoneAccount]) -> None:
        """Before a load: these agents are free and ready. For app_queue registration is all there is."""


@dataclass(frozen=True)
class FlowSide(Side):
    """Our control: agents have to say that they are ready."""

    bus: Bus
    settings: Settings

    async def ready(self, phones: Sequence[PhoneAccount]) -> None:
        for phone in phones:
            for order in (commands.SignIn(agent=phone.id), commands.SetReady(agent=phone.id)):
                await self.bus.request(subjects.CONTROL_COMMANDS, order, commands.AnyReply, timeout=10.0)
        wanted = {phone.id for phone in phones}
        await poll(lambda: self._at_work(wanted), _READY_SECONDS, "all agents are ready")

    async def _at_work(self, wanted: set[str]) -> bool:
        """Once ready, an agent may have a call by now: other agents were at work before."""
        reply = await self.bus.request(
            subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot, timeout=5.0
        )
        agents = [row for row in reply.live.rows if isinstance(row, AgentRow) and row.id in wanted]
        return len(agents) == len(wanted) and all(row.state in _AT_WORK for row in agents)


def phones(count: int) -> list[PhoneAccount]:
    return [PhoneAccount(str(2001 + n), secrets.token_hex(12)) for n in range(count)]


@asynccontextmanager
async def flow_side(
    home: Path,
    agents: Sequence[PhoneAccount],
    wrap_up: float = WRAP_UP,
    web: Callable[[Path], None] | None = None,
) -> AsyncIterator[FlowSide]:
    """nats-server, Asterisk and control, as `springline up` runs them; no worker.

    `web`: makes a database in the home; the web process runs as well and answers who calls, as it does in a
    house. `wrap_up` seconds.
    """
    settings = new_settings(home)
    write_prompts(replacements(home))
    if web is not None:
        await asyncio.to_thread(web, home)
    nats = nats_config(settings)
    name = prepare_nats(nats)
    async with (
        _running(nats_argv(nats), home / "nats.out") as nats_process,
        running_engine(engine_config(settings), stop_seconds=STOP_SECONDS) as engine,
        AsyncExitStack() as stack,
    ):
        await wait_nats_ready(nats, name, nats_process)
        bus = await Bus.connect(settings, "bench")
        stack.push_async_callback(bus.close)
        config = codec.encode(_config(agents, wrap_up))
        await bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, config)
        control = await stack.enter_async_context(_program("control", home))
        await poll(lambda: _answers(bus), _READY_SECONDS, "control answers")
        pids = {"engine": engine.process.pid, "control": control.pid, "nats": nats_process.pid}
        if web is not None:
            pids["web"] = (await stack.enter_async_context(_program("web", home))).pid
            await poll(lambda: _healthy(settings), _READY_SECONDS, "the web process answers")
        yield FlowSide(
            name="flow",
            target=f"127.0.0.1:{settings.sip_port}",
            phones=agents,
            recordings=settings.recordings_dir,
            pids=pids,
            bus=bus,
            settings=settings,
        )


def new_settings(home: Path) -> Settings:
    sip, http, web, nats = free_ports(4)
    first, last = free_range(RTP_PORTS)
    return settings_of.create(
        home,
        sip_port=sip,
        asterisk_http_port=http,
        web_port=web,
        nats_port=nats,
        rtp_start=first,
        rtp_end=last,
    )


def _config(agents: Sequence[PhoneAccount], wrap_up: float) -> Config:
    return Config(
        version=1,
        hotlines=(
            HotlineConfig(
                number=NUMBER, dids=(NUMBER,), flow=FlowConfig(version="main.v1", document=shipped("main.v1"))
            ),
        ),
        queues=tuple(
            QueueConfig(id=queue, name=queue, ring_timeout=RING_TIMEOUT, retry_after=RETRY, wrap_up=wrap_up)
            for queue in QUEUES
        ),
        agents=tuple(
            AgentConfig(id=p.id, name=p.id, queues=(QUEUE,), device=Device.SIP, sip_password=p.password)
            for p in agents
        ),
    )


@asynccontextmanager
async def _program(name: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "springline", "run", name)
    async with _running(command, home / f"{name}.out", {"SPRINGLINE_HOME": str(home)}) as process:
        yield process


@asynccontextmanager
async def _running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            preexec_fn=dies_with_me(),
        )
    try:
        yield process
    finally:
        await asyncio.shield(stop(process, 10.0))


async def _answers(bus: Bus) -> bool:
    try:
        await bus.request(subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot, timeout=1.0)
    except BusError:
        return False
    return True


async def _healthy(settings: Settings) -> bool:
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        try:
            return (await client.get(f"{settings.local_url}/api/health")).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
