"""Where a conversation is recorded, and when the file is whole."""

import asyncio
from pathlib import Path

from springline.contracts.events import MessageFinished, RecordingFinished, utcnow
from springline.telephony.control.facts import Facts
from springline.telephony.control.office import Office

BYTES_PER_SECOND = 8000 * 2 * 2
"""Two channels of 16-bit samples at 8 kHz."""

MESSAGE_BYTES_PER_SECOND = 8000 * 2
WAV_HEADER_BYTES = 44

SETTLED_AFTER_SECONDS = 0.5
PATIENCE_SECONDS = 10.0


def recording_path(facts: Facts) -> str:
    """Relative to the recordings folder; one folder a day (UTC), so that none grows without end."""
    return f"{facts.arrived_at:%Y-%m-%d}/{facts.call_id}.raw"


def message_path(facts: Facts) -> str:
    """Of the WAV of a message, beside the conversations."""
    return f"{facts.arrived_at:%Y-%m-%d}/{facts.call_id}-message.wav"


def message_finished(office: Office, facts: Facts) -> MessageFinished:
    """The end of the message that was begun; how long it is the file says."""
    assert facts.message is not None
    size = _size(office.recordings / facts.message)
    return MessageFinished(
        at=utcnow(),
        call_id=facts.call_id,
        path=facts.message,
        seconds=round(max(size - WAV_HEADER_BYTES, 0) / MESSAGE_BYTES_PER_SECOND, 3),
        size=size,
    )


async def finish_recording(office: Office, facts: Facts) -> None:
    """Report the file once the engine has stopped writing: its size did not change for a while."""
    if facts.recording is None:
        return
    size = await _settled_size(office.recordings / facts.recording)
    office.journal(RecordingFinished(at=utcnow(), call_id=facts.call_id, path=facts.recording, size=size))


async def _settled_size(path: Path) -> int:
    size, waited = -1, 0.0
    while waited < PATIENCE_SECONDS:
        current = _size(path)
        if current == size:
            return size
        size = current
        await asyncio.sleep(SETTLED_AFTER_SECONDS)
        waited += SETTLED_AFTER_SECONDS
    return size


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
