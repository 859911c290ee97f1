"""`python -m springline.bench.callers HOME`: everybody who calls in a bench is a customer; a token in FILE.

Their addresses name no county, so the menu asks all of them, as app_queue does. A process of its own, because
Django knows one database a process.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from springline.bench.sides import BenchFault, environment
from springline.business import bootstrap
from springline.platform import settings as settings_of
from springline.telephony.bench.jobs import CALLERS, number_of

FILE = "token"


def make(home: Path) -> None:
    """Raises BenchFault."""
    made = subprocess.run(
        [sys.executable, "-m", "springline.bench.callers", str(home)],
        env=environment(None), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise BenchFault(made.stderr[-2000:])


def main(home: Path) -> None:
    bootstrap.bootstrap_django(settings_of.load(home))
    bootstrap.migrate()
    from springline.business import seed
    from springline.business.customers import importing

    seed.write_config("", "bench")
    seed.write_business()
    importing.take_in("\n".join(["姓名,电话,地址,楼层", *_rows()]).encode(), "callers.csv")
    (home / FILE).write_text(bootstrap.create_token("bench", ["read", "control"]), encoding="ascii")


def _rows() -> Iterator[str]:
    for caller in range(CALLERS):
        yield f"来电客户{caller},{number_of(caller)},幸福小区{caller}号楼,2"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
