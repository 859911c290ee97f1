"""How loud speech is, and making it as loud as asked.

`active_level` follows ITU-T P.56 method B: the level while somebody speaks, pauses left out, so that a prompt
with long pauses is not made louder than one without.
"""

import numpy as np

from .wav import Sound

TARGET_DB = -20.0
"""Active level of prompts in dBFS (full-scale square wave = 0). 6 dB over the usual -26 test level, so that a

prompt is not faint beside an agent's headset."""
CEILING_DB = -3.0
"""No sample goes over this (dBFS): room for codecs and echo cancellers."""

_SMOOTH_S, _HANGOVER_S, _MARGIN_DB = 0.03, 0.2, 15.9


class Silence(ValueError):
    """The sound has no speech to measure."""


def db(ratio: float) -> float:
    """Amplitude ratio in decibels."""
    return 20 * float(np.log10(ratio))


def active_level(sound: Sound, rate: int) -> tuple[float, float]:
    """Active speech level in dBFS and the part of time that is active (0..1). Raises Silence."""
    if sound.size == 0 or not np.any(sound):
        raise Silence("no sample is different from zero")
    envelope = _envelope(np.abs(sound), rate)
    energy = float(np.sum(sound**2))
    hangover = int(_HANGOVER_S * rate)
    last: tuple[float, float] | None = None
    for exponent in range(1, 16):
        threshold = 2.0**-exponent
        active = _active_samples(envelope >= threshold, hangover)
        if not active:
            continue
        level = 10 * float(np.log10(energy / active))
        margin = level - db(threshold)
        if margin >= _MARGIN_DB:
            level = _between(last, (level, margin))
            return level, min(1.0, energy / sound.size / 10 ** (level / 10))
        last = (level, margin)
    raise Silence("the sound never rises over the lowest threshold of -90 dBFS")


def _between(last: tuple[float, float] | None, now: tuple[float, float]) -> float:
    """P.56 asks where the margin is exactly 15.9 dB; between two thresholds the level is near a line."""
    if last is None:
        return now[0]
    share = (_MARGIN_DB - last[1]) / (now[1] - last[1])
    return last[0] + share * (now[0] - last[0])


def _envelope(magnitude: Sound, rate: int) -> Sound:
    keep = float(np.exp(-1 / (_SMOOTH_S * rate)))
    p = q = 0.0
    out = np.empty_like(magnitude)
    for i, x in enumerate(magnitude.tolist()):
        p = keep * p + (1 - keep) * x
        q = keep * q + (1 - keep) * p
        out[i] = q
    return out


def _active_samples(over: np.ndarray[tuple[int], np.dtype[np.bool_]], hangover: int) -> int:
    where = np.arange(over.size)
    latest = np.maximum.accumulate(np.where(over, where, -hangover - 1))
    return int(np.count_nonzero(where - latest <= hangover))


def levelled(sound: Sound, rate: int, target_db: float = TARGET_DB) -> Sound:
    """`sound` at the active level asked for (within 0.3 dB), peaks held under the ceiling. Raises Silence."""
    for _ in range(4):
        off = target_db - active_level(sound, rate)[0]
        if abs(off) < 0.2 and np.max(np.abs(sound)) <= 10 ** (CEILING_DB / 20):
            break
        sound = limited(sound * 10 ** (off / 20), rate)
    return sound


def limited(sound: Sound, rate: int) -> Sound:
    """`sound` turned down smoothly, 5 ms before and after each peak, where it goes over the ceiling."""
    ceiling = 10 ** (CEILING_DB / 20)
    if np.max(np.abs(sound), initial=0.0) <= ceiling:
        return sound
    half = max(1, int(0.005 * rate))
    gain = np.minimum(1.0, ceiling / np.maximum(np.abs(sound), 1e-9))
    padded = np.pad(gain, 2 * half, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).min(axis=1)
    bell = np.hanning(2 * half + 3)[1:-1]
    limited_sound: Sound = sound * np.convolve(lowest, bell / bell.sum(), mode="valid")
    return limited_sound
