"""How the engine's threads share the processors: none interrupts who runs when it wakes (ADR 22)."""

import os
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger("engine")


def run_in_batch(pid_file: Path) -> None:
    """Puts every thread of a running Asterisk under SCHED_BATCH, which later ones inherit.

    Before, it would be in vain: Asterisk sets its own policy when it starts. Where the kernel refuses, the
    engine runs as all programs do.
    """
    try:
        tasks = Path(f"/proc/{int(pid_file.read_text(encoding='ascii'))}/task")
        known: set[str] = set()
        while begun := {task.name for task in tasks.iterdir()} - known:
            for thread in begun:
                with suppress(ProcessLookupError):
                    os.sched_setscheduler(int(thread), os.SCHED_BATCH, os.sched_param(0))
            known |= begun
    except (OSError, ValueError) as error:
        log.info("engine_interrupts", error=type(error).__name__)
