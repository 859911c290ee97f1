"""A closed raw file becomes a WAV that is named, hashed and kept; nothing is deleted before it is stored.

A message is a WAV from the beginning, of one channel, and stays where it is.
"""

import errno
import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from springline.business.calls import retention, states
from springline.business.calls.models import Call, Recording, RecordingFile
from springline.business.calls.states import RecordingEvent, RecordingState

log = structlog.get_logger("recordings")

RATE = 8000
CHANNELS = 2
FRAME = 2 * CHANNELS
HEADER = 44
_BLOCK_ALIGN = slice(32, 34)
GRACE = timedelta(seconds=30)
_CHUNK = 1 << 20
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class StorageFull(Exception):
    """No room for the WAV; the raw file is untouched and the recording stays pending."""


class UnsafePath(ValueError):
    """A path of the journal that leaves the recordings folder."""


@dataclass(frozen=True)
class Stored:
    """`wav` relative to the recordings folder; `size` in bytes with the header."""

    wav: str
    sha256: str
    seconds: float
    size: int


def waiting(now: datetime | None = None) -> list[RecordingFile]:
    """Files to finalise: closed by the engine, or their call ended `GRACE` ago without that (control died).

    One that was missed then counts again when the engine closes it after all.
    """
    now = now or timezone.now()
    closed = Coalesce(OuterRef("closed_at"), Value(_LONG_AGO, output_field=DateTimeField()))
    settled = Recording.objects.filter(path=OuterRef("path")).filter(
        Q(state__in=[RecordingState.READY, RecordingState.PURGED])
        | Q(state=RecordingState.MISSING, settled_at__gte=closed)
    )
    ended = Call.objects.filter(id=OuterRef("call_id"), ended_at__lt=now - GRACE)
    return list(
        RecordingFile.objects.filter(~Exists(settled)).filter(Q(closed_at__isnull=False) | Exists(ended))
    )


def finalise(folder: Path, file: RecordingFile) -> Recording:
    """Store one raw file of `folder` and note the result.

    Raises StorageFull when the disk is full and OSError on other trouble of the disk; both leave the raw
    file and a pending row that names the problem, so a later try can succeed.
    """
    recording = _row(file)
    try:
        stored = store(folder, file.path)
    except UnsafePath:
        log.error("recording_path_refused", call_id=file.call_id)
        return _settle(recording, RecordingEvent.NOT_FOUND, problem="path leaves the recordings folder")
    except FileNotFoundError:
        log.warning("recording_missing", call_id=file.call_id)
        return _settle(recording, RecordingEvent.NOT_FOUND, problem="no file, or an empty one")
    except OSError as error:
        _note_problem(recording, error)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(file.path) from error
        raise
    recording = _settle(recording, RecordingEvent.STORED, stored=stored)
    if stored.wav != file.path:
        (folder / file.path).unlink(missing_ok=True)
    return recording


def store(folder: Path, path: str) -> Stored:
    """Write `<path>.wav` beside the raw file under a temporary name, then rename it.

    Repeating it after a crash at any point is safe: a WAV that is there without its raw file is taken as it
    is. Raises FileNotFoundError when there is neither, or the raw file holds no frame.
    """
    raw = inside(folder, path)
    wav = raw.with_suffix(".wav")
    if raw == wav:
        if raw.stat().st_size <= HEADER:
            raise FileNotFoundError(errno.ENOENT, "empty", str(raw))
        return _described(folder, wav)
    if not raw.exists() and wav.exists():
        return _described(folder, wav)
    usable = raw.stat().st_size // FRAME * FRAME
    if usable == 0:
        raise FileNotFoundError(errno.ENOENT, "empty", str(raw))
    partial = wav.with_suffix(".wav.partial")
    try:
        _write_wav(raw, partial, usable)
        partial.replace(wav)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    return _described(folder, wav)


def inside(folder: Path, path: str) -> Path:
    """`folder`/`path`. Raises UnsafePath when that is not below `folder`."""
    full = (folder / path).resolve()
    if not full.is_relative_to(folder.resolve()) or full == folder.resolve():
        raise UnsafePath(path)
    return full


def wav_header(data_bytes: int) -> bytes:
    """A canonical 44-byte RIFF header: PCM, two channels, 8 kHz, 16 bit."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        CHANNELS,
        RATE,
        RATE * FRAME,
        FRAME,
        16,
        b"data",
        data_bytes,
    )


def _write_wav(raw: Path, partial: Path, usable: int) -> None:
    with raw.open("rb") as source, partial.open("wb") as target:
        target.write(wav_header(usable))
        for chunk in _chunks(source, usable):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def _chunks(source, limit: int) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    while limit > 0 and (chunk := source.read(min(_CHUNK, limit))):
        limit -= len(chunk)
        yield chunk


def _described(folder: Path, wav: Path) -> Stored:
    size = wav.stat().st_size
    with wav.open("rb") as file:
        frame = int.from_bytes(file.read(HEADER)[_BLOCK_ALIGN], "little") or FRAME
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Stored(
        wav=str(wav.relative_to(folder.resolve())),
        sha256=digest,
        seconds=round((size - HEADER) / frame / RATE, 3),
        size=size,
    )


def _row(file: RecordingFile) -> Recording:
    return Recording.objects.get_or_create(path=file.path, defaults={"call_id": file.call_id})[0]


def _note_problem(recording: Recording, error: OSError) -> None:
    text = f"{errno.errorcode.get(error.errno or 0, '?')}: {error.strerror}"
    if recording.problem != text:
        log.error("recording_waits_for_disk", call_id=recording.call_id, problem=text)
        Recording.objects.filter(pk=recording.pk).update(problem=text)


@transaction.atomic
def _settle(
    recording: Recording, event: RecordingEvent, stored: Stored | None = None, problem: str = ""
) -> Recording:
    recording.state = states.after(RecordingState(recording.state), event)
    recording.problem, recording.settled_at = problem, timezone.now()
    if stored is not None:
        call = Call.objects.filter(pk=recording.call_id).first()
        answered = (call.answered_at or call.arrived_at) if call else timezone.now()
        recording.wav, recording.sha256 = stored.wav, stored.sha256
        recording.seconds, recording.size = stored.seconds, stored.size
        recording.expires_on = retention.expiry(answered)
    recording.save()
    return recording
