"""Starts programs in order, starts again what dies, stops all in reverse order."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import structlog

from springline.platform.supervisor.ending import end
from springline.platform.supervisor.program import Program, dies_with_me

log = structlog.get_logger("supervisor")

BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
STABLE_AFTER_SECONDS = 30.0
SERVED_AFTER_SECONDS = 1.0
LOOK_SECONDS = 8.0
UNWELL_LOOKS = 3
LOG_LIMIT_BYTES = 20 * 1024 * 1024

Report = Callable[[str, str, float], None]


class StartFailed(RuntimeError):
    """A program did not become ready at the first start; the text ends with its last log lines."""


class Supervisor:
    """`stages`: the programs of a stage start together, when those of the stage before are ready.

    `report(program, state, seconds)` is called with state starting, ready, died, stopped.
    """

    def __init__(
        self, stages: Sequence[Sequence[Program]], log_dir: Path, report: Report | None = None
    ) -> None:
        self._stages = stages
        self._programs = {program.name: program for stage in stages for program in stage}
        self._log_dir = log_dir
        self._report = report or (lambda name, state, seconds: None)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Start every stage in order. Raises StartFailed."""
        self._log_dir.mkdir(parents=True, exist_ok=True)
        for stage in self._stages:
            starts = [asyncio.ensure_future(self._start(program)) for program in stage]
            try:
                await asyncio.gather(*starts)
            finally:
                for start in starts:
                    start.cancel()

    async def _start(self, program: Program) -> None:
        began = time.monotonic()
        self._report(program.name, "starting", 0.0)
        await self._spawn(program)
        await self._until_ready(program)
        self._report(program.name, "ready", time.monotonic() - began)
        self._keepers.append(asyncio.create_task(self._keep(program), name=f"keep {program.name}"))

    async def stop(self) -> None:
        """Stop all in reverse order; returns when no process is left."""
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        for _kind, alike in groupby(reversed(list(self._processes)), self._kind_of):
            await asyncio.gather(*(self._end(name) for name in alike))

    def _kind_of(self, name: str) -> str:
        return self._programs[name].kind or name

    async def _end(self, name: str) -> None:
        program = self._programs[name]
        if not await end(self._processes[name], program.stop_timeout, program.stop_signal):
            log.warning("program_killed", program=name)
        self._report(name, "stopped", 0.0)

    def pid(self, name: str) -> int:
        """The present process of a program; another one after a restart."""
        return self._processes[name].pid

    async def _spawn(self, program: Program) -> None:
        if program.prepare:
            program.prepare()
        path = self._log_dir / f"{program.name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            self._processes[program.name] = await asyncio.create_subprocess_exec(
                *program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **program.env},
                start_new_session=True,
                preexec_fn=dies_with_me(),
            )

    async def _until_ready(self, program: Program) -> None:
        """Raises StartFailed as soon as the process ends, and after the program's own deadline."""
        process = self._processes[program.name]
        ready = asyncio.ensure_future(program.ready())
        ended = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait(
                {ready, ended}, timeout=program.ready_timeout, return_when=asyncio.FIRST_COMPLETED
            )
            if ready.done() and not ready.exception():
                return
            raise StartFailed(self._why(program, process, ready))
        finally:
            ended.cancel()
            ready.cancel()

    def _why(self, program: Program, process: asyncio.subprocess.Process, ready: asyncio.Future[None]) -> str:
        if process.returncode is not None:
            reason = f"ended with {process.returncode}"
        elif ready.done():
            reason = str(ready.exception())
        else:
            reason = f"is not ready after {program.ready_timeout:.0f} s"
        path = self._log_dir / f"{program.name}.log"
        tail = path.read_text(errors="replace").splitlines()[-12:]
        return "\n".join([f"{program.name} {reason}; {path}:", *tail])

    async def _keep(self, program: Program) -> None:
        failures, stable_after = 0, SERVED_AFTER_SECONDS
        while True:
            began = time.monotonic()
            code = await self._ended(program)
            if self._stopping:
                return
            failures = 0 if time.monotonic() - began > stable_after else failures + 1
            self._report(program.name, "died", time.monotonic() - began)
            log.error("program_died", program=program.name, code=code)
            # One that served is killed from outside, perhaps often: callers wait for it, so no pause grows.
            served = await self._restart(program, failures)
            stable_after = SERVED_AFTER_SECONDS if served else STABLE_AFTER_SECONDS

    async def _ended(self, program: Program) -> int:
        process = self._processes[program.name]
        watching = asyncio.ensure_future(self._watch(program, process))
        try:
            return await process.wait()
        finally:
            watching.cancel()

    async def _watch(self, program: Program, process: asyncio.subprocess.Process) -> None:
        """Ends a process that is not well; `_keep` starts another one."""
        unwell = 0
        while program.well is not None and unwell < UNWELL_LOOKS:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                unwell = 0 if await program.well() else unwell + 1
            except Exception:  # the job boundary: who cannot be asked is left alone
                log.exception("program_not_asked", program=program.name)
        if unwell:
            log.error("program_unwell", program=program.name)
            await end(process, program.stop_timeout, program.stop_signal)

    async def _restart(self, program: Program, failures: int) -> bool:
        """Returns when the program runs again, True when it is ready. A full disk or a taken port is only a
        reason to wait."""
        while True:
            await asyncio.sleep(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
            began = time.monotonic()
            try:
                await self._spawn(program)
                break
            except Exception as error:  # noqa: BLE001 - the job boundary: nobody else would start it again
                log.error("program_not_started", program=program.name, error=str(error))
                failures += 1
        try:
            await self._until_ready(program)
        except StartFailed as error:
            log.error("program_not_ready", program=program.name, error=str(error).splitlines()[0])
            return False
        self._report(program.name, "ready", time.monotonic() - began)
        return True
