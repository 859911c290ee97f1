"""Tells screens that a row changed: they fetch again what a notice names."""

from django.db import transaction

from springline.business import control
from springline.contracts import subjects
from springline.contracts.live import Notice


def announce(kind: str, key: object, **facts: str | int | None) -> None:
    """Once the transaction is committed, tell every screen that `kind` `key` changed.

    `facts`: states, codes and ids only, for a notice reaches all who may watch the hall. A bus that is away
    loses it; screens fetch everything again when they reconnect.
    """
    notice = Notice(kind=kind, id=str(key), facts=facts)
    transaction.on_commit(lambda: control.link.tell(subjects.LIVE_NOTICES, notice), robust=True)
