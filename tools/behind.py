"""A command that computes behind others: it gets the processors' time that nobody else wants."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from springline.platform.supervisor import dies_with_me
from tools.setup.places import ROOT

_NICE = 10


@dataclass(frozen=True)
class Computing:
    """A command under way; `said` holds its output until it is finished."""

    title: str
    process: subprocess.Popen[bytes]
    said: Path

    def finish(self) -> int:
        """Waits for its end, prints what it said, and returns its status."""
        status = self.process.wait()
        print(f"== {self.title}", flush=True)
        with self.said.open("rb") as output:
            shutil.copyfileobj(output, sys.stdout.buffer)
            sys.stdout.flush()
        return status


@contextmanager
def behind(
    title: str, argv: list[str], said: Path, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> Iterator[Computing]:
    """Runs `argv` with its output in the file `said`; what still runs after the block is ended."""
    die_with_me = dies_with_me()

    def before_exec() -> None:
        die_with_me()
        os.nice(_NICE)
        # Where the kernel weighs sessions before processes, `nice` counts only within one (sched(7)).
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(_NICE))

    with said.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec,
        )
    try:
        yield Computing(title, process, said)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
