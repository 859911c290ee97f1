"""Steps that show where they are, remember what they were done for, and can be interrupted anywhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """A step failed; the text says why and what to do."""


@dataclass(frozen=True)
class Step:
    """`inputs` is what the step depends on; the step runs unless `stamp` already holds it.

    `run` gets a function that shows a line. `present` tells whether the result is really there.
    """

    title: str
    stamp: Path
    inputs: Callable[[], str]
    run: Callable[[Callable[[str], None]], None]
    present: Callable[[], bool] = lambda: True

    def is_done(self) -> bool:
        try:
            return self.stamp.read_text(encoding="utf-8") == self.inputs() and self.present()
        except OSError:
            return False

    def record(self) -> None:
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        partial = self.stamp.with_name(f"{self.stamp.name}.partial")
        partial.write_text(self.inputs(), encoding="utf-8")
        partial.replace(self.stamp)


def digest(files: Iterable[Path], *more: str) -> str:
    """SHA-256 over the names and contents of `files` and over `more`; missing files count as empty."""
    total = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        content = file.read_bytes() if file.is_file() else b""
        total.update(f"{file.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


class Ticker:
    """Shows the running step and its seconds: a moving line on a terminal, a line now and then elsewhere."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.note = ""
        self.started = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Ticker:
        if not self._terminal:
            print(f"{self.label} ...", flush=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def show(self, note: str) -> None:
        self.note = note
        if not self._terminal:
            print(f"      {self.seconds():5.1f} s  {note}", flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def finish(self, word: str) -> None:
        start = "\r\033[K" if self._terminal else ""
        print(f"{start}{self.label}  {word}", flush=True)

    def _tick(self) -> None:
        while not self._end.wait(0.2 if self._terminal else 10.0):
            if self._terminal:
                print(f"\r\033[K{self.label}  {self.seconds():.0f} s  {self.note}"[:200], end="", flush=True)
            else:
                print(f"      {self.seconds():5.1f} s  still at it", flush=True)


def run_steps(steps: list[Step]) -> None:
    """Runs what is not done yet, in order. Raises SetupError of the first step that fails."""
    for number, step in enumerate(steps, 1):
        label = f"[{number}/{len(steps)}] {step.title}"
        if step.is_done():
            print(f"{label}  unchanged", flush=True)
            continue
        with Ticker(label) as ticker:
            step.stamp.unlink(missing_ok=True)
            try:
                step.run(ticker.show)
            except BaseException as error:
                word = "stopped" if isinstance(error, KeyboardInterrupt) else "FAILED"
                ticker.finish(f"{word} after {ticker.seconds():.1f} s")
                raise
            step.record()
        ticker.finish(f"done in {ticker.seconds():.1f} s")


def call(
    argv: list[str | Path], log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Runs a program with its output in `log`; raises SetupError with the end of that output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(part) for part in argv]
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(command)}\n".encode())
        out.flush()
        start = out.tell()
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=env or os.environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as child:
            try:
                status = child.wait()
            except BaseException:
                child.terminate()
                raise
    if status != 0:
        with log.open("rb") as written:
            written.seek(start)
            text = re.sub(r"\x1b\[[0-9;]*m", "", written.read().decode(errors="replace"))
        tail = text.strip().splitlines()[-20:]
        raise SetupError(
            "\n".join([f"{Path(command[0]).name} ended with status {status} (all of it: {log})", *tail])
        )
