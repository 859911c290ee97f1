"""A PostgreSQL of our own for as long as it is needed: for tests and benches, never for a station's data."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from springline.platform.supervisor.program import dies_with_me

_START_SECONDS, _STOP_SECONDS = 30.0, 10.0
# Nobody's data are lost with it, so it need not wait for the disk.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresFault(Exception):
    """It cannot be made or does not start; the message holds what it said last."""


@contextmanager
def private_postgres(program: Path, *, durable: bool = False) -> Iterator[str]:
    """The URL of a fresh server at a socket in a folder of its own; both are gone afterwards.

    `program`: its `postgres`; `initdb` lies beside it. `durable`: commits wait for the disk, as in service.
    Raises PostgresFault.
    """
    # A socket's path may have 107 bytes, which a folder deep below TMPDIR would exceed.
    folder = Path(tempfile.mkdtemp(prefix="springline-pg-", dir="/tmp"))  # noqa: S108
    try:
        account = _account()
        program = _within_reach(program, folder, account)
        if account:
            shutil.chown(folder, account.pw_uid, account.pw_gid)
        _make(program.with_name("initdb"), folder / "data", account)
        with _running(program, folder, account, durable=durable):
            with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as server:
                server.execute("CREATE DATABASE springline")
            yield f"postgresql://postgres@/springline?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom it runs as when we are root, which it refuses; None: as ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _within_reach(program: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """`program`, or a copy of its tree where the other account may not go, such as below /root."""
    real = program.resolve()
    if account is None or all(path.stat().st_mode & stat.S_IXOTH for path in real.parents):
        return program
    tree = real.parent  # a wrapper: what it runs lies in root/ beside it, by absolute paths
    copy = folder / "program"
    shutil.copytree(tree, copy, symlinks=True)
    for name in ("postgres", "initdb"):
        wrapper = copy / name
        wrapper.write_text(wrapper.read_text().replace(str(tree), str(copy)))
    folder.chmod(0o755)
    return copy / program.name


def _make(initdb: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    command = [initdb, "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(account))
    if done.returncode:
        raise PostgresFault(f"initdb failed: {done.stderr[-500:]}")


@contextmanager
def _running(
    program: Path, folder: Path, account: pwd.struct_passwd | None, *, durable: bool
) -> Iterator[None]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "timezone": "UTC",
        "shared_buffers": "256MB",
        **({} if durable else _CARELESS),
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-D", folder / "data", *options],
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_me(),
            **_as(account),
        )
    try:
        _wait(server, folder)
        yield
    finally:
        # SIGINT is its fast shutdown: it does not wait for clients to leave.
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    # It writes "ready" into its pid file when it takes clients.
    pid_file = folder / "data/postmaster.pid"
    while "ready" not in (pid_file.read_text() if pid_file.exists() else ""):
        if server.poll() is not None or time.monotonic() > deadline:
            raise PostgresFault(f"postgres did not start: {(folder / 'log').read_text()[-500:]}")
        time.sleep(0.05)


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    base: dict[str, object] = {"stdin": subprocess.DEVNULL, "cwd": "/"}
    if account is None:
        return base
    return base | {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
