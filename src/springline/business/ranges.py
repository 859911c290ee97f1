"""Answers a file, whole or the one byte range that was asked for (RFC 9110, section 14)."""

import asyncio
import re
from collections.abc import AsyncIterator, Generator
from pathlib import Path

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """200 or 206 with the bytes of `path`, or 416. Raises FileNotFoundError."""
    size = path.stat().st_size
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    partial = match is not None and match.groups() != ("", "")
    first, last = _bounds(match, size) if match and partial else (0, size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    stream = (
        _chunks_async(path, first, last) if isinstance(request, ASGIRequest) else _chunks(path, first, last)
    )
    response = StreamingHttpResponse(stream, content_type=content_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(last - first + 1)
    if partial:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _bounds(match: re.Match[str], size: int) -> tuple[int, int]:
    """(first, last) inclusive, the first after the last when the range cannot be satisfied."""
    start, end = match.groups()
    if not start:
        return max(size - int(end), 0), size - 1 if int(end) else -1
    return int(start), min(int(end), size - 1) if end else size - 1


def _chunks(path: Path, first: int, last: int) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (data := file.read(min(_CHUNK, left))):
            left -= len(data)
            yield data


async def _chunks_async(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    chunks = _chunks(path, first, last)
    try:
        while (data := await asyncio.to_thread(next, chunks, None)) is not None:
            yield data
    finally:
        chunks.close()
