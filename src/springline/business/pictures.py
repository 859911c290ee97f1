"""Pictures people send: turned upright, made small without the camera's notes, stored below the home."""

import errno
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError

log = structlog.get_logger("pictures")
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_SIDE = 1600
# A small file can unfold into a picture that fills the memory.
LARGEST_PIXELS = 60_000_000
_QUALITY = 82
_HEIC = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


class PictureRefused(Exception):
    """A stable code and a sentence in both languages. `status`: the HTTP status that says the same."""

    def __init__(self, code: str, zh: str, en: str, *, status: int) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.status = code, zh, en, status


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture as it is stored. `path` is below `folder`, `size` in bytes."""

    path: str
    sha256: str
    width: int
    height: int
    size: int


def folder() -> Path:
    home: Path = settings.HOME.home
    return home / "photos"


def keep(path: str, file: IO[bytes], size: int | None) -> Kept:
    """Read, made small and stored. Raises PictureRefused: 413 too large, 422 unreadable, 507 disk full."""
    small, width, height = _shrunk(_read(file, size))
    _write(folder() / path, small)
    return Kept(path, hashlib.sha256(small).hexdigest(), width, height, len(small))


def remove(path: str) -> None:
    (folder() / path).unlink(missing_ok=True)


def shown(path: str) -> FileResponse | None:
    """What a browser gets, and keeps for an hour; None when the file is gone."""
    whole = folder() / path
    if not whole.is_file():
        return None
    hour = {"Cache-Control": "private, max-age=3600"}
    return FileResponse(whole.open("rb"), content_type="image/jpeg", headers=hour)


def _shrunk(data: bytes) -> tuple[bytes, int, int]:
    """A JPEG of at most 1600 px a side without the camera's notes, and its size. Raises PictureRefused."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise PictureRefused(
            "photo_unreadable",
            "不支持 HEIC 格式的照片，请改用 JPEG 后重新上传",
            "HEIC photos cannot be read. Please save the photo as JPEG and send it again.",
            status=422,
        )
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _too_large()
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(
            "photo_unreadable",
            "照片无法读取，可能没有传完，请重新上传",
            "The photo cannot be read; perhaps it did not arrive whole. Please send it again.",
            status=422,
        ) from error
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue(), upright.width, upright.height


def _read(file: IO[bytes], size: int | None) -> bytes:
    """All of it, at most 10 MB. Raises PictureRefused 413."""
    if size is not None and size > LARGEST_BYTES:
        raise _too_large()
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise _too_large()
    return data


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all. Raises PictureRefused 507."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        log.error("photo_not_stored", error=errno.errorcode.get(error.errno or 0, "OSError"))
        raise PictureRefused(
            "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "storage_failed",
            "服务器存储空间不足，照片没有保存",
            "The server has no room for the photo; it was not kept.",
            status=507,
        ) from error


def _too_large() -> PictureRefused:
    return PictureRefused(
        "photo_too_large",
        "照片太大（超过 10 MB），请降低分辨率后重拍",
        "The photo is too large (above 10 MB); please take it again with a lower resolution.",
        status=413,
    )
