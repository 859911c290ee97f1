"""Translations without gettext's tools: reads the .po files, writes the .mo files beside them.

Sources are English, so English needs no catalogue. `python -m springline.business.catalogue` compiles.
"""

import ast
import struct
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "locale"
_MAGIC, _HEADER_BYTES = 0x950412DE, 28


def read_po(path: Path) -> dict[str, str]:
    """msgid → msgstr, the header under "". Our files have no plurals and no contexts.

    Raises ValueError naming the line that is neither an entry, a string nor a comment, and an entry that is
    there twice: one of the two would never be seen.
    """
    entries: dict[str, str] = {}
    parts: list[list[str]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        word, _space, rest = text.partition(" ")
        if word == "msgid":
            _store(entries, parts)
            parts = [[ast.literal_eval(rest)]]
        elif word == "msgstr" and len(parts) == 1:
            parts.append([ast.literal_eval(rest)])
        elif text.startswith('"') and parts:
            parts[-1].append(ast.literal_eval(text))
        else:
            raise ValueError(f"{path}:{number}: {text}")
    _store(entries, parts)
    return entries


def _store(entries: dict[str, str], parts: list[list[str]]) -> None:
    if len(parts) == 2:
        name = "".join(parts[0])
        if name in entries:
            raise ValueError(f"twice: {name!r}")
        entries[name] = "".join(parts[1])


def compile_mo(entries: dict[str, str]) -> bytes:
    """The bytes of a .mo file (GNU gettext manual, "The Format of GNU MO Files"), without a hash table."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items() if value)
    tables, texts = [b"", b""], b""
    start = _HEADER_BYTES + 16 * len(pairs)
    for which in (0, 1):
        for pair in pairs:
            tables[which] += struct.pack("<II", len(pair[which]), start + len(texts))
            texts += pair[which] + b"\0"
    originals, translations = _HEADER_BYTES, _HEADER_BYTES + 8 * len(pairs)
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), originals, translations, 0, start)
    return header + tables[0] + tables[1] + texts


def compile_all() -> list[Path]:
    """Write every .mo file; returns those that changed."""
    changed = []
    for po in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        mo, data = po.with_suffix(".mo"), compile_mo(read_po(po))
        if not mo.exists() or mo.read_bytes() != data:
            mo.write_bytes(data)
            changed.append(mo)
    return changed


if __name__ == "__main__":
    compile_all()
