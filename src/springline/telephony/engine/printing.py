"""What PDFs need: a Chinese font, and Pango with its relatives where the machine has none.

Unpacked under `HOME/tools/printing/` from the host's own release; `springline.platform.pdf` loads them there.
Stdlib only: set-up uses it before anything is installed.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path

from springline.platform.pdf.libraries import FOLDER, on_this_machine
from springline.telephony.engine.home import exclusive
from springline.telephony.engine.install import Progress, partial_folder, quiet, read_manifest, swap_in
from springline.telephony.engine.recipes import PRINTING, PRINTING_FONT, Recipe
from springline.telephony.engine.tools import fonts_conf, unpack_from_host

_FAMILY, _MONO = "WenQuanYi Micro Hei", "WenQuanYi Micro Hei Mono"
NAME = "printing"


def printing_recipe() -> Recipe:
    """The font alone where the machine has the libraries, else both."""
    return PRINTING_FONT if on_this_machine() else PRINTING


def printing_digest() -> str:
    return printing_recipe().digest(platform.machine())


def install_printing(home: Path, progress: Progress = quiet, *, recipe: Recipe | None = None) -> Path:
    """Makes printing possible in `home` unless it is; returns its folder. Raises EngineError."""
    recipe, target = recipe or printing_recipe(), home / FOLDER
    tools = target.parent
    with exclusive(tools, NAME):
        digest = recipe.digest(platform.machine())
        if read_manifest(target).get("recipe") != digest:
            with partial_folder(tools, NAME) as work:
                progress("fonts and libraries for PDFs: reading this release's signed index")
                unpack_from_host(recipe, work, work / "new/root", progress)
                text = fonts_conf(target / "root", _FAMILY, _FAMILY, _MONO)
                (work / "new/fonts.conf").write_text(text, encoding="utf-8")
                (work / "new/manifest.json").write_text(json.dumps({"recipe": digest}), encoding="utf-8")
                swap_in(work / "new", target)
    return target
