"""The two sides: our control on ARI, and the same menus in plain dialplan with app_queue and MixMonitor."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from springline.contracts import codec, commands, subjects
from springline.contracts.config import AgentConfig, Config, Device, FlowConfig, HotlineConfig, QueueConfig
from springline.platform import settings as settings_of
from springline.platform.bus import Bus, BusError
from springline.platform.settings import Settings
from springline.platform.supervisor import free_port, free_ports, free_range
from springline.platform.supervisor.program import dies_with_me
from springline.telephony.bench.prompts import write_prompts
from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
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


@dataclass(frozen=True)
class Side:
    """A side that runs. `pids` are what its calls cost processor time in, the engine as `engine`."""

    name: str
    target: str
    phones: Sequence[PhoneAccount]
    recordings: Path
    pids: Mapping[str, int]

    async def ready(self) -> None:
        """Before a load: every agent is free and ready. For app_queue registration is all there is."""


@dataclass(frozen=True)
class FlowSide(Side):
    """Our control: agents have to say that they are ready."""

    bus: Bus

    async def ready(self) -> None:
        for phone in self.phones:
            for order in (commands.SignIn(agent=phone.id), commands.SetReady(agent=phone.id)):
                await self.bus.request(subjects.CONTROL_COMMANDS, order, commands.AnyReply, timeout=10.0)
        await poll(self._all_ready, _READY_SECONDS, "all agents are ready")

    async def _all_ready(self) -> bool:
        reply = await self.bus.request(
            subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot, timeout=5.0
        )
        states = [row for row in reply.live.rows if row.__struct_config__.tag == "agent"]
        return len(states) == len(self.phones) and all(getattr(row, "state", "") == "ready" for row in states)


def phones(count: int) -> list[PhoneAccount]:
    return [PhoneAccount(str(2001 + n), secrets.token_hex(12)) for n in range(count)]


@asynccontextmanager
async def flow_side(home: Path, agents: Sequence[PhoneAccount]) -> AsyncIterator[FlowSide]:
    """nats-server, Asterisk and control, as `springline up` runs them; no web, no worker."""
    settings = _settings(home)
    write_prompts(replacements(home))
    nats = nats_config(settings)
    name = prepare_nats(nats)
    async with (
        _running(nats_argv(nats), home / "nats.out") as nats_process,
        running_engine(engine_config(settings), stop_seconds=STOP_SECONDS) as engine,
    ):
        await wait_nats_ready(nats, name, nats_process)
        bus = await Bus.connect(settings, "bench")
        try:
            config = codec.encode(_config(agents))
            await bus.kv_put(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY, config)
            control = (sys.executable, "-m", "springline", "run", "control")
            environment = {"SPRINGLINE_HOME": str(home)}
            async with _running(control, home / "control.out", environment) as process:
                await poll(lambda: _answers(bus), _READY_SECONDS, "control answers")
                yield FlowSide(
                    name="flow",
                    target=f"127.0.0.1:{settings.sip_port}",
                    phones=agents,
                    recordings=settings.recordings_dir,
                    pids={"engine": engine.process.pid, "control": process.pid, "nats": nats_process.pid},
                    bus=bus,
                )
        finally:
            await bus.close()


@asynccontextmanager
async def queue_side(home: Path, agents: Sequence[PhoneAccount]) -> AsyncIterator[Side]:
    """One Asterisk with the same templates; only its dialplan and queues.conf are its own."""
    settings = _settings(home)
    write_prompts(replacements(home))
    ours = engine_config(settings)
    config = EngineConfig(
        directory=ours.directory,
        engine=ours.engine,
        ari_password=ours.ari_password,
        sip_bind=ours.sip_bind,
        sip_port=ours.sip_port,
        rtp_start=ours.rtp_start,
        rtp_end=ours.rtp_end,
        http_port=ours.http_port,
        trunk_allow=ours.trunk_allow,
        recordings=settings.recordings_dir,
        agents=tuple(AgentEndpoint(p.user, ha1(p.user, p.password), "sip") for p in agents),
        extra_files={
            "extensions.conf": dialplan(replacements(home), settings.recordings_dir),
            "queues.conf": queues(agents),
        },
    )
    async with running_engine(config, stop_seconds=STOP_SECONDS) as engine:
        yield Side(
            name="app_queue",
            target=f"127.0.0.1:{settings.sip_port}",
            phones=agents,
            recordings=settings.recordings_dir,
            pids={"engine": engine.process.pid},
        )


def dialplan(prompts: Path, recordings: Path) -> str:
    """The shipped menus as an integrator would write them; keys may be pressed during the prompts.

    The transfer prompt is left out: in our flow the agent's answer cuts it off after some milliseconds.
    """
    return f"""
[from-trunk]
exten => _X.,1,Answer(,i)
 same => n,Playback({prompts}/welcome.day)
 same => n,Playback({prompts}/notice.record)
 same => n,Goto(main,s,1)

[main]
exten => s,1,Background({prompts}/ivr.main&{prompts}/ivr.repeat)
 same => n,WaitExten(6)
exten => 1,1,Goto(region,s,1)
exten => *,1,Goto(s,1)
exten => _[0234],1,Hangup()
exten => i,1,Goto(s,1)
exten => t,1,Goto(s,1)

[region]
exten => s,1,Background({prompts}/ivr.order.region)
 same => n,WaitExten(6)
exten => 2,1,MixMonitor({recordings}/${{UNIQUEID}}.raw,Db)
 same => n,Queue({QUEUE},,,,600)
 same => n,Hangup()
exten => #,1,Goto(main,s,1)
exten => *,1,Goto(s,1)
exten => _[0134],1,Hangup()
exten => i,1,Goto(s,1)
exten => t,1,Goto(s,1)

[from-agent]
exten => _X.,1,Hangup(21)
"""


def queues(agents: Sequence[PhoneAccount]) -> str:
    members = "".join(f"member => PJSIP/{phone.user}\n" for phone in agents)
    return f"""
[general]
persistentmembers=no
autofill=yes
shared_lastcall=yes

[{QUEUE}]
strategy=rrmemory
timeout={RING_TIMEOUT}
retry={RETRY}
wrapuptime={WRAP_UP}
ringinuse=no
joinempty=yes
leavewhenempty=no
announce-frequency=0
musicclass=default
{members}"""


def _settings(home: Path) -> Settings:
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


def _config(agents: Sequence[PhoneAccount]) -> Config:
    return Config(
        version=1,
        hotlines=(
            HotlineConfig(
                number=NUMBER, dids=(NUMBER,), flow=FlowConfig(version="main.v1", document=shipped("main.v1"))
            ),
        ),
        queues=tuple(
            QueueConfig(id=queue, name=queue, ring_timeout=RING_TIMEOUT, retry_after=RETRY, wrap_up=WRAP_UP)
            for queue in QUEUES
        ),
        agents=tuple(
            AgentConfig(id=p.id, name=p.id, queues=(QUEUE,), device=Device.SIP, sip_password=p.password)
            for p in agents
        ),
    )


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


def sipp_ports() -> tuple[int, int]:
    """A local SIP port and a first media port for one SIPp."""
    return free_port("udp"), free_range(4)[0]
