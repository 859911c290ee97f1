"""Tools only tests and benches need, from the host's own release: SIP load, a browser, a database.

A tool already installed on the machine is used as it is. Otherwise it is unpacked under
`HOME/tools/NAME/`, with just those libraries the host lacks, and started by a small wrapper.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from springline.telephony.engine.apt import PrivateApt, unpack
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import exclusive, project_root, triplet
from springline.telephony.engine.install import Progress, partial_folder, quiet, read_manifest, swap_in
from springline.telephony.engine.recipes import CHROMIUM, POSTGRES, SIPP, Recipe
from springline.telephony.engine.sources import host_sources, machine_sources, os_release

_DPKG_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True)
class Tool:
    """`program` is relative to the unpacked root, `system` what is looked for first: names on PATH or paths.

    Both may have wildcards where a release puts its version into a path; the highest is taken.
    `not_on` are distributions (os-release's ID) whose package is only a pointer to a snap.
    """

    recipe: Recipe
    program: str
    system: tuple[str, ...]
    not_on: tuple[str, ...] = ()
    finish: Callable[[Path, Path], dict[str, str]] = lambda root, final: {}

    def program_in(self, root: Path) -> Path | None:
        return _highest(root, self.program)


def _fonts(root: Path, final: Path) -> dict[str, str]:
    """Writes a fontconfig file that knows the unpacked fonts, and returns the wrapper's environment."""
    text = fonts_conf(final, "Noto Sans CJK SC", "Noto Serif CJK SC", "Noto Sans Mono CJK SC")
    (root.parent / "fonts.conf").write_text(text, encoding="utf-8")
    return {"FONTCONFIG_FILE": f"{final.parent}/fonts.conf"}


def fonts_conf(root: Path, sans: str, serif: str, mono: str) -> str:
    """A fontconfig file for the fonts unpacked in `root` and the machine's own, those families first."""
    families = {"sans-serif": sans, "serif": serif, "monospace": mono}
    aliases = "".join(
        f"  <alias><family>{kind}</family><prefer><family>{name}</family></prefer></alias>\n"
        for kind, name in families.items()
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{root}/usr/share/fonts</dir>\n  <dir>/usr/share/fonts</dir>\n"
        f"  <cachedir>{root.parent}/font-cache</cachedir>\n{aliases}</fontconfig>\n"
    )


def _initdb(root: Path, final: Path) -> dict[str, str]:
    """PostgreSQL's other program, beside the first wrapper: it makes the folder that the server runs in."""
    program = _highest(root, "usr/lib/postgresql/*/bin/initdb")
    if program is None:
        raise EngineError("tool-missing", "The distribution's postgresql holds no initdb.")
    libraries = {"LD_LIBRARY_PATH": library_path(root, final)}
    write_wrapper(root.parent / "initdb", final / program.relative_to(root), libraries)
    return {}


def _highest(root: Path, pattern: str) -> Path | None:
    """By version rather than by letter: 9 comes before 15."""
    found = root.glob(pattern)
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], default=None)


TOOLS: dict[str, Tool] = {
    "sipp": Tool(SIPP, "usr/bin/sipp", ("sipp",)),
    "chromium": Tool(
        CHROMIUM, "usr/lib/chromium/chromium", ("chromium", "google-chrome", "chrome"), ("ubuntu",), _fonts
    ),
    "postgres": Tool(
        POSTGRES,
        "usr/lib/postgresql/*/bin/postgres",
        ("/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres", "postgres"),
        finish=_initdb,
    ),
}


def tool_path(home: Path, name: str) -> Path | None:
    """The tool's executable: on PATH, in `home`, or in the project's default home; None when nowhere."""
    for candidate in TOOLS[name].system:
        at_path = candidate.startswith("/")
        found = _highest(Path("/"), candidate[1:]) if at_path else shutil.which(candidate)
        if found:
            return Path(found)
    for base in (home, project_root() / ".springline"):
        wrapper = base / "tools" / name / name
        if os.access(wrapper, os.X_OK):
            return wrapper
    return None


