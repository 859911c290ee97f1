"""The part of rendering that needs the model: runs in the renderer's own Python, not in the product's.

Standard input: {"models": DIR, "lexicon": {...}, "jobs": [{"text", "voice", "speed", "out"}]}. Each job's
sound is written to its `out` as raw float32 at 24 kHz; one line of JSON per job on standard output says
its phonemes.
"""

import json
import sys
from pathlib import Path

from . import g2p
from .kokoro import Kokoro


def main() -> None:
    order = json.load(sys.stdin)
    voice = Kokoro(Path(order["models"]))
    cut, read = g2p.dictionary()
    for job in order["jobs"]:
        phonemes = g2p.phonemise(job["text"], order["lexicon"], cut, read)
        voice.speak(phonemes, job["voice"], job["speed"]).tofile(job["out"])
        sys.stdout.write(json.dumps({"phonemes": phonemes}, ensure_ascii=False) + "\n")
        sys.stdout.flush()
