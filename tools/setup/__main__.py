"""`python3 -m tools.setup`: everything a checkout needs, in the checkout."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import sys
import time

from tools.setup import frontend, python_env
from tools.setup.places import LOCAL, ROOT
from tools.setup.steps import SetupError, Step, run_steps

_NEWEST_PYTHON = (3, 13)


def _use_fitting_python() -> None:
    """Starts over with another interpreter of the machine when this one is too old or too new."""
    if (3, 11) <= sys.version_info[:2] <= _NEWEST_PYTHON:
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found and found != sys.executable:
            os.execv(found, [found, "-m", "tools.setup", *sys.argv[1:]])  # noqa: S606
    raise SetupError(
        f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}. Name one: make PYTHON=... setup"
    )


def _engine_step() -> Step:
    sys.path.insert(0, str(ROOT / "src"))
    from springline.telephony.engine.errors import EngineError
    from springline.telephony.engine.home import default_home, engine_dir
    from springline.telephony.engine.install import engine_digest, install_engine

    def run(show: object) -> None:
        try:
            install_engine(default_home(), show)  # type: ignore[arg-type]
        except EngineError as error:
            raise SetupError(str(error)) from error

    target = engine_dir(default_home())
    return Step("call engine", target / ".stamp", engine_digest, run, (target / "manifest.json").is_file)


def _printing_step() -> Step:
    """After the engine's step, which puts our sources on the path."""
    from springline.platform.pdf.libraries import FOLDER
    from springline.telephony.engine.errors import EngineError
    from springline.telephony.engine.home import default_home
    from springline.telephony.engine.printing import install_printing, printing_digest

    def run(show: object) -> None:
        try:
            install_printing(default_home(), show)  # type: ignore[arg-type]
        except EngineError as error:
            raise SetupError(str(error)) from error

    target = default_home() / FOLDER
    return Step("PDF fonts", target / ".stamp", printing_digest, run, (target / "manifest.json").is_file)


def main() -> int:
    """Runs all steps; 0 done, 1 failed, 130 interrupted."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Chinese
    parser = argparse.ArgumentParser(prog="make setup", description=__doc__)
    parser.add_argument("--no-frontend", action="store_true", help="leave the browser side out")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        _use_fitting_python()
        LOCAL.mkdir(exist_ok=True)
        with (LOCAL / ".setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            browser = [] if options.no_frontend else frontend.steps()
            run_steps([*python_env.steps(), _engine_step(), _printing_step(), *browser])
    except SetupError as error:
        print(f"\nSet-up stopped · 安装未完成\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nInterrupted; run it again and it goes on from here. · 已中断，重新运行即可继续。",
            file=sys.stderr,
        )
        return 130
    except BrokenPipeError:
        # Nobody reads any more (`make demo | head`); what Python writes at its end must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    print(f"Ready in {time.monotonic() - started:.1f} s · 准备就绪: .venv/bin/springline")
    return 0


if __name__ == "__main__":
    sys.exit(main())
