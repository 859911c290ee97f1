"""Where a home is. Standard library only: set-up asks before anything is installed."""

import os
from pathlib import Path

HOME_SETTING = "SPRINGLINE_HOME"


def project_root() -> Path:
    """The checkout this program runs from, or the current folder when it was installed without one."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def default_home() -> Path:
    """SPRINGLINE_HOME, or `.springline` in the project."""
    setting = os.environ.get(HOME_SETTING)
    return Path(setting).expanduser().absolute() if setting else project_root() / ".springline"
