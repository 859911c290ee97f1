"""Finds steady tones in recordings, to prove who was heard on which channel."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""Shape (samples, channels), 1.0 = full scale."""

BAND_HZ = 15.0
"""A tone is the energy this close to its frequency: wide enough for one that starts and stops."""
_WINDOW_SECONDS = 0.1
_QUIETEST = 10 ** (-60 / 20)


@dataclass(frozen=True)
class Peak:
    """A tone: `frequency` in Hz, `share` of the channel's energy (0..1) within BAND_HZ of it."""

    frequency: float
    share: float


def read_wav(path: Path) -> tuple[Samples, int]:
    """Samples and rate (Hz) of a 16-bit WAV file. Raises OSError, wave.Error."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise wave.Error(f"{path.name}: not 16 bit")
        return samples_of(file.readframes(file.getnframes()), file.getnchannels()), file.getframerate()


def read_raw(path: Path, channels: int = 2) -> Samples:
    """Samples of the recorder's headerless file: signed 16 bit little-endian, interleaved, 8 kHz."""
    return samples_of(path.read_bytes(), channels)


def samples_of(data: bytes, channels: int) -> Samples:
    """Signed 16 bit little-endian, interleaved; an incomplete last frame is left out."""
    whole = len(data) - len(data) % (2 * channels)
    return np.frombuffer(data[:whole], "<i2").reshape(-1, channels).astype(np.float64) / 32768


def share(samples: Samples, rate: int, frequency: float, channel: int = 0) -> float:
    """The part (0..1) of a channel's energy that lies within BAND_HZ of `frequency`; 0 for silence."""
    power, bins = _spectrum(samples[:, channel], rate)
    total = float(power.sum())
    return float(power[np.abs(bins - frequency) <= BAND_HZ].sum()) / total if total > 0 else 0.0


def heard(path: Path, frequency: float, channel: int = 0) -> float:
    """`share` of a file: WAV, or the recorder's raw two-channel format when it ends in `.raw`."""
    samples, rate = (read_raw(path), 8000) if path.suffix == ".raw" else read_wav(path)
    return share(samples, rate, frequency, channel)


def peaks(samples: Samples, rate: int, channel: int = 0, count: int = 4) -> tuple[Peak, ...]:
    """The strongest tones of a channel, strongest first; empty for silence."""
    power, bins = _spectrum(samples[:, channel], rate)
    total = float(power.sum())
    found: list[Peak] = []
    while total > 0 and len(found) < count and power.max() > total * 1e-3:
        frequency = float(bins[int(power.argmax())])
        near = np.abs(bins - frequency) <= BAND_HZ
        found.append(Peak(frequency, float(power[near].sum()) / total))
        power = np.where(near, 0.0, power)
    return tuple(found)


def tone_seconds(samples: Samples, rate: int, frequency: float, channel: int = 0) -> float:
    """For how long the tone is what is mostly heard: windows of 0.1 s with over half their energy on it.

    "On it" is within 4 Hz. Counts only windows louder than -60 dBFS.
    """
    size = int(rate * _WINDOW_SECONDS)
    count = len(samples) // size
    if count == 0:
        return 0.0
    windows = samples[: count * size, channel].reshape(count, size)
    power = (windows**2).sum(axis=1)
    # Goertzel by correlation: the energy of the best-fitting sine of this frequency in each window.
    angle = np.exp(-2j * np.pi * frequency / rate * np.arange(size))
    on_tone = np.abs(windows @ angle) ** 2 * 2 / size
    loud = power > size * _QUIETEST**2
    return float(np.count_nonzero(loud & (on_tone > 0.5 * power))) * _WINDOW_SECONDS


def _spectrum(signal: Samples, rate: int) -> tuple[Samples, Samples]:
    """Energy per FFT bin without the DC part, and the bins' frequencies."""
    if signal.size == 0:
        return np.zeros(1), np.zeros(1)
    power = np.asarray(np.abs(np.fft.rfft(signal)) ** 2, np.float64)
    power[0] = 0.0
    return power, np.asarray(np.fft.rfftfreq(signal.size, 1 / rate), np.float64)
