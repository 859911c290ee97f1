"""A private apt: the machine's apt programs on state, cache and sources of our own.

Works without root and never touches the system. What it adds to apt: every file is compared with the SHA-256
of the signed index after the download, because `apt-get download` accepts an existing file by its size alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from springline.telephony.engine.errors import EngineError

_CARRIED = re.compile(
    r"^Acquire::(?!IndexTargets|Languages|cdrom|Changelogs|AllowInsecure|AllowWeak|AllowDowngrade)"
)


@dataclass(frozen=True)
class Package:
    """One version of one package as the signed index describes it; `size` in bytes, `sha256` in hex."""

    name: str
    version: str
    sha256: str
    size: int
    depends: tuple[tuple[str, ...], ...] = ()


def parse_packages(text: str) -> list[Package]:
    """Packages in the output of `apt-cache show`. Stanzas without a SHA-256 (installed only) are skipped."""
    found = []
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.MULTILINE))
        if "SHA256" not in fields:
            continue
        needs = ", ".join(fields[key] for key in ("Pre-Depends", "Depends") if key in fields)
        found.append(
            Package(
                name=fields["Package"],
                version=fields["Version"],
                sha256=fields["SHA256"].lower(),
                size=int(fields.get("Size", "0")),
                depends=parse_depends(needs),
            )
        )
    return found


def parse_depends(text: str) -> tuple[tuple[str, ...], ...]:
    """A Depends field as alternatives per need: `a (>= 1), b | c` -> (("a",), ("b", "c"))."""
    needs = []
    for need in text.split(","):
        names = tuple(re.split(r"[ :(\[]", choice.strip(), maxsplit=1)[0] for choice in need.split("|"))
        if names != ("",):
            needs.append(names)
    return tuple(needs)


def machine_acquire_options() -> list[str]:
    """The machine's own `Acquire::` settings (proxy, certificates, date checks), as apt.conf lines.

    Date checks are carried over on purpose: some mirrors serve Release files past their Valid-Until, and a
    machine set up for such a mirror says so here.
    """
    done = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if _CARRIED.match(line) and not line.endswith(' "";')]


class PrivateApt:
    """apt on a directory of our own; `status` is the dpkg status to resolve against (or nothing)."""

    def __init__(
        self, work: Path, sources: str, *, keyring: Path | None = None, status: Path | None = None
    ) -> None:
        self.work = work
        for name in ("state/lists/partial", "cache/archives/partial", "keys"):
            (work / name).mkdir(parents=True, exist_ok=True)
        (work / "private.sources").write_text(sources, encoding="utf-8")
        empty = work / "status"
        empty.touch()
        (work / "apt.conf").write_text(self._conf(status or empty, keyring), encoding="utf-8")

    def _conf(self, status: Path, keyring: Path | None) -> str:
        work = self.work
        lines = machine_acquire_options()
        lines += [
            f'Dir::State "{work}/state";',
            f'Dir::State::status "{status}";',
            f'Dir::Cache "{work}/cache";',
            f'Dir::Etc::sourcelist "{work}/private.sources";',
            'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::main "/dev/null";',
            'Dir::Etc::parts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";',
            'Dir::Etc::preferencesparts "/dev/null";',
            'Acquire::Languages "none";',
            # docker images keep indexes compressed, which makes every query slow
            'Acquire::GzipIndexes "false";',
            'Acquire::PDiffs "false";',
            'Acquire::Retries "3";',
            'APT::Install-Recommends "false";',
            # apt's sandbox user could not enter a home of mode 0700
            'APT::Sandbox::User "root";',
        ]
        if keyring is not None:
            shutil.copyfile(keyring, work / "keys" / keyring.name)
            lines += ['Dir::Etc::trusted "/dev/null";', f'Dir::Etc::trustedparts "{work}/keys/";']
        return "\n".join(lines) + "\n"

    def _run(self, args: list[str], cwd: Path | None = None) -> str:
        environment = os.environ | {"APT_CONFIG": str(self.work / "apt.conf"), "LC_ALL": "C"}
        try:
            done = subprocess.run(
                args, cwd=cwd or self.work, env=environment, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise EngineError(
                "no-apt",
                f"{args[0]} was not found. The engine comes as Debian packages; this machine needs apt.",
                f"找不到 {args[0]}：通话引擎取自 Debian 软件包，本机需要 apt。",
            ) from None
        if done.returncode != 0:
            raise EngineError("apt-failed", _explain(args, done.stderr or done.stdout))
        return done.stdout

    def update(self) -> None:
        """Fetches the indexes and checks their signatures. Raises EngineError `apt-failed`."""
        self._run(["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"])

    def show(self, names: Iterable[str]) -> dict[str, Package]:
        """The newest known version of each name (or of `name=version`). Unknown names are simply absent."""
        wanted = list(names)
        if not wanted:
            return {}
        environment = os.environ | {"APT_CONFIG": str(self.work / "apt.conf"), "LC_ALL": "C"}
        done = subprocess.run(
            ["apt-cache", "--no-all-versions", "show", *wanted],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return {package.name: package for package in parse_packages(done.stdout)}

    def closure(self, roots: Iterable[str], cut: Iterable[str]) -> list[Package]:
        """`roots` and all they depend on, not following names that match a pattern of `cut`.

        Patterns are regular expressions that match the whole name. The first alternative of a dependency that
        exists is taken. Raises EngineError `package-missing` for a name the archive does not have.
        """
        stop = _whole_names(cut)
        chosen: dict[str, Package] = {}
        needs: list[tuple[str, ...]] = [(root,) for root in roots]
        while needs:
            known = self.show({name for need in needs for name in need if name not in chosen})
            following: list[tuple[str, ...]] = []
            for need in needs:
                if any(name in chosen for name in need):
                    continue
                package = next((known[name] for name in need if name in known), None)
                if package is None:
                    raise EngineError("package-missing", f"The archive has no package {' | '.join(need)}.")
                chosen[package.name] = package
                following += [n for n in package.depends if not any(stop.fullmatch(name) for name in n)]
            needs = [need for need in following if not any(name in chosen for name in need)]
        return sorted(chosen.values(), key=lambda package: package.name)

    def simulate(self, names: Iterable[str], cut: Iterable[str] = ()) -> list[Package]:
        """`names` and what apt would add for them to the dpkg status, without what `cut` matches."""
        output = self._run(["apt-get", "-q", "-s", "install", "--reinstall", *names])
        chosen = re.findall(r"^Inst (\S+)(?: \[[^\]]*\])? \((\S+)", output, re.MULTILINE)
        known = self.show(f"{name}={version}" for name, version in chosen)
        missing = [name for name, _ in chosen if name.split(":")[0] not in known]
        if missing:
            raise EngineError("package-missing", f"The archive has no package {', '.join(missing)}.")
        stop = _whole_names(cut)
        kept = [package for package in known.values() if not stop.fullmatch(package.name)]
        return sorted(kept, key=lambda package: package.name)

    def download(self, packages: list[Package], into: Path) -> list[Path]:
        """Downloads `packages` into the fresh directory `into` and checks each file's SHA-256.

        Raises EngineError `download-dirty` if `into` is not empty, `hash-mismatch` if a file is not the one
        of the signed index; nothing is unpacked then.
        """
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise EngineError("download-dirty", f"{into} is not empty; apt would not check what lies there.")
        self._run(["apt-get", "-q", "download", *(f"{p.name}={p.version}" for p in packages)], cwd=into)
        return check_hashes(packages, into)


def _whole_names(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")


def check_hashes(packages: list[Package], folder: Path) -> list[Path]:
    """The .deb files of `packages` in `folder`, in order, or EngineError `hash-mismatch`."""
    by_hash = {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in sorted(folder.glob("*.deb"))}
    wrong = [package.name for package in packages if package.sha256 not in by_hash]
    if wrong:
        raise EngineError(
            "hash-mismatch",
            f"Refused: {', '.join(wrong)} is not the file the signed index describes (SHA-256 differs).",
            f"已拒绝：{', '.join(wrong)} 与签名索引不符（SHA-256 不一致）。",
        )
    return [by_hash[package.sha256] for package in packages]


def unpack(debs: Iterable[Path], root: Path) -> None:
    """Unpacks each package's files under `root`; maintainer scripts are not run."""
    root.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        done = subprocess.run(
            ["dpkg-deb", "-x", str(deb), str(root)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise EngineError(
                "unpack-failed", f"dpkg-deb could not unpack {deb.name}: {done.stderr.strip()[-300:]}"
            )


def _explain(args: list[str], output: str) -> str:
    last = " / ".join(line for line in output.strip().splitlines() if line.startswith(("E:", "W:")))[-900:]
    text = f"{args[0]} {args[-1] if len(args) < 6 else args[2]} failed: {last or output.strip()[-400:]}"
    if "is expired" in output or "not valid yet" in output:
        text += (
            "\nThe mirror is stale. Use another one, or accept its age with "
            'Acquire::Check-Valid-Until "false" in the machine\'s apt configuration.'
        )
    return text
