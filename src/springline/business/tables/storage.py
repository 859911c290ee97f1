"""Where an uploaded sheet waits between its preview and the confirmation."""

import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from import_export.tmp_storages import BaseStorage

_NAME = re.compile(r"[0-9a-f]{32}")
_KEPT_SECONDS = 24 * 3600


class PreviewStorage(BaseStorage):  # type: ignore[misc]
    """A file of a random name in the home, for its owner alone; one that nobody confirmed goes in a day."""

    def save(self, data: bytes) -> None:
        self.name = uuid4().hex
        path = self._path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(path.parent)
        path.touch(mode=0o600)
        path.write_bytes(data)

    def read(self) -> bytes:
        """Raises FileNotFoundError."""
        return self._path().read_bytes()

    def remove(self) -> None:
        self._path().unlink(missing_ok=True)

    def _path(self) -> Path:
        # The name comes back from a form: nothing but one of ours may be read.
        if not _NAME.fullmatch(self.name or ""):
            raise FileNotFoundError(self.name)
        return _folder() / str(self.name)


def _folder() -> Path:
    home: Any = settings.HOME
    return Path(home.home) / "state" / "imports"


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
            path.unlink(missing_ok=True)
