"""Rows that are written once."""

from typing import Any, NoReturn

from django.db import models

from springline.business.accounts.models import AppendOnly


class OnceRows(models.QuerySet["WrittenOnce"]):
    def update(self, **_fields: Any) -> NoReturn:
        raise AppendOnly("these rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("these rows are never deleted")


class WrittenOnce(models.Model):
    objects = OnceRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("these rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("these rows are never deleted")
