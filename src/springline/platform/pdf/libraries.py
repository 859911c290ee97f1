"""Where the libraries and the font of PDFs are, and how they get into this process.

A machine's own Pango is used where there is one. Otherwise the unpacked libraries are loaded by their full
paths, so that WeasyPrint finds them by name afterwards: no LD_LIBRARY_PATH, which would reach every child.
Standard library only: set-up asks before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

# Below a home.
FOLDER = Path("tools/printing")
FONTS_SETTING = "FONTCONFIG_FILE"
NEEDED = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
# Makes files small; WeasyPrint does without it, with a warning.
SUBSETTER = "libharfbuzz-subset.so.0"


class LibrariesMissing(Exception):
    """`missing`: sonames that neither the machine nor the home has."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def on_this_machine() -> bool:
    """Whether the machine's own loader finds all that is needed. Loads them into this process."""
    return not _missing()


def load(folder: Path) -> None:
    """Make what is needed available to this process from the machine or from `folder`, and its font known.

    Raises LibrariesMissing. A FONTCONFIG_FILE that is set already is respected.
    """
    fonts = folder / "fonts.conf"
    if fonts.is_file():
        os.environ.setdefault(FONTS_SETTING, str(fonts))
    if on_this_machine() and _loads(SUBSETTER):
        return
    load_all(folder / "root")
    if missing := _missing():
        raise LibrariesMissing(missing)


def load_all(root: Path) -> list[Path]:
    """Load every library below `root` that the machine lacks, each after those it needs; returns the rest.

    The loader refuses one whose needs are not there yet: what was refused is tried again while any succeeds.
    """
    # A link is named as programs ask for it. Two copies of one library in a process would not get on.
    links = (path for path in root.glob("**/*.so.*") if path.is_symlink() and path.is_file())
    left = sorted({path.resolve() for path in links if not _loads(path.name)})
    while left:
        refused = [path for path in left if not _loads(str(path))]
        if len(refused) == len(left):
            break
        left = refused
    return left


def _missing() -> list[str]:
    return [name for name in NEEDED if not _loads(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True
