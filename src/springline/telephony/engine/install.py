"""Obtains the engine: resolve, download, check, unpack, verify, then one rename.

An interrupted run leaves only a `*.partial` folder, which the next run removes. Stdlib only: set-up uses it
before anything is installed.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from springline.telephony.engine.apt import Package, PrivateApt, unpack
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import Engine, engine_dir, exclusive
from springline.telephony.engine.recipes import ENGINE
from springline.telephony.engine.sources import (
    MIRROR_SETTING,
    AptSource,
    debian_mirror,
    machine_sources,
    os_release,
)

Progress = Callable[[str], None]

SUITE_SETTING = "SPRINGLINE_ENGINE_SUITE"
DEFAULT_SUITE = "forky"
MINIMUM_ASTERISK = (22, 6)
MINIMUM_NATS = (2, 11)
SHIPPED_KEY = Path(__file__).parent / "keys" / "debian-archive-bookworm-automatic.asc"
_USELESS = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/lib/systemd",
    "etc/init.d",
)


def quiet(_line: str) -> None:
    """A Progress that shows nothing."""


@contextmanager
def partial_folder(home: Path, name: str) -> Iterator[Path]:
    """A fresh work folder on the home's own file system, so that the result can be renamed into place."""
    home.mkdir(parents=True, exist_ok=True)
    for stale in home.glob(f".{name}-*.partial"):
        shutil.rmtree(stale, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{name}-", suffix=".partial", dir=home))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def debian_keyring() -> Path:
    """The key the Debian archive is signed with: the machine's copy, else the public key shipped with us."""
    for codename in ("forky", "trixie", "bookworm"):
        machine = Path(f"/usr/share/keyrings/debian-archive-{codename}-automatic.gpg")
        if machine.is_file():
            return machine
    return SHIPPED_KEY


def engine_apt(work: Path, suite: str) -> PrivateApt:
    """A private apt that knows one archive, Debian's `suite`, and one key."""
    mirror = debian_mirror(machine_sources(), os_release(), os.environ.get(MIRROR_SETTING, ""))
    source = AptSource(uri=mirror, suites=(suite,), components=("main",))
    return PrivateApt(work, source.as_deb822(), keyring=debian_keyring())


def engine_digest() -> str:
    """Stands for what would be installed: the recipe, the suite and the architecture."""
    return ENGINE.digest(os.environ.get(SUITE_SETTING, DEFAULT_SUITE), platform.machine())


def install_engine(home: Path, progress: Progress = quiet, *, upgrade: bool = False) -> Engine:
    """Puts Asterisk and nats-server into `home` unless the same recipe is already there.

    `upgrade` resolves anew even then. Raises EngineError; the engine that was there before stays untouched
    until the new one has been verified.
    """
    suite = os.environ.get(SUITE_SETTING, DEFAULT_SUITE)
    digest = engine_digest()
    target = engine_dir(home)
    with exclusive(target.parent, "engine"):
        if not upgrade and read_manifest(target).get("recipe") == digest:
            return Engine(root=target / "root")
        started = time.monotonic()
        with partial_folder(target.parent, "engine") as work:
            packages = _obtain(work, suite, progress)
            manifest = {
                "recipe": digest,
                "suite": suite,
                "asterisk": ".".join(map(str, asterisk_version(Engine(root=work / "engine/root")))),
                "packages": {p.name: {"version": p.version, "sha256": p.sha256} for p in packages},
            }
            text = json.dumps(manifest, indent=1, ensure_ascii=False)
            (work / "engine/manifest.json").write_text(text, encoding="utf-8")
            swap_in(work / "engine", target)
        progress(f"engine ready in {time.monotonic() - started:.1f} s: Asterisk {manifest['asterisk']}")
    return Engine(root=target / "root")


def _obtain(work: Path, suite: str, progress: Progress) -> list[Package]:
    progress(f"reading the signed index of Debian {suite}")
    apt = engine_apt(work / "apt", suite)
    apt.update()
    packages = apt.closure(ENGINE.roots, ENGINE.cut)
    progress(f"downloading {len(packages)} packages, {sum(p.size for p in packages) / 1e6:.0f} MB")
    debs = apt.download(packages, work / "debs")
    progress("signatures and hashes are right; unpacking")
    root = work / "engine/root"
    unpack(debs, root)
    _tidy(root)
    progress("checking that every module finds its libraries")
    verify(Engine(root=root))
    return packages


def _tidy(root: Path) -> None:
    for useless in _USELESS:
        shutil.rmtree(root / useless, ignore_errors=True)
    sounds = root / "usr/share/asterisk/sounds"
    for link in [entry for entry in sounds.iterdir() if entry.is_symlink() and not entry.exists()]:
        link.unlink()
    # The package's maintainer script would make this link; without it no English sound is found.
    voice = next((entry for entry in sorted(sounds.glob("en_*")) if entry.is_dir()), None)
    if voice is not None and not (sounds / "en").exists():
        (sounds / "en").symlink_to(voice.name)


def swap_in(new: Path, target: Path) -> None:
    """Replaces the folder `target` by `new`; what was there is removed afterwards."""
    if target.exists():
        old = target.with_name(f".{target.name}-old-{os.getpid()}.partial")
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.rename(target)


def read_manifest(folder: Path) -> dict[str, object]:
    """The manifest an installation left, or an empty dictionary when it is missing or unreadable."""
    try:
        loaded = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _version(argv: list[str]) -> tuple[int, ...]:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError("cannot-run", f"{argv[-2]} does not run on this machine: {error}") from error
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout + done.stderr)
    if done.returncode != 0 or match is None:
        raise EngineError(
            "cannot-run", f"{argv[-2]} does not run on this machine: {done.stderr.strip()[-300:]}"
        )
    return tuple(int(part) for part in match.groups(default="0"))


