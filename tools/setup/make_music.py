"""Composes the music on hold that is shipped: run by hand, `python tools/setup/make_music.py OUT.wav`.

An original piece: eight bars of broken chords over I-vi-IV-V-iii-vi-ii-V in F, plucked softly,
looping without a seam. Everything stays between 170 Hz and 1.5 kHz, where a telephone line is clear.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

RATE = 8000
BEAT = 0.6
# MIDI notes of each bar's chord, low to high.
CHORDS = [
    (53, 60, 65, 69), (57, 60, 65, 74), (58, 62, 65, 70), (55, 60, 64, 67),
    (57, 60, 64, 72), (57, 62, 65, 69), (55, 58, 62, 70), (55, 60, 64, 67),
]  # fmt: skip
PATTERN = (0, 2, 1, 3, 2, 3, 1, 2)
MELODY = {
    0: 77,
    6: 76,
    8: 74,
    14: 72,
    16: 70,
    20: 72,
    24: 74,
    30: 72,
    32: 69,
    38: 72,
    40: 74,
    46: 72,
    48: 70,
    56: 67,
}


def pluck(note: int, seconds: float, loudness: float) -> np.ndarray:
    """A soft tone of a MIDI note: three partials, each higher one dying sooner, with a 12 ms rise."""
    t = np.arange(int(seconds * RATE)) / RATE
    frequency = 440.0 * 2 ** ((note - 69) / 12)
    partials = ((1, 1.0, 1.6), (2, 0.28, 2.8), (3, 0.08, 4.5))
    tone = sum(a * np.sin(2 * np.pi * frequency * n * t) * np.exp(-d * t) for n, a, d in partials)
    return loudness * np.minimum(t / 0.012, 1.0) * tone


def compose() -> np.ndarray:
    """16-bit samples of the loop; what rings past the end is folded onto the beginning."""
    step = BEAT / 2
    length = int(len(CHORDS) * len(PATTERN) * step * RATE)
    sound = np.zeros(length)

    def add(at: float, tone: np.ndarray) -> None:
        index = (int(at * RATE) + np.arange(len(tone))) % length
        sound[index] += tone

    for bar, chord in enumerate(CHORDS):
        for i, voice in enumerate(PATTERN):
            add((bar * len(PATTERN) + i) * step, pluck(chord[voice], 2.2, 0.55))
    for at, note in MELODY.items():
        add(at * step, pluck(note, 3.0, 0.8))
    level = 10 ** (-24 / 20) * 32768 / np.sqrt(np.mean(sound**2))
    return np.clip(sound * level, -32000, 32000).astype("<i2")


def main() -> None:
    with wave.open(str(Path(sys.argv[1])), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(compose().tobytes())


if __name__ == "__main__":
    main()
