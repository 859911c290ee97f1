"""`python -m tools.check lint|test|parts NAME...`: what `make lint` and `make test` run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import install_tool
from tools.behind import behind
from tools.setup.frontend import node_environment
from tools.setup.places import FRONTEND, ROOT

_BIN = Path(sys.executable).parent
_FEW = 6
_PARTS = ("sipp", "chromium", "postgres")
REAL_TIME = ("tests/browser", "tests/engine", "tests/postgres/test_web_processes.py")
# One has the browser and two have engines: each is at rest more than half of its time.
_AT_ONCE = 3


def _run(title: str, argv: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> int:
    print(f"== {title}", flush=True)
    return subprocess.run(argv, cwd=cwd, env=env, check=False).returncode


def _npm(title: str, *arguments: str) -> int:
    if not _browser_side_is_there(title):
        return 0
    return _run(title, _npm_run(*arguments), cwd=FRONTEND, env=node_environment())


def _browser_side_is_there(title: str) -> bool:
    there = (FRONTEND / "node_modules").is_dir()
    if not there:
        print(f"== {title}: left out, the browser side is not set up")
    return there


def _npm_run(*arguments: str) -> list[str]:
    return ["npm", "run", "--silent", *arguments]


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
    """0 when all passed. Arguments go to one pytest for all of its tests."""
    if not os.environ.get("SPRINGLINE_NO_TEST_PARTS"):
        parts(_PARTS)
    if arguments:
        return _npm("browser side", "test") or _run("pytest", [*_pytest(2), *arguments])
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        return _all_tests(Path(folder), stack)


def _pytest(processes: int) -> list[str]:
    # The order is ours (tools/test_groups.py): xdist begins with the groups of most tests, not the longest.
    return [
        *(str(_BIN / "pytest"), "-n", str(processes)),
        *("--dist", "loadgroup", "--no-loadscope-reorder"),
    ]


def _all_tests(folder: Path, stack: ExitStack) -> int:
    """Real calls and browsers mostly wait; all other tests compute behind them, in the time they leave."""
    others = [*_pytest(len(os.sched_getaffinity(0))), *(f"--ignore={path}" for path in REAL_TIME)]
    computing = [stack.enter_context(behind("pytest: all others", others, folder / "others"))]
    if _browser_side_is_there("browser side"):
        vitest = behind(
            "browser side", _npm_run("test"), folder / "browser side", FRONTEND, node_environment()
        )
        computing.insert(0, stack.enter_context(vitest))
    failed = folder / "failed"
    real_time = [*_pytest(_AT_ONCE), *REAL_TIME]
    status = _run("pytest: real time", real_time, env={**os.environ, "FAILED_LIST": str(failed)})
    computed = [one.finish() for one in computing]
    names = sorted(set(failed.read_text(encoding="utf-8").splitlines())) if failed.exists() else []
    status = _once_more(status, names)
    bad = [one.title for one, its_status in zip(computing, computed, strict=True) if its_status]
    if bad:
        print(f"Failed, see above: {', '.join(bad)}")
    return status or max(computed)


def _once_more(status: int, names: list[str]) -> int:
    """A few tests of real calls and browsers that failed beside others are run once more, alone, and named.

    They wait for real sound and real screens, and a machine that is busy elsewhere can be too slow for that.
    """
    if status != 1 or not names or len(names) > _FEW:
        return status
    print("\n".join(["== once more, alone:", *names]), flush=True)
    return _run("pytest", [str(_BIN / "pytest"), *names])


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
