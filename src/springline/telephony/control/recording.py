"""Where a conversation is recorded, and when the file is whole."""

import asyncio
from datetime import datetime
from pathlib import Path

from springline.contracts.event import utcnow
from springline.contracts.events import HangupBy, RecordingFinished
from springline.contracts.voicemail import MessageFinished
from springline.telephony.control.facts import Facts
from springline.telephony.control.office import Office

BYTES_PER_SECOND = 8000 * 2 * 2
"""Two channels of 16-bit samples at 8 kHz."""

MESSAGE_BYTES_PER_SECOND = 8000 * 2
WAV_HEADER_BYTES = 44

RECORD_CONTEXT = "record"
NO_RECORDER = "s"
BACK_ARGUMENT = "queue"

SETTLED_AFTER_SECONDS = 0.5
PATIENCE_SECONDS = 10.0


def recording_path(facts: Facts) -> str:
    """Of the conversation that begins next, relative to the recordings folder. A folder a day (UTC), so that
    none grows without end; a file for each agent who talks."""
    return f"{facts.arrived_at:%Y-%m-%d}/{_name(facts)}.raw"


def recorder(facts: Facts) -> str:
    """The extension of RECORD_CONTEXT that arms the engine's recorder for the next conversation."""
    return f"{facts.arrived_at:%Y%m%d}{_name(facts)}"


def _name(facts: Facts) -> str:
    return facts.call_id if facts.recordings == 0 else f"{facts.call_id}_{facts.recordings + 1}"


def message_path(facts: Facts) -> str:
    """Of the WAV of a message, beside the conversations."""
    return f"{facts.arrived_at:%Y-%m-%d}/{facts.call_id}-message.wav"


def message_finished(office: Office, facts: Facts, *, kept: bool = True) -> MessageFinished:
    """The end of the message that was begun; how long it is the file says."""
    assert facts.message is not None
    size = size_of(office.recordings / facts.message)
    return MessageFinished(
        at=utcnow(),
        call_id=facts.call_id,
        path=facts.message,
        seconds=round(max(size - WAV_HEADER_BYTES, 0) / MESSAGE_BYTES_PER_SECOND, 3),
        size=size,
        kept=kept,
    )


class Files:
    """The recordings of one call. Each is told to be whole once, after the engine has closed it."""

    def __init__(self, office: Office, facts: Facts) -> None:
        self._office = office
        self._facts = facts
        current = facts.recording if facts.connected_at is not None else None
        # Who took the call over sees to the others.
        self._closing = set(facts.unfinished) - {current}

    def close(self) -> None:
        """The recorder has stopped, or will with the caller's leg."""
        for path in self._facts.unfinished:
            if path not in self._closing:
                self._closing.add(path)
                self._office.spawn("recording", finish_recording(self._office, self._facts.call_id, path))


async def finish_recording(office: Office, call_id: str, path: str) -> None:
    """Report the file once the engine has stopped writing: its size did not change for a while."""
    size = await _settled_size(office.recordings / path)
    office.journal(RecordingFinished(at=utcnow(), call_id=call_id, path=path, size=size))


async def _settled_size(path: Path) -> int:
    size, waited = -1, 0.0
    while waited < PATIENCE_SECONDS:
        current = size_of(path)
        if current == size:
            return size
        size = current
        await asyncio.sleep(SETTLED_AFTER_SECONDS)
        waited += SETTLED_AFTER_SECONDS
    return size


def recorded_seconds(office: Office, facts: Facts) -> float:
    """Of the conversation's file, as far as the engine has written it."""
    return 0.0 if facts.recording is None else size_of(office.recordings / facts.recording) / BYTES_PER_SECOND


def talked(office: Office, facts: Facts, by: HangupBy, now: datetime) -> float:
    """Seconds of conversation of a call that is found ended `now`. Whose end nobody saw talked until the link
    to the engine was lost, or as long as was recorded after that."""
    lost = office.link_lost_at
    until_now = facts.talk_seconds(now)
    if by is not HangupBy.ENGINE or facts.connected_at is None or lost is None or lost < facts.connected_at:
        return until_now
    heard = facts.talk_before + recorded_seconds(office, facts)
    return min(until_now, max(facts.talk_seconds(lost), round(heard, 3)))


def size_of(path: Path) -> int:
    """Bytes; 0 without a file."""
    return path.stat().st_size if path.exists() else 0
