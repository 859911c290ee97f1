"""From a voice's or a microphone's sound to a prompt: telephone band, silence trimmed, levelled, joined."""

from collections.abc import Sequence

import numpy as np

from . import level
from .wav import RATE, Sound

LEAD_S = 0.15
"""Silence before and after each prompt, in seconds."""

_GUARD_S = 0.03
_LOW_HZ, _TOP_HZ, _ROLL_HZ = 120.0, 3700.0, 250.0


def telephone_band(sound: Sound, rate: int) -> Sound:
    """`sound` at 8 kHz, without what a telephone does not carry: high-pass 120 Hz (fourth order Butterworth

    magnitude, no phase), low-pass 3.7 kHz rolling off to 3.95 kHz.
    """
    # The transform's length is a whole number of seconds, so that bin k is the same frequency at both rates.
    seconds = int(np.ceil(sound.size / rate)) + 1
    spectrum = np.fft.rfft(sound, n=seconds * rate)
    hz = np.arange(spectrum.size) / seconds
    with np.errstate(divide="ignore"):
        gain = 1 / np.sqrt(1 + (_LOW_HZ / hz) ** 8)
    top = min(_TOP_HZ, rate / 2 - _ROLL_HZ)
    roll = np.clip((hz - top) / _ROLL_HZ, 0, 1)
    spectrum *= gain * (0.5 + 0.5 * np.cos(np.pi * roll))
    size = seconds * RATE
    bins = np.zeros(size // 2 + 1, complex)
    shared = min(bins.size, spectrum.size)
    bins[:shared] = spectrum[:shared]
    wanted = int(round(sound.size * RATE / rate))
    narrow: Sound = (np.fft.irfft(bins, n=size) * (RATE / rate))[:wanted]
    return narrow


def trimmed(sound: Sound, guard_s: float = _GUARD_S) -> Sound:
    """`sound` (8 kHz) from `guard_s` before its first to `guard_s` after its last audible 5 ms, edges faded.

    Audible is more than the active level less 40 dB: a weak h or x at the beginning stays. Raises Silence.
    """
    threshold = 10 ** ((level.active_level(sound, RATE)[0] - 40) / 20)
    frame = RATE // 200
    whole = np.pad(sound, (0, -sound.size % frame))
    loud = np.flatnonzero(np.sqrt(np.mean(whole.reshape(-1, frame) ** 2, axis=1)) > threshold)
    guard = int(guard_s * RATE)
    start = max(0, int(loud[0]) * frame - guard)
    cut = whole[start : (int(loud[-1]) + 1) * frame + guard].copy()
    fade = np.linspace(0, 1, frame)
    cut[:frame] *= fade
    cut[-frame:] *= fade[::-1]
    return cut


def joined(pieces: Sequence[tuple[Sound, int]], edge_s: float = LEAD_S) -> Sound:
    """A prompt of clauses (8 kHz), each with the milliseconds of silence after it; all equally loud."""
    edge = silence(max(edge_s - _GUARD_S, 0.0))
    out = [edge]
    for piece, pause_ms in pieces:
        out += [level.levelled(trimmed(piece), RATE), silence(pause_ms / 1000)]
    return level.levelled(np.concatenate([*out, edge]), RATE)


def recording(sound: Sound, rate: int) -> Sound:
    """A person's recording as a prompt: telephone band, trimmed, levelled; pauses inside are kept."""
    return joined([(telephone_band(sound, rate), 0)])


def silence(seconds: float) -> Sound:
    """Zeros at 8 kHz."""
    return np.zeros(int(round(seconds * RATE)))


def tone(hz: float, seconds: float) -> Sound:
    """A sine at the prompts' level with 10 ms edges, without silence around it."""
    t = np.arange(int(round(seconds * RATE))) / RATE
    edge = np.minimum(1, np.minimum(t, t[::-1]) / 0.01)
    sine: Sound = np.sin(2 * np.pi * hz * t) * edge * np.sqrt(2) * 10 ** (level.TARGET_DB / 20)
    return sine
