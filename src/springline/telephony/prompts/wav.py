"""8 kHz mono PCM16 WAV files out, any plain WAV in."""

import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""One channel, 1.0 = full scale."""

RATE = 8000
"""Samples per second of every prompt."""


class NotAudio(ValueError):
    """The file is no WAV of whole-number samples (8, 16, 24 or 32 bit); the message says what it is."""


def read(path: Path) -> tuple[Sound, int]:
    """Samples, mixed down to one channel, and their rate in Hz. Raises NotAudio, OSError."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotAudio(f"{path.name}: {error}") from error
    if width not in (1, 2, 3, 4):
        raise NotAudio(f"{path.name}: {width * 8} bits a sample")
    return _samples(data, width).reshape(-1, channels).mean(axis=1), rate


def _samples(data: bytes, width: int) -> Sound:
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4").ravel().astype(np.float64) / 2**31
    return np.frombuffer(data, f"<i{width}").astype(np.float64) / 2.0 ** (width * 8 - 1)


def encode(sound: Sound) -> bytes:
    """A whole WAV file: 8 kHz, mono, 16 bit. The same sound always gives the same bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
