"""Who changed which row of the back office, and when (django-simple-history).

Only for rows that people edit: what the telephone, orders and ledgers write has journals of its own.
"""

from typing import Any

from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

SYSTEM = "system"


class Change(models.Model):
    """`who` is copied, so that it outlives the account; API tokens and the system have no account at all."""

    who = models.CharField(_("who"), max_length=80, default=SYSTEM)

    class Meta:
        abstract = True


def history(**options: Any) -> HistoricalRecords:
    """The `history` of a model: a row for each save and delete of an instance, none for bulk updates."""
    return HistoricalRecords(bases=[Change], **options)


def actor() -> Any:
    """Who is behind the present request: a user, an API token, or None (the system, or nobody signed in)."""
    request: HttpRequest | None = getattr(HistoricalRecords.context, "request", None)
    if request is None:
        return None
    user = getattr(request, "auth", None) or getattr(request, "user", None)
    return user if hasattr(user, "signature") else None


@receiver(pre_create_historical_record)
def _sign(history_instance: Any, **_more: object) -> None:
    behind = actor()
    if behind is not None:
        history_instance.who = behind.signature[:80]
