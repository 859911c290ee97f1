"""nats-server with JetStream on loopback: configuration, command and readiness."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from springline.platform.supervisor import Port, check_free
from springline.platform.supervisor.program import dies_with_me
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import Engine
from springline.telephony.engine.process import stop
from springline.telephony.engine.render import write_private


@dataclass(frozen=True)
class NatsConfig:
    """One nats-server. `token` is what clients present; `max_store` is JetStream's limit on disk in bytes."""

    directory: Path
    engine: Engine
    port: int
    token: str
    name: str = "springline"
    max_store: int = 8 * 1024**3
    max_memory: int = 256 * 1024**2

    def __post_init__(self) -> None:
        object.__setattr__(self, "directory", self.directory.absolute())
        if len(self.token) < 16 or not re.fullmatch(r"[A-Za-z0-9_-]+", self.token):
            raise EngineError("weak-password", "The NATS token must be 16 or more letters, digits, - or _.")

    @property
    def file(self) -> Path:
        return self.directory / "nats.conf"

    @property
    def url(self) -> str:
        """Address without the token, which is presented separately and must not reach a log."""
        return f"nats://127.0.0.1:{self.port}"


def render_nats(cfg: NatsConfig, server_name: str) -> str:
    """nats.conf: loopback only, a token, JetStream in the instance's folder, synced every 2 s."""
    return (
        f'server_name: "{server_name}"\n'
        f'listen: "127.0.0.1:{cfg.port}"\n'
        f'authorization {{ token: "{cfg.token}" }}\n'
        "max_payload: 1048576\n"
        "jetstream {\n"
        f"  store_dir: {_quoted(cfg.directory / 'jetstream')}\n"
        f"  max_mem: {cfg.max_memory}\n"
        f"  max_file: {cfg.max_store}\n"
        "  sync_interval: 2s\n"
        "}\n"
        "logtime_utc: true\n"
        f"log_file: {_quoted(cfg.directory / 'nats.log')}\n"
        "logfile_size_limit: 20MB\n"
        "logfile_max_num: 2\n"
    )


def _quoted(path: Path) -> str:
    # nats.conf knows no escapes by code point: letters of any language stand as they are.
    return json.dumps(str(path), ensure_ascii=False)


def prepare_nats(cfg: NatsConfig, *, check_ports: bool = True) -> str:
    """Writes the configuration and returns the server name a readiness probe must see. Raises PortTaken."""
    if check_ports:
        check_free([Port(setting="nats_port", host="127.0.0.1", number=cfg.port)])
    cfg.directory.mkdir(parents=True, exist_ok=True)
    server_name = f"{cfg.name}-{secrets.token_hex(4)}"
    write_private(cfg.file, render_nats(cfg, server_name))
    return server_name


def nats_argv(cfg: NatsConfig) -> list[str]:
    """The command that runs nats-server in the foreground."""
    return [*cfg.engine.nats(), "-c", str(cfg.file)]


async def wait_nats_ready(
    cfg: NatsConfig,
    server_name: str,
    process: asyncio.subprocess.Process | None = None,
    timeout: float = 15.0,
) -> None:
    """Returns once the server with this name greets with JetStream enabled.

    Raises EngineError `nats-died` as soon as `process` ends, `not-ready` after `timeout` seconds.
    """
    deadline = asyncio.get_running_loop().time() + timeout
    while not await _greets(cfg.port, server_name):
        if process is not None and process.returncode is not None:
            raise EngineError(
                "nats-died", f"nats-server ended with status {process.returncode}; see {cfg.directory}"
            )
        if asyncio.get_running_loop().time() > deadline:
            raise EngineError(
                "not-ready", f"nats-server was not ready after {timeout:.0f} s; see {cfg.directory}"
            )
        await asyncio.sleep(0.03)


async def _greets(port: int, server_name: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        line = await asyncio.wait_for(reader.readline(), 2.0)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    if not line.startswith(b"INFO "):
        return False
    info = json.loads(line[5:])
    return bool(info.get("server_name") == server_name and info.get("jetstream"))


@asynccontextmanager
async def running_nats(cfg: NatsConfig, timeout: float = 15.0) -> AsyncIterator[NatsConfig]:
    """One nats-server for the length of a `with` block."""
    server_name = prepare_nats(cfg)
    process = await asyncio.create_subprocess_exec(
        *nats_argv(cfg),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_me(),
    )
    try:
        await wait_nats_ready(cfg, server_name, process, timeout)
        yield cfg
    finally:
        await asyncio.shield(stop(process))
