"""Pictures from couriers' phones: read, turned upright, made small, stored below the home."""

import uuid
from dataclasses import asdict
from typing import IO

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business import pictures
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier, DeliveryTask, Photo


def store(courier: Courier, key: uuid.UUID, file: IO[bytes], size: int | None) -> Photo:
    """The picture of this key; a repetition returns the first. Raises PictureRefused: too large (413),
    unreadable (422), disk full (507).
    """
    known = Photo.objects.filter(key=key).first()
    if known is not None:
        return _own(known, courier)
    kept = pictures.keep(f"{timezone.localdate():%Y-%m-%d}/{key}.jpg", file, size)
    try:
        with transaction.atomic():
            return Photo.objects.create(key=key, courier=courier, **asdict(kept))
    except IntegrityError:  # the same key at the same moment
        return _own(Photo.objects.get(key=key), courier)


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
