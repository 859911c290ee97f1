"""One supervisor per home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class HomeInUse(RuntimeError):
    """Another supervisor runs this home; the text names its process."""


@contextmanager
def home_lock(state_dir: Path) -> Iterator[None]:
    """Hold the home for as long as the block runs. The kernel lets go of it when the process dies."""
    state_dir.mkdir(parents=True, exist_ok=True)
    path = state_dir / "supervisor.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise HomeInUse(
                f"{state_dir.parent} 已在运行（进程 {file.read().strip() or '?'}），请先停止它，"
                f"或用 SPRINGLINE_HOME 另选目录。 / This home is already running: stop that process first, "
                f"or choose another folder with SPRINGLINE_HOME."
            ) from error
        file.truncate(0)
        with suppress(OSError):
            # On a full disk the house starts all the same: the lock is what counts.
            os.write(file.fileno(), str(os.getpid()).encode())
        yield
