"""Kokoro-82M v1.0 (int8 ONNX): phonemes to 24 kHz sound."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

RATE = 24_000
"""Samples per second of the model's output."""

MODEL_FILE, VOCABULARY_FILE = "kokoro-v1.0.int8.onnx", "kokoro-vocab.json"


class Kokoro:
    """A loaded voice model (about 0.8 GB of memory). One thread: sums in another order round otherwise."""

    def __init__(self, models: Path) -> None:
        onnxruntime: Any = import_module("onnxruntime")

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._models = models
        self._session: Any = onnxruntime.InferenceSession(
            str(models / MODEL_FILE), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._ids: dict[str, int] = json.loads((models / VOCABULARY_FILE).read_text("utf-8"))["vocab"]

    def speak(self, phonemes: str, voice: str, speed: float) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """Samples in [-1, 1] at 24 kHz; `speed` 1.0 is the voice's own. ValueError over 510 symbols."""
        unknown = sorted(set(phonemes) - set(self._ids))
        if unknown or len(phonemes) > 510:
            raise ValueError(f"{len(phonemes)} symbols, unknown to the model: {unknown}")
        styles = np.fromfile(self._models / f"{voice}.bin", dtype=np.float32).reshape(510, 256)
        tokens = np.array([[0, *(self._ids[c] for c in phonemes), 0]], dtype=np.int64)
        # The style is chosen by length: the model was trained with one vector for each number of symbols.
        feed = {
            "tokens": tokens,
            "style": styles[len(phonemes) - 1][None, :],
            "speed": np.array([speed], dtype=np.float32),
        }
        return np.asarray(self._session.run(None, feed)[0], dtype=np.float32).ravel()
