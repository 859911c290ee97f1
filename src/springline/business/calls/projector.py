"""The journal becomes rows. Each entry counts once: its place is stored in the transaction that wrote it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, models, transaction
from django.utils import timezone

from springline.business.calls import folding
from springline.business.calls.models import (
    PROJECTED,
    AgentStateRow,
    Call,
    CallStep,
    JournalPosition,
    RecordingFile,
    SystemEvent,
    TrunkRefusal,
)
from springline.contracts import codec, events, house_events, voicemail
from springline.contracts.agents import AgentStateChanged
from springline.contracts.event import CallEvent
from springline.platform.bus import JournalEntry

log = structlog.get_logger("projector")


FileEvent: TypeAlias = (
    events.RecordingStarted | events.RecordingFinished | voicemail.MessageStarted | voicemail.MessageFinished
)


class _Envelope(msgspec.Struct):
    """What every event has, whatever its version: enough to file one that we cannot read."""

    type: str = ""
    id: str | None = None
    at: datetime | None = None


_envelopes = msgspec.json.Decoder(_Envelope)


class PositionMoved(Exception):
    """The tables are not where the reader believes: they were emptied for a replay. Read from `applied`."""


def applied() -> int:
    """The seq of the last entry that is in the tables; 0 at first."""
    found = JournalPosition.objects.filter(pk=1).first()
    return found.applied - found.base if found else 0


@transaction.atomic
def adopt(journal: str) -> int:
    """Read the journal of this name from now on; returns the seq of its last entry that is in the tables."""
    position, _new = JournalPosition.objects.select_for_update().get_or_create(pk=1)
    if position.journal != journal:
        if position.journal:
            log.error("journal_replaced", rows_kept_up_to=position.applied)
            position.base = position.applied
        position.journal = journal
        position.save(update_fields=["journal", "base"])
    return position.applied - position.base


def apply_batch(entries: Sequence[JournalEntry], after: int | None = None) -> int:
    """Write a batch in one transaction; when that fails, entry by entry, filing those that cannot be applied.

    Returns the seq applied last. Entries at or before the stored position, and events whose id is known, are
    skipped. Raises PositionMoved when `after` is given and is not the stored position, and what the database
    raises when it is unavailable (OperationalError, InterfaceError).
    """
    try:
        return _write(entries, after)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, TypeError) as error:
        log.error("projector_batch_failed", error=type(error).__name__, entries=len(entries))
    for entry in entries:
        try:
            _write([entry], None)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, ValueError, TypeError) as error:
            log.error("projector_entry_filed", seq=entry.seq, error=type(error).__name__)
            _write([entry], None, unreadable=f"{type(error).__name__}: cannot be applied")
    return applied()


@transaction.atomic
def _write(entries: Sequence[JournalEntry], after: int | None, unreadable: str = "") -> int:
    position, _new = JournalPosition.objects.select_for_update().get_or_create(pk=1)
    base = position.base
    if after is not None and position.applied - base != after:
        raise PositionMoved
    batch = _Batch([entry for entry in entries if base + entry.seq > position.applied], base)
    for entry in batch.entries:
        if base + entry.seq <= position.applied:
            continue
        batch.take(entry, unreadable)
        position.applied = base + entry.seq
    batch.save()
    position.unread += batch.unread
    position.save(update_fields=["applied", "unread"])
    return position.applied - base


def rebuild() -> None:
    """Empty the projected tables; the worker then replays the whole journal. Business rows stay.

    Calls that are older than what the journal still holds are gone after this.
    """
    with transaction.atomic():
        for model in PROJECTED:
            model._default_manager.all().delete()


def beat(at: int) -> None:
    """Note that the worker lives and has nothing left to apply. Raises PositionMoved like `apply_batch`."""
    if applied() != at:
        raise PositionMoved
    JournalPosition.objects.filter(pk=1).update(beat_at=timezone.now())


class _Batch:
    """Rows of one transaction, read in a few queries and written in a few."""

    def __init__(self, entries: Sequence[JournalEntry], base: int) -> None:
        self.entries = entries
        self._base = base
        self.unread = 0
        self._read = {entry.seq: _decode(entry) for entry in entries}
        good = [event for event, _error in self._read.values() if event is not None]
        self._known = _known_ids([event.id for event in good])
        ids = {event.call_id for event in good if isinstance(event, CallEvent)}
        self._calls: dict[str, Call] = Call.objects.in_bulk(list(ids))
        self._files: dict[str, RecordingFile] = RecordingFile.objects.in_bulk(
            [e.path for e in good if isinstance(e, FileEvent)]
        )
        self._rows: list[CallStep | AgentStateRow | TrunkRefusal | SystemEvent] = []

    def take(self, entry: JournalEntry, unreadable: str) -> None:
        event, error = self._read[entry.seq]
        if event is None or unreadable:
            self._file(entry, error or unreadable)
            return
        if event.id in self._known:
            return
        self._known.add(event.id)
        if isinstance(event, CallEvent):
            self._take_call(entry, event)
        elif isinstance(event, AgentStateChanged):
            self._rows.append(
                AgentStateRow(
                    seq=self._base + entry.seq,
                    event_id=event.id,
                    agent=event.agent,
                    at=event.at,
                    state=event.state.value,
                    reason=event.reason,
                    call_id=event.call_id,
                )
            )
        elif isinstance(event, house_events.TrunkRefused):
            self._rows.append(
                TrunkRefusal(
                    seq=self._base + entry.seq,
                    event_id=event.id,
                    at=event.at,
                    address=event.address[:80],
                    service=event.service[:40],
                    count=event.count,
                )
            )
        else:
            self._file(entry, "")

    def _take_call(self, entry: JournalEntry, event: CallEvent) -> None:
        call = self._calls.get(event.call_id)
        if call is None:
            call = self._calls[event.call_id] = folding.opened_by(event)
        folding.fold(event, call)
        data = msgspec.to_builtins(event)
        for name in ("type", "id", "at", "v", "call_id"):
            data.pop(name, None)
        self._rows.append(
            CallStep(
                seq=self._base + entry.seq,
                event_id=event.id,
                call_id=event.call_id,
                at=event.at,
                type=type(event).__name__,
                data=data,
            )
        )
        if isinstance(event, FileEvent):
            self._take_file(event)

    def _take_file(self, event: FileEvent) -> None:
        file = self._files.get(event.path)
        if file is None:
            file = RecordingFile(path=event.path, call_id=event.call_id, started_at=event.at)
            self._files[event.path] = file
        if isinstance(event, events.RecordingFinished | voicemail.MessageFinished):
            file.closed_at, file.size = event.at, event.size

    def _file(self, entry: JournalEntry, error: str) -> None:
        self.unread += bool(error)
        try:
            envelope = _envelopes.decode(entry.data)
        except msgspec.MsgspecError:
            envelope = _Envelope()
        text = entry.data.decode("utf-8", "replace").replace("\x00", "")
        self._rows.append(
            SystemEvent(
                seq=self._base + entry.seq,
                event_id=(envelope.id or "")[:64] or None,
                at=envelope.at if envelope.at and envelope.at.tzinfo else entry.at,
                subject=entry.subject[:200],
                type=envelope.type[:60],
                data=text[:20_000],
                error=error[:300],
            )
        )

    def save(self) -> None:
        _upsert(Call, self._calls.values())
        _upsert(RecordingFile, self._files.values())
        for model in (CallStep, AgentStateRow, TrunkRefusal, SystemEvent):
            model._default_manager.bulk_create(
                [row for row in self._rows if isinstance(row, model)], batch_size=200
            )


def _upsert(model: type[Call] | type[RecordingFile], rows: Iterable[models.Model]) -> None:
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        list(rows), update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=names
    )


def _decode(entry: JournalEntry) -> tuple[events.AnyEvent | None, str]:
    try:
        event: events.AnyEvent = codec.decode(entry.data, events.AnyEvent)  # type: ignore[arg-type]
    except codec.BadMessage as error:
        return None, str(error)
    if event.at.tzinfo is None:
        return None, "`at` has no time zone"
    return event, ""


def _known_ids(ids: Iterable[str]) -> set[str]:
    wanted = list(ids)
    return {
        found
        for model in (CallStep, AgentStateRow, TrunkRefusal, SystemEvent)
        for found in model._default_manager.filter(event_id__in=wanted).values_list("event_id", flat=True)
    }
