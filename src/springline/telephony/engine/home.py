"""Where the engine and the tools lie: one home folder, by default `.springline` beside the program."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from springline.platform.home import default_home as default_home
from springline.platform.home import project_root as project_root
from springline.telephony.engine.errors import EngineError

ENGINE_SETTING = "SPRINGLINE_ENGINE_DIR"
_TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
_LOADERS = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}


def triplet() -> str:
    """Debian's name for this machine's library folder. Raises EngineError `architecture` if unknown."""
    machine = platform.machine()
    if machine not in _TRIPLETS:
        raise EngineError("architecture", f"No engine packages are known for the architecture {machine}.")
    return _TRIPLETS[machine]


@dataclass(frozen=True)
class Engine:
    """An Asterisk and a nats-server that can be run: unpacked under `root`, or the system's (root = /)."""

    root: Path
    system: bool = False

    @property
    def libraries(self) -> tuple[Path, ...]:
        return tuple(self.root / base / triplet() for base in ("usr/lib", "lib"))

    @property
    def modules(self) -> Path:
        return self.root / "usr/lib" / triplet() / "asterisk/modules"

    @property
    def data(self) -> Path:
        return self.root / "usr/share/asterisk"

    @property
    def sounds(self) -> Path:
        return self.data / "sounds"

    def program(self, relative: str) -> list[str]:
        """argv prefix that runs a program of the engine, through the engine's own dynamic loader."""
        if self.system:
            return [str(self.root / relative)]
        loader = self.root / "usr/lib" / triplet() / _LOADERS[platform.machine()]
        return [str(loader), "--library-path", ":".join(map(str, self.libraries)), str(self.root / relative)]

    def asterisk(self) -> list[str]:
        return self.program("usr/sbin/asterisk")

    def nats(self) -> list[str]:
        for relative in ("usr/sbin/nats-server", "usr/bin/nats-server"):
            if (self.root / relative).is_file():
                return self.program(relative)
        raise EngineError(
            "no-nats-server", f"nats-server is not in {self.root}; run: springline engine install"
        )


def engine_dir(home: Path) -> Path:
    """Where `home`'s engine is or would be. SPRINGLINE_ENGINE_DIR lets many homes share one engine."""
    setting = os.environ.get(ENGINE_SETTING)
    return Path(setting).expanduser().absolute() if setting else home / "engine"


def find_engine(home: Path | None = None, folder: Path | None = None) -> Engine | None:
    """The engine in `folder`, else of `home`, else of the default home; None when there is none."""
    homes = [home, default_home(), project_root() / ".springline"]
    places = [folder, *(engine_dir(h) for h in homes if h is not None)]
    for candidate in filter(None, places):
        manifest = candidate / "manifest.json"
        if manifest.is_file():
            system = json.loads(manifest.read_text(encoding="utf-8")).get("system", False)
            return Engine(root=Path("/"), system=True) if system else Engine(root=candidate / "root")
    return None


def require_engine(home: Path | None = None, folder: Path | None = None) -> Engine:
    """Like find_engine, but raises EngineError `no-engine` that says how to get one."""
    engine = find_engine(home, folder)
    if engine is None:
        raise EngineError(
            "no-engine",
            "The call engine is not unpacked yet; run: springline engine install (or make setup)",
            "通话引擎尚未解包，请运行 springline engine install（或 make setup）。",
        )
    return engine


@contextmanager
def exclusive(home: Path, name: str) -> Iterator[None]:
    """Holds a lock file of the home, waiting for another set-up that runs at the same time."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / f".{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
