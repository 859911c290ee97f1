"""The other side: the same menus in plain dialplan, with app_queue, MixMonitor and its own records."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from springline.telephony.bench.houses import QUEUE, RETRY, RING_TIMEOUT, WRAP_UP, Side, new_settings
from springline.telephony.bench.prompts import write_prompts
from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
from springline.telephony.engine.pjsip import section
from springline.telephony.engine.process import running_engine
from springline.telephony.instance import engine_config
from springline.telephony.prompts import replacements
from springline.telephony.simulator.carrier import STOP_SECONDS
from springline.telephony.simulator.wiring import PhoneAccount


@asynccontextmanager
async def queue_side(
    home: Path, agents: Sequence[PhoneAccount], wrap_up: float = WRAP_UP
) -> AsyncIterator[Side]:
    """One Asterisk with the same templates; only its dialplan and queues.conf are its own."""
    settings = new_settings(home)
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
        extra_modules=("cdr_csv",),
        extra_files={
            "extensions.conf": dialplan(replacements(home), settings.recordings_dir),
            "queues.conf": queues(agents, wrap_up),
            # Who called, who answered and how long: the journal is ours, these are app_queue's as shipped.
            "cdr.conf": section("general", enable=True) + section("csv", usegmtime=True),
            "logger.conf": section("general", queue_log=True)
            + section("logfiles", messages="notice,warning,error"),
        },
    )
    (config.logs / "cdr-csv").mkdir(parents=True)
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


def queues(agents: Sequence[PhoneAccount], wrap_up: float = WRAP_UP) -> str:
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
wrapuptime={wrap_up:.0f}
ringinuse=no
joinempty=yes
leavewhenempty=no
announce-frequency=0
musicclass=default
{members}"""
