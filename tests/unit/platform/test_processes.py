"""Ports that are held by others and programs that were started again, on real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from springline.platform import processes
from springline.platform.findings import Level
from springline.platform.supervisor import Port

WAITS = "import sys, socket; s = socket.socket(socket.AF_INET, socket.{kind}); s.bind(('127.0.0.1', 0))\n"
LISTENS = (
    "s.listen() if s.type == socket.SOCK_STREAM else None\n"
    "print(s.getsockname()[1], flush=True); sys.stdin.read()"
)


@contextmanager
def holder(kind: str) -> Iterator[tuple[int, Port]]:
    """A program that has a port, and the port."""
    code = WAITS.format(kind="SOCK_STREAM" if kind == "tcp" else "SOCK_DGRAM") + LISTENS
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:  # type: ignore[call-overload]
        number = int(process.stdout.readline())
        try:
            yield process.pid, Port(setting="nats_port", host="127.0.0.1", number=number, kind=kind)
        finally:
            process.stdin.close()


@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_a_port_that_another_program_holds_is_found_whether_the_house_runs_or_not(kind: str) -> None:
    with holder(kind) as (pid, port):
        assert processes.ports(None, [port]).level is Level.FAULT
        assert "nats_port" in processes.ports(None, [port]).en
        with holder("tcp") as (another, _port):
            stranger = processes.ports(another, [port])
        assert stranger.level is Level.FAULT
        assert str(port.number) in stranger.zh
        assert stranger.do_zh
        assert processes.ports(pid, [port]).level is Level.GOOD
        assert processes.ports(pid + 10**7, [port]).level is Level.GOOD, "whose it is nobody knows"
        assert processes.ports(os.getpid(), [port]).level is Level.GOOD


def test_a_port_that_is_free_is_no_finding() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    port = Port(setting="nats_port", host="127.0.0.1", number=number)
    assert processes.ports(None, [port]).level is Level.GOOD
    assert processes.ports(os.getpid(), [port]).level is Level.GOOD


def test_a_program_that_is_younger_than_the_house_was_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = processes.Process
    every = {
        1: one(pid=1, parent=0, name="springline", age=5000.0),
        2: one(pid=2, parent=1, name="nats-server", age=4999.0),
        3: one(pid=3, parent=1, name="control", age=40.0),
        4: one(pid=4, parent=1, name="web", age=1000.0),
        5: one(pid=5, parent=3, name="asterisk", age=1.0),
        6: one(pid=6, parent=1, name="web-2", age=41.0),
        7: one(pid=7, parent=1, name="webalizer", age=42.0),
    }
    monkeypatch.setattr(processes, "processes", lambda: every)
    found, web = processes.restarted(1)
    assert (found.code, found.level) == ("restarts-control", Level.WARNING)
    assert "web-2.log" in web.do_en
    assert processes.restarted(99)[0].level is Level.GOOD


def test_programs_are_known_by_name_and_age() -> None:
    with holder("tcp") as (pid, _port):
        found = processes.processes()[pid]
        assert found.parent == os.getpid()
        assert 0 <= found.age < 60


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python -m springline run web web-2", "web-2"),
        ("python -m springline run web", "web"),
        ("/engine/ld.so --library-path /x /engine/asterisk -f", "asterisk"),
    ],
)
def test_one_of_several_is_called_by_its_own_name(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in command.split()))
    assert processes._name(tmp_path) == name
