"""What scripted people say, and the file format of what they heard."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np

from springline.telephony.simulator.errors import SimulatorError

AUDIO = Path(__file__).parent / "audio"
RATE = 8000
TONE_SECONDS = 30
# -12 dBFS: well above a line's noise and well below what a codec clips.
_TONE_LEVEL = 0.25


def sound_path(name: str) -> Path:
    """The WAV file of a recording in `simulator/audio`, or of an absolute path.

    Raises SimulatorError `no-such-sound`.
    """
    path = Path(name) if os.path.isabs(name) else AUDIO / name
    path = path if path.suffix == ".wav" else path.with_name(path.name + ".wav")
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in AUDIO.glob("*.wav"))) or "none is rendered yet"
        raise SimulatorError("no-such-sound", f"There is no sound {name!r}; known: {known}")
    return path


def tone_path(folder: Path, frequency: float) -> Path:
    """A WAV file of TONE_SECONDS of a sine, made at first use; it ends on a whole number of cycles."""
    path = folder / f"tone-{frequency:g}.wav"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        times = np.arange(TONE_SECONDS * RATE) / RATE
        sine = np.sin(2 * np.pi * round(frequency * TONE_SECONDS) / TONE_SECONDS * times)
        _write(path, np.rint(sine * _TONE_LEVEL * 32767).astype("<i2").tobytes(), channels=1)
    return path


def media_of(path: Path) -> str:
    """ARI's name of a sound file: the path without its ending."""
    return f"sound:{path.with_suffix('')}"


def raw_to_wav(raw: Path, wav: Path) -> Path | None:
    """Puts a WAV header before a recorder's two-channel raw file; None when nothing was recorded."""
    if not raw.is_file() or raw.stat().st_size == 0:
        return None
    _write(wav, raw.read_bytes(), channels=2)
    raw.unlink()
    return wav


def _write(path: Path, samples: bytes, channels: int) -> None:
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    partial.replace(path)
