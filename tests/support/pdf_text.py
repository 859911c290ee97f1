"""The text of a PDF as a reader would copy it, from its fonts' own tables: no program is needed."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\[(.*?)\]\s*TJ|<([0-9a-f]+)>\s*Tj", re.DOTALL)


def texts(data: bytes) -> list[str]:
    """All that is shown, read once with each font's table (glyph → character), line by line."""
    streams = [_plain(match.group(1)) for match in _STREAM.finditer(data)]
    fonts = [_table(stream) for stream in streams if b"beginbfchar" in stream or b"beginbfrange" in stream]
    runs = [
        b"".join(re.findall(rb"<([0-9a-f]+)>", shown.group(1))) if shown.group(1) else shown.group(2)
        for stream in streams
        if b" Tf" in stream
        for shown in _SHOWN.finditer(stream)
    ]
    return ["\n".join(_read(run, font) for run in runs) for font in fonts]


def links(data: bytes) -> set[str]:
    """Where its links lead."""
    everything = data + b"".join(_plain(match.group(1)) for match in _STREAM.finditer(data))
    return {found.decode() for found in re.findall(rb"/URI \(([^)]*)\)", everything)}


def _plain(stream: bytes) -> bytes:
    try:
        # A last byte that is a line's end is taken for one: the checksum may lack it, the text does not.
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def _table(stream: bytes) -> dict[str, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", stream.split(b"endcodespacerange")[-1])
    return {glyph.decode(): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _read(run: bytes, font: dict[str, str]) -> str:
    digits = run.decode()
    return "".join(font.get(digits[at : at + 4], "\ufffd") for at in range(0, len(digits), 4))
