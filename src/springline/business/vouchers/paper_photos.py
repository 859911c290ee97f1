"""Pictures of paper vouchers (T09): stored once per key, given to the form, erased with the customer."""

import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from springline.business import pictures
from springline.business.vouchers.models import PaperExchange, PaperPhoto
from springline.business.vouchers.refusals import NotPossible

UNUSED_FOR = timedelta(days=1)


def store(customer_id: int, actor: str, key: uuid.UUID, file: IO[bytes], size: int | None) -> PaperPhoto:
    """The picture of this key; a repetition returns the first.

    Raises PictureRefused; NotPossible `key_taken`.
    """
    known = PaperPhoto.objects.filter(key=key).first()
    if known is not None:
        return _own(known, customer_id, actor)
    kept = pictures.keep(f"papers/{timezone.localdate():%Y-%m-%d}/{key}.jpg", file, size)
    try:
        with transaction.atomic():
            return PaperPhoto.objects.create(
                key=key, customer_id=customer_id, uploaded_by=actor, **asdict(kept)
            )
    except IntegrityError:  # the same key at the same moment
        return _own(PaperPhoto.objects.get(key=key), customer_id, actor)


def attach(photo_id: uuid.UUID, paper: PaperExchange) -> None:
    """Raises NotPossible `unknown_photo` when it is another customer's, or another form has it."""
    free = PaperPhoto.objects.filter(pk=photo_id, customer_id=paper.customer_id, paper=None)
    if not free.update(paper=paper):
        raise NotPossible(
            "unknown_photo", "没有这张照片，请重新上传", "There is no such photo; please send it again"
        )


def erase(ids: list[int]) -> None:
    """One person's pictures, those of no form too."""
    _delete(PaperPhoto.objects.filter(customer_id__in=ids))


def sweep() -> None:
    """Pictures of forms that were never handed in, or from which they were removed."""
    _delete(PaperPhoto.objects.filter(paper=None, uploaded_at__lt=timezone.now() - UNUSED_FOR))


def _delete(photos: QuerySet[PaperPhoto]) -> None:
    for photo in photos:
        pictures.remove(photo.path)
        photo.delete()


def _own(photo: PaperPhoto, customer_id: int, actor: str) -> PaperPhoto:
    if (photo.customer_id, photo.uploaded_by) != (customer_id, actor):
        raise NotPossible("key_taken", "上传编号已被使用", "This upload's number is taken")
    return photo
