"""Starting, probing and stopping one Asterisk. Whoever supervises spawns `argv(...)` itself."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from springline.platform.supervisor import Port, check_free, end
from springline.platform.supervisor.program import dies_with_me
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.render import write_config
from springline.telephony.engine.scheduling import run_in_batch

if TYPE_CHECKING:
    import httpx

# sun_path holds 108 bytes; Asterisk silently truncates a longer path, and two instances could then meet.
_LONGEST_SOCKET = 100
STOP_SECONDS = 40.0


@dataclass(frozen=True)
class Prepared:
    """A configured instance ready to be spawned. `system_name` is new each time, so no probe is fooled."""

    cfg: EngineConfig
    system_name: str
    run_dir: Path


@dataclass(frozen=True)
class Running(Prepared):
    """An instance that runs; its process can be measured, stopped or lose its power."""

    process: asyncio.subprocess.Process


def prepare(cfg: EngineConfig, *, check_ports: bool = True) -> Prepared:
    """Writes the configuration and makes the run folder. Raises PortTaken and EngineError."""
    if check_ports:
        sip = Port(setting="sip_port", host=cfg.sip_bind, number=cfg.sip_port, kind="udp")
        http = Port(setting="asterisk_http_port", host="127.0.0.1", number=cfg.http_port)
        check_free([sip, http])
    run_dir = short_run_dir(cfg.directory)
    system_name = f"{cfg.name}-{secrets.token_hex(4)}"
    write_config(cfg, run_dir, system_name)
    return Prepared(cfg, system_name, run_dir)


def short_run_dir(directory: Path) -> Path:
    """A short private folder for the control socket, remembered as the link `run` in the instance."""
    directory.mkdir(parents=True, exist_ok=True)
    link = directory / "run"
    known = link.resolve()
    if link.is_symlink() and known.is_dir() and known.stat().st_uid == os.getuid():
        return known
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    parent = base if base and os.access(base, os.W_OK) and len(base) < 60 else "/tmp"  # noqa: S108 - mkdtemp is 0700
    run_dir = Path(tempfile.mkdtemp(prefix="springline-", dir=parent))
    if len(str(run_dir / "asterisk.ctl")) > _LONGEST_SOCKET:
        raise EngineError("long-path", f"{run_dir} is too long for a control socket.")
    link.unlink(missing_ok=True)
    link.symlink_to(run_dir)
    return run_dir


def argv(cfg: EngineConfig) -> list[str]:
    """The command that runs Asterisk in the foreground on the written configuration."""
    return [*cfg.engine.asterisk(), "-C", str(cfg.etc / "asterisk.conf"), "-f"]


async def wait_ready(
    prepared: Prepared, process: asyncio.subprocess.Process | None = None, timeout: float = 20.0
) -> None:
    """Returns once this very instance answers on ARI and listens for SIP.

    Raises EngineError `engine-died` as soon as `process` ends, `not-ready` after `timeout` seconds.
    """
    cfg = prepared.cfg
    deadline = asyncio.get_running_loop().time() + timeout
    auth = (cfg.ari_user, cfg.ari_password)
    import httpx  # a third of a second, which control need not spend at its start

    async with httpx.AsyncClient(auth=auth, timeout=2.0, trust_env=False) as client:
        while not await _is_this_instance(client, prepared):
            if process is not None and process.returncode is not None:
                raise EngineError(
                    "engine-died",
                    f"Asterisk ended with status {process.returncode} while starting.\n{last_errors(cfg)}",
                )
            if asyncio.get_running_loop().time() > deadline:
                raise EngineError(
                    "not-ready", f"Asterisk was not ready after {timeout:.0f} s.\n{last_errors(cfg)}"
                )
            await asyncio.sleep(0.03)
    transports = await command(cfg, "pjsip show transports")
    if f":{cfg.sip_port}" not in transports:
        raise EngineError(
            "no-sip", f"Asterisk does not listen for SIP on port {cfg.sip_port}.\n{last_errors(cfg)}"
        )
    run_in_batch(prepared.run_dir / "asterisk.pid")


async def _is_this_instance(client: httpx.AsyncClient, prepared: Prepared) -> bool:
    import httpx

    try:
        answer = await client.get(f"{prepared.cfg.ari_url}/asterisk/info")
    except httpx.HTTPError:
        return False
    if answer.status_code != httpx.codes.OK:
        return False
    name = answer.json().get("config", {}).get("name")
    return bool(name == prepared.system_name)


async def command(cfg: EngineConfig, text: str, timeout: float = 10.0) -> str:
    """Runs one console command and returns what it printed. Raises EngineError `no-console`."""
    process = await asyncio.create_subprocess_exec(
        *cfg.engine.asterisk(),
        "-C",
        str(cfg.etc / "asterisk.conf"),
        "-rx",
        text,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise EngineError("no-console", f"Asterisk did not answer {text!r} in {timeout:.0f} s.") from None
    if process.returncode != 0:
        raise EngineError(
            "no-console", f"Asterisk's console refused {text!r}: {output.decode(errors='replace')}"
        )
    return output.decode(errors="replace")


async def reload_agents(cfg: EngineConfig) -> None:
    """Makes a running instance read the agents' file again; calls and registrations stay."""
    await command(cfg, "module reload res_pjsip.so")


async def stop(process: asyncio.subprocess.Process, timeout: float = STOP_SECONDS) -> int:
    """Ends Asterisk cleanly and returns its status; kills it after `timeout` seconds.

    The time-out is long on purpose: right after heavy load a clean stop has taken 17 s.
    """
    await end(process, timeout)
    return process.returncode or 0


def last_errors(cfg: EngineConfig, lines: int = 5) -> str:
    """The last ERROR lines of the instance's log, for a message to the operator."""
    log = cfg.logs / "messages"
    if not log.is_file():
        return f"(no log in {cfg.logs})"
    errors = [
        line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if " ERROR[" in line
    ]
    return "\n".join(errors[-lines:])


@asynccontextmanager
async def running_engine(
    cfg: EngineConfig, timeout: float = 20.0, stop_seconds: float = STOP_SECONDS
) -> AsyncIterator[Running]:
    """One instance for the length of a `with` block: for tests, and for whatever has no supervisor.

    The kernel ends it when this process is killed. Raises PortTaken and EngineError.
    """
    prepared = prepare(cfg)
    with (cfg.logs / "console").open("ab") as console:
        process = await asyncio.create_subprocess_exec(
            *argv(cfg),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C in a terminal reaches the whole group; the block ends the engine in its own order.
            start_new_session=True,
            preexec_fn=dies_with_me(),
        )
        try:
            await wait_ready(prepared, process, timeout)
            yield Running(prepared.cfg, prepared.system_name, prepared.run_dir, process)
        finally:
            await asyncio.shield(stop(process, stop_seconds))
            discard_run_dir(cfg.directory)


def discard_run_dir(directory: Path) -> None:
    """Removes the run folder of an instance that has ended."""
    link = directory / "run"
    if not link.is_symlink():
        return
    run_dir = link.resolve()
    link.unlink()
    if run_dir.is_dir() and run_dir.name.startswith("springline-"):
        for entry in run_dir.iterdir():
            entry.unlink()
        run_dir.rmdir()