def install_tool(home: Path, name: str, progress: Progress = quiet) -> Path:
    """Makes the tool available and returns its executable. Does nothing when it is there already."""
    if name not in TOOLS:
        raise EngineError("no-such-tool", f"There is no tool {name!r}; known: {', '.join(sorted(TOOLS))}.")
    known = tool_path(home, name)
    if known is not None:
        return known
    tool, tools = TOOLS[name], home / "tools"
    if os_release().get("ID") in tool.not_on:
        raise EngineError(
            "not-packaged",
            f"This distribution has {name} only as a snap; install it so that one of "
            f"{', '.join(tool.system)} is on PATH.",
            f"本发行版只以 snap 提供 {name}，请自行安装，使 {'、'.join(tool.system)} 之一在 PATH 中。",
        )
    target = tools / name
    with exclusive(tools, name):
        digest = tool.recipe.digest(platform.machine())
        if read_manifest(target).get("recipe") != digest:
            with partial_folder(tools, name) as work:
                _obtain(tool, work, target, progress)
                (work / "new/manifest.json").write_text(json.dumps({"recipe": digest}), encoding="utf-8")
                swap_in(work / "new", target)
    return target / name


def _obtain(tool: Tool, work: Path, target: Path, progress: Progress) -> None:
    name = tool.recipe.name
    progress(f"{name}: reading this release's signed index")
    root = work / "new/root"
    unpack_from_host(tool.recipe, work, root, progress)
    program = tool.program_in(root)
    if program is None:
        raise EngineError(
            "tool-missing", f"The distribution's {name} holds no {tool.program}; install it yourself."
        )
    environment = {"LD_LIBRARY_PATH": library_path(root, target / "root")} | tool.finish(
        root, target / "root"
    )
    write_wrapper(work / "new" / name, target / "root" / program.relative_to(root), environment)
    _check_libraries(program, library_path(root, root))


def library_path(root: Path, final: Path) -> str:
    """LD_LIBRARY_PATH of the unpacked libraries as it will be once `root` was renamed to `final`."""
    # Private folders of libraries that the distribution finds by a RUNPATH starting at /usr.
    relative = [f"{base}/{triplet()}{sub}" for base in ("usr/lib", "lib") for sub in ("", "/pulseaudio")]
    return ":".join(str(final / path) for path in relative if (root / path).is_dir())


def _check_libraries(program: Path, libraries: str) -> None:
    environment = os.environ | {"LD_LIBRARY_PATH": libraries}
    done = subprocess.run(["ldd", str(program)], env=environment, capture_output=True, text=True, check=False)
    missing = sorted(set(re.findall(r"(\S+) => not found", done.stdout)))
    if missing:
        raise EngineError(
            "library-missing", f"{program.name} lacks {', '.join(missing)}; install it by apt instead."
        )


def unpack_from_host(recipe: Recipe, work: Path, root: Path, progress: Progress = quiet) -> None:
    """Unpacks the recipe's packages, and the dependencies this machine lacks, from its own release."""
    sources = host_sources(machine_sources(), os_release())
    apt = PrivateApt(work / "apt", "\n".join(source.as_deb822() for source in sources), status=_DPKG_STATUS)
    apt.update()
    packages = apt.simulate(recipe.roots, recipe.cut)
    progress(
        f"{recipe.name}: downloading {len(packages)} packages, {sum(p.size for p in packages) / 1e6:.0f} MB"
    )
    debs = apt.download(packages, work / "debs")
    progress(f"{recipe.name}: signatures and hashes are right; unpacking")
    unpack(debs, root)


def write_wrapper(path: Path, program: Path, environment: dict[str, str]) -> None:
    """A script that runs `program` in `environment`: the unpacked libraries come before the host's."""
    exports = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in environment.items())
    path.write_text(f'#!/bin/sh\n{exports}exec {shlex.quote(str(program))} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
