"""The programs of a home: what `springline up` supervises, and how each is known to be ready."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import httpx

from springline.contracts import commands, subjects
from springline.platform import tls
from springline.platform.bus import Bus, BusError, BusTimeout
from springline.platform.settings import Settings
from springline.platform.supervisor import Port, Program
from springline.telephony.engine import nats, process
from springline.telephony.engine.keeping import Keeping
from springline.telephony.instance import engine_config, nats_config

POLL_SECONDS = 0.05
ASK_SECONDS = 5.0
ENGINE_STOP_SECONDS = 20.0


def stages(settings: Settings) -> list[list[Program]]:
    """Asterisk and nats-server first; then the programs of ours, which wait for what they need."""
    return [[_asterisk(settings), _nats(settings)], [_worker(settings), _control(settings), *_webs(settings)]]


def ports(settings: Settings) -> list[Port]:
    """What must be free before a start."""
    return [
        Port(setting="nats_port", host="127.0.0.1", number=settings.nats_port),
        Port(setting="asterisk_http_port", host="127.0.0.1", number=settings.asterisk_http_port),
        Port(setting="sip_port", host=settings.sip_host, number=settings.sip_port, kind="udp"),
        Port(setting="web_port", host=settings.web_host, number=settings.web_port),
    ]


def tidy(settings: Settings) -> None:
    """Removes what a stopped house leaves outside of its home: the folder of Asterisk's control socket."""
    process.discard_run_dir(settings.home / "asterisk")


def own_command(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-m", "springline", *arguments)


def _asterisk(settings: Settings) -> Program:
    config = engine_config(settings)
    prepared: list[process.Prepared] = []

    def prepare() -> None:
        settings.recordings_dir.mkdir(parents=True, exist_ok=True)
        prepared[:] = [process.prepare(config, check_ports=False)]

    async def ready() -> None:
        await process.wait_ready(prepared[0])

    return Program(
        name="asterisk",
        argv=process.argv(config),
        prepare=prepare,
        ready=ready,
        stop_timeout=ENGINE_STOP_SECONDS,
    )


def _nats(settings: Settings) -> Program:
    config = nats_config(settings)
    names: list[str] = []

    def prepare() -> None:
        names[:] = [nats.prepare_nats(config, check_ports=False)]

    async def ready() -> None:
        await nats.wait_nats_ready(config, names[0])

    return Program(
        name="nats-server",
        argv=nats.nats_argv(config),
        prepare=prepare,
        ready=ready,
        well=Keeping(settings, config.directory),
    )


def _control(settings: Settings) -> Program:
    async def ready() -> None:
        bus = await Bus.connect(settings, "ready")
        try:
            await _until(lambda: _answers(bus))
        finally:
            await bus.close()

    return _own(settings, "control", ready)


def _worker(settings: Settings) -> Program:
    async def ready() -> None:
        bus = await Bus.connect(settings, "ready")
        try:
            await _until(lambda: _published(bus))
        finally:
            await bus.close()

    return _own(settings, "worker", ready)


def _webs(settings: Settings) -> list[Program]:
    return [_web(settings, name) for name in settings.web_names]


def _web(settings: Settings, name: str) -> Program:
    said = settings.serving_file(name)

    def prepare() -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        said.unlink(missing_ok=True)

    async def ready() -> None:
        # Another may answer on the same port.
        while not said.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(POLL_SECONDS)
        verify = tls.client_context(settings)
        async with httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False, verify=verify) as client:
            await _until(lambda: _healthy(client, settings.local_url))

    return _own(settings, "web", ready, name, prepare)


def _own(
    settings: Settings,
    program: str,
    ready: Callable[[], Awaitable[None]],
    name: str = "",
    prepare: Callable[[], None] | None = None,
) -> Program:
    name = name or program
    return Program(
        name=name,
        kind=program,
        argv=own_command("run", program, *([name] if name != program else [])),
        prepare=prepare,
        # Whatever the locale: logs and files are UTF-8.
        env={"SPRINGLINE_HOME": str(settings.home), "PYTHONUTF8": "1"},
        ready=ready,
        stop_timeout=8.0,
        well=partial(moves, settings, name),
    )


async def moves(settings: Settings, program: str) -> bool:
    """False when a program of ours hears the bus, but does not answer: its loop stands still."""
    try:
        bus = await Bus.connect(settings, "watch", ASK_SECONDS)
    except BusError:
        return True
    try:
        await bus.request(subjects.metrics_of(program), None, str, ASK_SECONDS)
    except BusTimeout:
        return False
    except BusError:
        # It starts, or has lost the bus for a moment.
        return True
    finally:
        await bus.close()
    return True


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():  # noqa: ASYNC110 - another process is asked
        await asyncio.sleep(POLL_SECONDS)


async def _answers(bus: Bus) -> bool:
    try:
        await bus.request(subjects.CONTROL_COMMANDS, commands.GetSnapshot(), commands.Snapshot, timeout=1.0)
    except BusError:
        return False
    return True


async def _published(bus: Bus) -> bool:
    return await bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY) is not None


async def _healthy(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/api/health")).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