def asterisk_version(engine: Engine) -> tuple[int, ...]:
    """Version of the engine's Asterisk, asked from the program itself. Raises EngineError `cannot-run`."""
    return _version([*engine.asterisk(), "-V"])


def nats_version(engine: Engine) -> tuple[int, ...]:
    """Version of the engine's nats-server, asked from the program itself. Raises EngineError `cannot-run`."""
    return _version([*engine.nats(), "--version"])


def verify(engine: Engine) -> None:
    """Raises EngineError unless both programs are new enough and every module we load finds its libraries."""
    for name, version, minimum in (
        ("Asterisk", asterisk_version(engine), MINIMUM_ASTERISK),
        ("nats-server", nats_version(engine), MINIMUM_NATS),
    ):
        if version < minimum:
            have, need = (".".join(map(str, v)) for v in (version, minimum))
            raise EngineError(
                "too-old",
                f"{name} {have} is too old, {need} or newer is needed.",
                f"{name} {have} 版本过低，需要 {need} 或更高版本。",
            )
    if not engine.system:
        _verify_libraries(engine)


def _verify_libraries(engine: Engine) -> None:
    from springline.telephony.engine.modules import MODULES

    argv = engine.asterisk()
    missing: set[str] = set()
    for module in MODULES:
        file = engine.modules / f"{module}.so"
        if not file.is_file():
            raise EngineError("module-missing", f"Asterisk's module {module} is not in the package.")
        done = subprocess.run([*argv[:-1], "--list", str(file)], capture_output=True, text=True, check=False)
        missing |= set(re.findall(r"(\S+) => not found", done.stdout))
    if missing:
        raise EngineError(
            "library-missing",
            f"The suite has changed: {', '.join(sorted(missing))} is needed but was not unpacked. "
            f"Choose another suite with {SUITE_SETTING} or report this.",
        )


def system_engine() -> Engine:
    """The Asterisk and nats-server installed on this machine. Raises EngineError when missing or too old."""
    engine = Engine(root=Path("/"), system=True)
    if not Path("/usr/sbin/asterisk").is_file():
        raise EngineError(
            "no-system-asterisk",
            "This machine has no /usr/sbin/asterisk; leave out --system.",
            "本机没有 /usr/sbin/asterisk，请去掉 --system。",
        )
    verify(engine)
    return engine


def use_system_engine(home: Path) -> Engine:
    """Makes `home` run on the machine's own programs from now on, after checking that they are fit."""
    engine = system_engine()
    target = engine_dir(home)
    with exclusive(target.parent, "engine"), partial_folder(target.parent, "engine") as work:
        (work / "engine").mkdir()
        (work / "engine/manifest.json").write_text(json.dumps({"system": True}), encoding="utf-8")
        swap_in(work / "engine", target)
    return engine
