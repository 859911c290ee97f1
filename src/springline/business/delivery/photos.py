"""Pictures from couriers' phones: read, turned upright, made small, stored below the home."""

import errno
import hashlib
import io
import os
import uuid
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier, DeliveryTask, Photo

log = structlog.get_logger("delivery")
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_SIDE = 1600
# A small file can unfold into a picture that fills the memory.
LARGEST_PIXELS = 60_000_000
_QUALITY = 82


def folder() -> Path:
    home: Path = settings.HOME.home
    return home / "photos"


def store(courier: Courier, key: uuid.UUID, file: IO[bytes], size: int | None) -> Photo:
    """The picture of this key; a repetition returns the first. Raises DeliveryRefused: too large (413),
    unreadable (422), disk full (507).
    """
    known = Photo.objects.filter(key=key).first()
    if known is not None:
        return _own(known, courier)
    data = _read(file, size)
    small, width, height = shrunk(data)
    path = f"{timezone.localdate():%Y-%m-%d}/{key}.jpg"
    _write(folder() / path, small)
    try:
        with transaction.atomic():
            return Photo.objects.create(
                key=key,
                courier=courier,
                path=path,
                sha256=hashlib.sha256(small).hexdigest(),
                width=width,
                height=height,
                size=len(small),
            )
    except IntegrityError:  # the same key at the same moment
        return _own(Photo.objects.get(key=key), courier)


def shrunk(data: bytes) -> tuple[bytes, int, int]:
    """A JPEG of at most 1600 px a side without the camera's notes, and its size. Raises DeliveryRefused."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _too_large()
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DeliveryRefused(
            "photo_unreadable",
            "照片无法读取，可能没有传完，请重新上传",
            "The photo cannot be read; perhaps it did not arrive whole. Please send it again.",
            status=422,
        ) from error
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue(), upright.width, upright.height


def attach(ids: list[str], task: DeliveryTask) -> bool:
    """Give the task its photos. False, and nothing done, when one of them is not this courier's."""
    wanted = {one for one in map(_uuid, ids) if one is not None}
    found = Photo.objects.filter(pk__in=wanted, courier=task.courier)
    if len(wanted) != len(set(ids)) or found.count() != len(wanted):
        return False
    found.filter(task=None).update(task=task)
    return True


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _own(photo: Photo, courier: Courier) -> Photo:
    if photo.courier_id != courier.pk:
        raise DeliveryRefused("key_taken", "上传编号已被使用", "This upload's number is taken")
    return photo


def _read(file: IO[bytes], size: int | None) -> bytes:
    if size is not None and size > LARGEST_BYTES:
        raise _too_large()
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise _too_large()
    return data


def _write(path: Path, data: bytes) -> None:
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
        raise DeliveryRefused(
            "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "storage_failed",
            "服务器存储空间不足，照片暂未保存，稍后会自动重试",
            "The server has no room for the photo at the moment; it will be tried again.",
            status=507,
        ) from error


def _too_large() -> DeliveryRefused:
    return DeliveryRefused(
        "photo_too_large",
        "照片太大（超过 10 MB），请降低分辨率后重拍",
        "The photo is too large (above 10 MB); please take it again with a lower resolution.",
        status=413,
    )
