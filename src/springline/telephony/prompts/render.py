"""Renders prompts: a Python with the model says the clauses, this one makes prompts of them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from . import manifest, models, shape, wav
from .clauses import clauses
from .manifest import Row
from .texts import Catalogue, Prompt

VOICE_RATE = 24_000
_REQUIREMENTS = Path(__file__).parent / "voice" / "requirements.lock"
_HERE = Path(__file__).parent

Keep = Callable[[bytes, Row], None]
Report = Callable[[str], None]


class RenderFailed(RuntimeError):
    """The voice could not be started or gave up; the message has its last words."""


def environment(home: Path, report: Report) -> Path:
    """The Python that has the voice's libraries, made at first use from the pinned, hashed list.

    Raises models.ModelRefused when a package cannot be had.
    """
    folder = home / "render-venv"
    python, receipt = folder / "bin" / "python", folder / "requirements.sha256"
    wanted = manifest.sha256(_REQUIREMENTS.read_bytes())
    if receipt.is_file() and receipt.read_text("utf-8") == wanted:
        return python
    report("onnxruntime, jieba, pypinyin (about 250 MB)")
    found = models.uv()
    make = [found, "venv", "--quiet", "--clear"] if found else [sys.executable, "-m", "venv", "--clear"]
    models.run(
        [*make, *(["--python", sys.executable] if found else []), str(folder)], "a virtual environment"
    )
    models.run(
        [*models.pip_install(python), "--require-hashes", "-r", str(_REQUIREMENTS)], "the voice's libraries"
    )
    manifest.put(receipt, wanted.encode())
    return python


def render(
    catalogue: Catalogue, prompts: Sequence[Prompt], python: Path, model: Path, report: Report, keep: Keep
) -> None:
    """Say each prompt and hand over its WAV and manifest row as soon as it is ready.

    `python` from environment(), `model` from models.install(). Raises RenderFailed.
    """
    spoken = [p for p in prompts if not p.tone_hz]
    for prompt in prompts:
        if prompt.tone_hz:
            _hand_over(prompt, shape.tone(prompt.tone_hz, prompt.seconds), keep, report)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        order = _order(catalogue, spoken, model, scratch)
        with _worker(python, order, scratch) as worker:
            assert worker.stdout is not None
            for prompt in spoken:
                pieces = []
                for number, clause in enumerate(clauses(prompt.spoken)):
                    if not worker.stdout.readline():
                        worker.wait()
                        raise RenderFailed(f"{prompt.id}: {(scratch / 'errors').read_text('utf-8')[-2000:]}")
                    said = np.fromfile(scratch / f"{prompt.id}.{number}", np.float32).astype(np.float64)
                    pieces.append((shape.telephone_band(said, VOICE_RATE), clause.pause_ms))
                edge = shape.LEAD_S if prompt.edge is None else prompt.edge
                _hand_over(prompt, shape.joined(pieces, edge), keep, report)


def _order(catalogue: Catalogue, prompts: Sequence[Prompt], model: Path, scratch: Path) -> str:
    jobs = [
        {"text": c.text, "voice": p.voice, "speed": p.speed, "out": str(scratch / f"{p.id}.{number}")}
        for p in prompts
        for number, c in enumerate(clauses(p.spoken))
    ]
    return json.dumps({"models": str(model), "lexicon": dict(catalogue.lexicon), "jobs": jobs})


def _worker(python: Path, order: str, scratch: Path) -> "subprocess.Popen[str]":
    # `voice` alone is importable there: the package around it needs the product's libraries.
    start = "import sys; sys.path.append(sys.argv[1]); from voice.worker import main; main()"
    (scratch / "order").write_text(order, "utf-8")
    with (scratch / "order").open() as stdin, (scratch / "errors").open("w") as errors:
        return subprocess.Popen(
            [str(python), "-c", start, str(_HERE)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
        )


def _hand_over(prompt: Prompt, sound: wav.Sound, keep: Keep, report: Report) -> None:
    data = wav.encode(sound)
    seconds = round(sound.size / wav.RATE, 3)
    row = Row(prompt.id, prompt.text, manifest.sha256(data), seconds)
    if not prompt.tone_hz:
        locked = models.lock()
        row = Row(
            prompt.id,
            prompt.text,
            row.sha256,
            seconds,
            spoken=prompt.spoken,
            voice=prompt.voice,
            speed=prompt.speed,
            model=locked.id,
            model_sha256=locked.file("kokoro-v1.0.int8.onnx").sha256,
        )
    keep(data, row)
    report(f"{prompt.id}  {seconds:.1f} s")
