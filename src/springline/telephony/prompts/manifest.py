"""manifest.json: what each sound file says, in whose voice, and its hash."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

NAME = "manifest.json"


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sound file. `source` is "rendered" or "human"; voice, speed and model belong to rendered ones."""

    id: str
    text: str
    sha256: str
    seconds: float
    source: str = "rendered"
    spoken: str = ""
    voice: str = ""
    speed: float = 0.0
    model: str = ""
    model_sha256: str = ""


def read(directory: Path) -> dict[str, Row]:
    """Rows by id; empty where there is no manifest. Raises msgspec.DecodeError for a damaged one."""
    try:
        data = (directory / NAME).read_bytes()
    except FileNotFoundError:
        return {}
    return {row.id: row for row in msgspec.json.decode(data, type=list[Row])}


def write(directory: Path, rows: Mapping[str, Row]) -> None:
    """Replace the manifest at once, sorted by id, so that a new rendering can be compared line by line."""
    listed = [msgspec.to_builtins(rows[key]) for key in sorted(rows)]
    put(directory / NAME, (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode())


def put(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def problems(directory: Path, texts: Mapping[str, str]) -> list[str]:
    """What does not agree between the manifest, the files and `texts` (id to text); empty: all is well."""
    rows = read(directory)
    found = [f"{key}: in the manifest, but no such prompt" for key in rows if key not in texts]
    for key, text in texts.items():
        row, path = rows.get(key), directory / f"{key}.wav"
        if row is None:
            found.append(f"{key}: not in the manifest")
        elif not path.is_file():
            found.append(f"{key}: {path.name} is missing")
        elif sha256(path.read_bytes()) != row.sha256:
            found.append(f"{key}: {path.name} is not the file of the manifest")
        elif row.text != text:
            found.append(f"{key}: the text is {text!r}, the sound says {row.text!r}")
    return found
