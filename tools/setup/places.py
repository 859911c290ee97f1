"""Where set-up puts things. All of it lies in the checkout and is ignored by git."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Tools that build the checkout belong to it, even when SPRINGLINE_HOME points elsewhere.
LOCAL = ROOT / ".springline"
TOOLS = LOCAL / "tools"
LOG = LOCAL / "setup.log"
UV = TOOLS / "uv" / "bin" / "uv"
FRONTEND = ROOT / "frontend"
