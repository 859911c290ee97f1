"""The virtual environment: made by Python itself, filled by uv from the lock with every hash checked."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.setup.places import LOCAL, LOCKS, LOG, PYTHON, ROOT, TOOLS, UV, VENV
from tools.setup.steps import SetupError, Step, call, digest

Show = Callable[[str], None]

# How pip's settings are called in uv, which does not read pip's configuration.
_UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "proxy": ("ALL_PROXY", " "),
}


def steps() -> list[Step]:
    """The steps from nothing to a filled environment."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [
        Step("virtual environment", VENV / ".made", lambda: running, _make_venv, _venv_works),
        Step("uv", TOOLS / "uv/.stamp", lambda: digest([LOCKS / "uv.lock"]), _get_uv, UV.is_file),
        Step(
            "Python packages", VENV / ".packages", _package_inputs, _sync, (VENV / "bin/springline").is_file
        ),
        Step("compiled program", VENV / ".compiled", lambda: digest(_sources()), _compile, _is_compiled),
    ]


def _package_inputs() -> str:
    return digest(
        [ROOT / "requirements.lock", ROOT / "pyproject.toml", LOCKS / "build.lock"], str(ROOT), "compiled"
    )


def _sources() -> list[Path]:
    return sorted((ROOT / "src").rglob("*.py"))


def _is_compiled() -> bool:
    return (ROOT / "src/springline/__pycache__").is_dir()


def _compile(show: Show) -> None:
    """Where Python may not write bytecode of its own accord, every program would compile all it imports."""
    show("compiling our sources")
    call([PYTHON, "-m", "compileall", "-q", "-j", "0", ROOT / "src"], LOG)


def _venv_works() -> bool:
    if not os.access(PYTHON, os.X_OK):
        return False
    # Another interpreter than the one that made it: start over.
    text = (VENV / "pyvenv.cfg").read_text(encoding="utf-8") if (VENV / "pyvenv.cfg").is_file() else ""
    return f"{sys.version_info.major}.{sys.version_info.minor}." in text


def _make_venv(show: Show) -> None:
    if _venv_works():
        return
    show("python3 -m venv (without pip: uv fills it)")
    call([sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], LOG)


def _get_uv(show: Show) -> None:
    pip = find_pip(show)
    partial = TOOLS / "uv.partial"
    shutil.rmtree(partial, ignore_errors=True)
    show("fetching uv, with its hash checked")
    hashed = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--disable-pip-version-check"]
    call([*pip, "install", "-q", *hashed, "--target", partial, "-r", LOCKS / "uv.lock"], LOG)
    _save_pip_settings(pip)
    replace_folder(partial, TOOLS / "uv")


def replace_folder(new: Path, target: Path) -> None:
    """Puts a finished folder where an older one may be."""
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def find_pip(show: Show) -> list[str]:
    """A pip that runs: the interpreter's, one of a throw-away environment, or the distribution's wheel."""
    done = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if done.returncode == 0:
        return [sys.executable, "-m", "pip"]
    if importlib.util.find_spec("ensurepip") is not None:
        show("making a pip with ensurepip")
        scratch = TOOLS / "pip.partial"
        try:
            call([sys.executable, "-m", "venv", "--clear", scratch], LOG)
        except SetupError:
            shutil.rmtree(scratch, ignore_errors=True)
        else:
            return [str(scratch / "bin/python"), "-m", "pip"]
    return [sys.executable, f"{_pip_wheel(show)}/pip"]


def _pip_wheel(show: Show) -> Path:
    """Debian and Ubuntu ship pip as a wheel in python3-pip-whl; it runs straight from the file."""
    sys.path.insert(0, str(ROOT / "src"))
    from springline.telephony.engine.errors import EngineError
    from springline.telephony.engine.install import partial_folder
    from springline.telephony.engine.recipes import PIP
    from springline.telephony.engine.tools import unpack_from_host

    folder = TOOLS / "pip"
    for place in (Path("/usr/share/python-wheels"), folder):
        found = sorted(place.glob("pip-*.whl"))
        if found:
            return found[-1]
    show("no pip here: taking the distribution's package python3-pip-whl")
    try:
        with partial_folder(TOOLS, "pip") as work:
            unpack_from_host(PIP, work, work / "root", show)
            (wheel,) = (work / "root/usr/share/python-wheels").glob("pip-*.whl")
            folder.mkdir(parents=True, exist_ok=True)
            return wheel.replace(folder / wheel.name)
    except (EngineError, ValueError) as error:
        raise SetupError(
            f"No pip, and none could be fetched: {error}\nInstall python3-venv and try again."
        ) from error


def _pip_settings_file() -> Path:
    return TOOLS / "uv.partial" / ".pip-settings"


def _save_pip_settings(pip: list[str]) -> None:
    done = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    _pip_settings_file().write_text(done.stdout, encoding="utf-8")
    _pip_settings_file().chmod(0o600)


def uv_environment(pip_settings: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment uv runs in: the user's own, and what the user told pip about indexes and certificates.

    `pip_settings` is the output of `pip config list`. What is set for uv already is left alone.
    """
    result = dict(environ)
    given: dict[str, str] = {}
    for section, key, value in re.findall(r"^(:env:|\w+)\.([\w-]+)=(.*)$", pip_settings, re.MULTILINE):
        if key in _UV_NAMES and (key not in given or section == ":env:"):
            given[key] = str(ast.literal_eval(value))
    for key, value in given.items():
        name, separator = _UV_NAMES[key]
        result.setdefault(name, separator.join(value.split()))
    # pip looks at all indexes alike; every file is checked against the lock's hash anyway.
    result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    result.setdefault("UV_CACHE_DIR", str(LOCAL / "cache/uv"))
    result["UV_PYTHON_DOWNLOADS"] = "never"
    return result


def uv(*arguments: str | Path) -> None:
    """Runs uv on the virtual environment."""
    saved = TOOLS / "uv" / ".pip-settings"
    settings = saved.read_text(encoding="utf-8") if saved.is_file() else ""
    call([UV, *arguments], LOG, cwd=ROOT, env=uv_environment(settings, os.environ))


def _sync(show: Show) -> None:
    show("installing what requirements.lock pins, every hash checked, and compiling it")
    uv("pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", "requirements.lock")
    show("linking the program itself")
    uv(
        "pip",
        "install",
        "--python",
        PYTHON,
        "--no-deps",
        "--build-constraints",
        LOCKS / "build.lock",
        "-e",
        ".",
    )
