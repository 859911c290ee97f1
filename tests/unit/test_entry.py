"""What Ctrl-C does before the command line has been read."""

import signal
import subprocess
import sys

import pytest

from springline import cli, entry

# The first module that the command reads sends the signal, as a hasty person does.
_HASTY = """
import os, signal, sys
# Tests that run in the background of a shell inherit it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
class Hasty:
    def find_spec(self, name, path=None, target=None):
        if name == "springline.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Hasty())
from springline.entry import main
main()
"""


def test_ctrl_c_while_modules_are_read_says_nothing() -> None:
    ended = subprocess.run([sys.executable, "-c", _HASTY], capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("found", [signal.default_int_handler, signal.SIG_IGN])
def test_commands_find_ctrl_c_as_it_was(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    seen: list[object] = []
    monkeypatch.setattr(cli, "app", lambda: seen.append(signal.getsignal(signal.SIGINT)))
    before = signal.signal(signal.SIGINT, found)  # type: ignore[arg-type]
    try:
        entry.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [found]
