"""How long recordings are kept (requirement E1), and their deletion when that time is over."""

import calendar
from datetime import date, datetime
from pathlib import Path

import structlog
from django.db import transaction
from django.utils import timezone

from springline.business.calls import states
from springline.business.calls.models import LegalHold, PurgeRow, Recording
from springline.business.calls.states import RecordingEvent, RecordingState

log = structlog.get_logger("retention")

KEEP_MONTHS = 3


def months_later(day: date, months: int) -> date:
    """The same day `months` calendar months on, or that month's last: 2026-01-31 + 3 → 2026-04-30."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def expiry(answered_at: datetime) -> date:
    """The last day a recording is kept. The answer's date is the one on the wall here, not UTC's."""
    return months_later(timezone.localtime(answered_at).date(), KEEP_MONTHS)


def purge_expired(folder: Path, today: date | None = None) -> int:
    """Delete recordings below `folder` whose last day is over; returns how many.

    Recordings on legal hold, their own or their call's, stay. A file that cannot be deleted keeps its row and
    is tried again next time.
    """
    today = today or timezone.localdate()
    done = 0
    over = Recording.objects.filter(state=RecordingState.READY, hold=False, expires_on__lt=today)
    held = LegalHold.objects.filter(lifted_at=None).values("call_id")
    for recording in over.exclude(call_id__in=held).iterator():
        try:
            _purge(folder, recording)
        except OSError as error:
            log.error("purge_failed", call_id=recording.call_id, error=error.strerror)
        else:
            done += 1
    if done:
        log.info("recordings_purged", count=done)
    return done


@transaction.atomic
def _purge(folder: Path, recording: Recording) -> None:
    """The rows first, the file last: when the deletion fails, the transaction takes the rows back."""
    PurgeRow.objects.create(
        call_id=recording.call_id,
        path=recording.wav,
        sha256=recording.sha256,
        size=recording.size,
        expires_on=recording.expires_on,
    )
    wav, recording.wav = recording.wav, ""
    recording.state = states.after(RecordingState(recording.state), RecordingEvent.EXPIRED)
    recording.save(update_fields=["state", "wav"])
    for path in (folder / wav, folder / recording.path):
        path.unlink(missing_ok=True)
