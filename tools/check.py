"""`python -m tools.check lint|test|parts NAME...`: what `make lint` and `make test` run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import install_tool
from tools.setup.frontend import node_environment
from tools.setup.places import FRONTEND, ROOT

_BIN = Path(sys.executable).parent
_FEW = 6
_PARTS = ("sipp", "chromium", "postgres")


def _run(title: str, argv: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> int:
    print(f"== {title}", flush=True)
    return subprocess.run(argv, cwd=cwd, env=env, check=False).returncode


def _npm(title: str, *arguments: str) -> int:
    if not (FRONTEND / "node_modules").is_dir():
        print(f"== {title}: left out, the browser side is not set up")
        return 0
    return _run(title, ["npm", "run", "--silent", *arguments], cwd=FRONTEND, env=node_environment())


def lint() -> int:
    """Every check runs, so that one look shows all faults; 1 if any failed."""
    bad = [
        _run("ruff check", [str(_BIN / "ruff"), "check", "src", "tests", "tools"]),
        _run("ruff format", [str(_BIN / "ruff"), "format", "--check", "src", "tests", "tools"]),
        _run("mypy", [str(_BIN / "mypy")]),
        _run("import rules", [str(_BIN / "lint-imports")]),
        _npm("TypeScript types", "typecheck"),
    ]
    return int(any(bad))


def parts(names: tuple[str, ...]) -> None:
    """Fetches test-only tools; one that cannot be had is reported, and its tests are left out."""
    for name in names:
        try:
            path = install_tool(default_home(), name, lambda line: print(f"   {line}", flush=True))
            print(f"== {name}: {path}", flush=True)
        except EngineError as error:
            print(f"== {name}: not available. {error}", flush=True)


def test(arguments: list[str]) -> int:
    """pytest's status, or the browser side's if only that one failed."""
    if not os.environ.get("SPRINGLINE_NO_TEST_PARTS"):
        parts(_PARTS)
    browser_side = _npm("browser side", "test")
    # Both cores, but not more: with three, real calls and screens miss their deadlines now and then.
    plain = [str(_BIN / "pytest"), "-n", "2", "--dist", "loadgroup", *arguments]
    status = _pytest(plain)
    if browser_side:
        print("The browser side's unit tests failed, see above.")
    return status or browser_side


def _pytest(argv: list[str]) -> int:
    """A few tests of real calls and browsers that failed beside others are run once more, alone, and named.

    They wait for real sound and real screens, and a machine that is busy elsewhere can be too slow for that.
    """
    with tempfile.TemporaryDirectory() as folder:
        failed = Path(folder) / "failed"
        status = _run("pytest", argv, env={**os.environ, "FAILED_LIST": str(failed)})
        names = sorted(set(failed.read_text(encoding="utf-8").splitlines())) if failed.exists() else []
    real_time = all(name.startswith(("tests/engine/", "tests/browser/")) for name in names)
    if status != 1 or not names or not real_time or len(names) > _FEW:
        return status
    print("\n".join(["== once more, alone:", *names]), flush=True)
    return _run("pytest", [argv[0], *names])


def main() -> int:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Chinese
    command, *arguments = sys.argv[1:] or ["test"]
    if command == "lint":
        return lint()
    if command == "parts":
        parts(tuple(arguments))
        return 0
    return test(arguments)


if __name__ == "__main__":
    sys.exit(main())
