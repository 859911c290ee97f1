"""Reads the machine's own apt configuration: which archives it uses, and through which mirror.

Both formats of sources.list(5) are understood: one-line (`*.list`) and deb822 (`*.sources`). Only the
standard library is used, because set-up runs this before anything is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from springline.telephony.engine.errors import EngineError

MIRROR_SETTING = "SPRINGLINE_DEBIAN_MIRROR"


@dataclass(frozen=True)
class AptSource:
    """One archive as apt knows it; `signed_by` may be a path, a fingerprint or a whole inline key."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""
    trusted: bool = False
    architectures: str = ""

    def as_deb822(self) -> str:
        """The stanza for a private sources file. `Trusted` is not carried over: signatures count."""
        lines = ["Types: deb", f"URIs: {self.uri}", f"Suites: {' '.join(self.suites)}"]
        if self.components:
            lines.append(f"Components: {' '.join(self.components)}")
        if self.architectures:
            lines.append(f"Architectures: {self.architectures}")
        if self.signed_by:
            lines.append("Signed-By: " + "\n ".join(self.signed_by.splitlines()))
        return "\n".join(lines) + "\n"


def parse_one_line(text: str) -> list[AptSource]:
    """Sources of a `*.list` file. Lines that are comments, `deb-src` or malformed are skipped."""
    found = []
    for raw in text.splitlines():
        line = raw.split("#", 1)[0].strip()
        kind, _, rest = line.partition(" ")
        if kind != "deb":
            continue
        options, rest = _split_options(rest.strip())
        words = rest.split()
        if len(words) < 2:
            continue
        found.append(
            AptSource(
                uri=words[0],
                suites=(words[1],),
                components=tuple(words[2:]),
                signed_by=options.get("signed-by", ""),
                trusted=options.get("trusted", "") == "yes",
                architectures=options.get("arch", "").replace(",", " "),
            )
        )
    return found


def _split_options(text: str) -> tuple[dict[str, str], str]:
    if not text.startswith("["):
        return {}, text
    inside, _, rest = text[1:].partition("]")
    pairs = (word.partition("=") for word in inside.split())
    return {key.lower(): value for key, _, value in pairs}, rest


def parse_deb822(text: str) -> list[AptSource]:
    """Sources of a `*.sources` file. Stanzas that are disabled or have no `deb` type are skipped."""
    found = []
    for fields in _stanzas(text):
        enabled = fields.get("enabled", "yes").lower() not in {"no", "false", "0"}
        if not enabled or "deb" not in fields.get("types", "").split():
            continue
        base = AptSource(
            uri="",
            suites=tuple(fields.get("suites", "").split()),
            components=tuple(fields.get("components", "").split()),
            signed_by=fields.get("signed-by", ""),
            trusted=fields.get("trusted", "") == "yes",
            architectures=fields.get("architectures", ""),
        )
        found += [replace(base, uri=uri) for uri in fields.get("uris", "").split()]
    return found


def _stanzas(text: str) -> list[dict[str, str]]:
    stanzas: list[dict[str, str]] = [{}]
    key = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if not line.strip():
            stanzas.append({})
        elif line[0] in " \t" and key:
            stanzas[-1][key] = (stanzas[-1][key] + "\n" + line.strip()).strip()
        elif ":" in line:
            key, _, value = line.partition(":")
            key = key.strip().lower()
            stanzas[-1][key] = value.strip()
    return [stanza for stanza in stanzas if stanza]


def machine_sources(etc_apt: Path = Path("/etc/apt")) -> list[AptSource]:
    """Every enabled archive of this machine, in apt's own order. Unreadable files are skipped."""
    found: list[AptSource] = []
    files = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    for file in files:
        if file.suffix not in {".list", ".sources"} or not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except PermissionError:
            continue
        found += parse_deb822(text) if file.suffix == ".sources" else parse_one_line(text)
    return found


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The machine's os-release(5) as a dictionary; empty when the file is missing."""
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {key: value.strip().strip('"') for key, _, value in pairs}


def host_sources(sources: list[AptSource], release: Mapping[str, str]) -> list[AptSource]:
    """The distribution's own archives for the release that runs here, including its security updates.

    Third-party archives are left out: a broken one must not stop us, and nothing of ours comes from there.
    """
    codename = release.get("VERSION_CODENAME", "")
    wanted = []
    for source in sources:
        suites = tuple(
            s for s in source.suites if codename and (s == codename or s.startswith(f"{codename}-"))
        )
        if suites and "main" in source.components:
            wanted.append(replace(source, suites=suites))
    if not wanted:
        raise EngineError(
            "no-distribution-archive",
            f"apt on this machine has no archive for its own release ({codename or 'unknown'}).",
            f"本机 apt 没有配置自身发行版（{codename or '未知'}）的软件源。",
        )
    return wanted


def debian_mirror(sources: list[AptSource], release: Mapping[str, str], setting: str = "") -> str:
    """Base address of the Debian archive the engine's packages are taken from.

    `setting` (SPRINGLINE_DEBIAN_MIRROR) wins. Otherwise it is the mirror this Debian machine already uses.
    Raises EngineError `no-debian-mirror` on other distributions, which have no Debian archive of their own.
    """
    if setting:
        return setting.rstrip("/")
    codename = release.get("VERSION_CODENAME", "")
    if release.get("ID") == "debian":
        names = {codename, "stable", "testing", "unstable", "sid"} - {""}
        for source in sources:
            if names.intersection(source.suites) and "main" in source.components:
                return source.uri.rstrip("/")
    raise EngineError(
        "no-debian-mirror",
        f"The engine comes from Debian's archive, and apt on this machine ({release.get('ID', 'unknown')}) "
        f"knows no Debian mirror. Name one: export {MIRROR_SETTING}=<address that ends in /debian>",
        f"通话引擎取自 Debian 软件源，本机没有 Debian 镜像。请设置 {MIRROR_SETTING}（以 /debian 结尾）。",
    )
