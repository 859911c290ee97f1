"""Listens to a recording while it is being written."""

from __future__ import annotations

from pathlib import Path

from springline.telephony.simulator.tones import samples_of, tone_seconds

RATE = 8000
_BYTES_A_SECOND = RATE * 2 * 2
_WINDOW_BYTES = _BYTES_A_SECOND // 10


class TailListener:
    """Counts for how long a tone was heard (left channel of a raw two-channel file that still grows)."""

    def __init__(self, path: Path, frequency: float) -> None:
        self._path = path
        self._frequency = frequency
        self._read = 0
        self._seconds = 0.0

    def listen(self) -> float:
        """Seconds of the tone so far; 0.0 while there is no file."""
        if not self._path.is_file():
            return self._seconds
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: len(data) - len(data) % _WINDOW_BYTES]
        self._read += len(whole)
        self._seconds += tone_seconds(samples_of(whole, 2), RATE, self._frequency)
        return self._seconds
