"""`springline prompts`: what it says and its exit codes."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from springline.telephony.prompts import models, wav
from springline.telephony.prompts.cli import app


def run(home: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--home", str(home)])
    return result.exit_code, result.output


def test_a_recording_is_taken_shown_checked_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.wav"
    path.write_bytes(wav.encode(0.1 * np.sin(np.arange(16000) / 4)))
    assert run(tmp_path, "check")[0] == 0
    assert run(tmp_path, "replace", "hold.back", str(path))[0] == 0
    code, output = run(tmp_path, "check")
    assert code == 0
    assert "hold.back: 真人录音" in output
    assert "真人录音" in run(tmp_path, "list")[1]
    (tmp_path / "prompts" / "zh" / "hold.back.wav").write_bytes(b"damaged")
    assert run(tmp_path, "check")[0] == 1
    assert run(tmp_path, "reset", "hold.back")[0] == 0
    assert run(tmp_path, "check")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [("replace", "no.such", "x.wav"), ("reset", "no.such"), ("replace", "hold.back", "/no/such/file.wav"),
     ("render", "--only", "emergency"), ("render", "--set", "brand=ABC")],
)  # fmt: skip
def test_mistakes_are_one_line_and_exit_1(
    tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("must not get as far as fetching a model")

    monkeypatch.setattr(models, "install", refuse)
    code, output = run(tmp_path, *arguments)
    assert code == 1
    assert "Traceback" not in output
    assert len(output.strip()) > 0


def test_a_value_without_a_name_is_a_usage_error(tmp_path: Path) -> None:
    assert run(tmp_path, "render", "--set", "open")[0] == 2
