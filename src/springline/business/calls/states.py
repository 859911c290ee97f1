"""The life of a recording as a table."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class RecordingState(models.TextChoices):
    PENDING = "pending", _("Pending")
    READY = "ready", _("Ready")
    MISSING = "missing", _("Missing")
    PURGED = "purged", _("Purged")


class RecordingEvent(StrEnum):
    STORED = "stored"
    NOT_FOUND = "not_found"
    EXPIRED = "expired"


# A file that was missed may still turn up: control, when it is back, closes it and says so.
TRANSITIONS: dict[tuple[RecordingState, RecordingEvent], RecordingState] = {
    (RecordingState.PENDING, RecordingEvent.STORED): RecordingState.READY,
    (RecordingState.PENDING, RecordingEvent.NOT_FOUND): RecordingState.MISSING,
    (RecordingState.MISSING, RecordingEvent.STORED): RecordingState.READY,
    (RecordingState.MISSING, RecordingEvent.NOT_FOUND): RecordingState.MISSING,
    (RecordingState.READY, RecordingEvent.EXPIRED): RecordingState.PURGED,
}


def after(state: RecordingState, event: RecordingEvent) -> RecordingState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, event)
