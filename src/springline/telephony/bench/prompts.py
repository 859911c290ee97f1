"""Stand-in prompts and voices of the bench: the same files for both sides, of known length."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from springline.telephony.prompts import all_ids
from springline.telephony.simulator.sounds import RATE

SECONDS = {
    "welcome.day": 1.0,
    "notice.record": 1.0,
    "ivr.main": 2.0,
    "ivr.repeat": 1.0,
    "ivr.order.region": 3.0,
}
OTHERS_SECONDS = 1.0
VOICE_SECONDS = 20.0
_LEVEL = 0.1
# When a caller presses 1 and 2, seconds after the answer: each while that menu's prompt is being said.
FIRST_KEY, SECOND_KEY = 3.5, 4.7


def write_prompts(folder: Path) -> None:
    """Every prompt of the catalogue as noise of a fixed length: what they say costs the engine nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for prompt in all_ids():
        samples = _noise(SECONDS.get(prompt, OTHERS_SECONDS), seed=1)
        with wave.open(str(folder / f"{prompt}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())


def write_voice(path: Path, seed: int) -> bytes:
    """A voice as raw A-law, which SIPp streams; also returned."""
    data = alaw(_noise(VOICE_SECONDS, seed))
    path.write_bytes(data)
    return data


def _noise(seconds: float, seed: int) -> NDArray[np.int16]:
    values = np.random.default_rng(seed).normal(0, _LEVEL * 32767, int(seconds * RATE))
    return np.clip(values, -32768, 32767).astype("<i2")


def alaw(samples: NDArray[np.int16]) -> bytes:
    """16-bit samples as G.711 A-law (ITU-T G.711 table 1a, even bits inverted)."""
    magnitude = np.minimum(np.abs(samples.astype(np.int32)) >> 3, 4095)
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    step = np.where(segment < 2, magnitude >> 1, magnitude >> np.maximum(segment, 1)) & 0x0F
    code = (segment << 4) | step
    sign = np.where(samples >= 0, 0x80, 0)
    return bytes(((code | sign) ^ 0x55).astype(np.uint8).tobytes())
