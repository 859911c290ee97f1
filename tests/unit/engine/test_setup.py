"""The set-up of a checkout: what it remembers, what it passes on, what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.setup.frontend import node_is_new_enough
from tools.setup.python_env import uv_environment
from tools.setup.steps import SetupError, Step, call, digest, run_steps


class Counted:
    """A step that counts its runs and can be made to fail."""

    def __init__(self, folder: Path) -> None:
        self.runs = 0
        self.inputs = "one"
        self.there = True
        self.failure: BaseException | None = None
        self.step = Step("a step", folder / "stamps/a", lambda: self.inputs, self._run, lambda: self.there)

    def _run(self, show: object) -> None:
        self.runs += 1
        if self.failure is not None:
            raise self.failure


def test_a_step_runs_once_until_its_inputs_or_its_result_change(tmp_path: Path) -> None:
    counted = Counted(tmp_path)
    run_steps([counted.step])
    run_steps([counted.step])
    assert counted.runs == 1
    counted.inputs = "two"
    run_steps([counted.step])
    assert counted.runs == 2
    counted.there = False
    run_steps([counted.step])
    assert counted.runs == 3


@pytest.mark.parametrize("failure", [SetupError("no"), KeyboardInterrupt()])
def test_an_interrupted_step_runs_again(tmp_path: Path, failure: BaseException) -> None:
    counted = Counted(tmp_path)
    run_steps([counted.step])
    counted.inputs, counted.failure = "two", failure
    with pytest.raises(type(failure)):
        run_steps([counted.step])
    counted.failure = None
    # Going back to the inputs of the last success must not look finished either.
    counted.inputs = "one"
    run_steps([counted.step])
    assert counted.runs == 3


def test_the_steps_are_numbered_and_unchanged_ones_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = Counted(tmp_path / "1"), Counted(tmp_path / "2")
    run_steps([first.step])
    run_steps([first.step, second.step])
    shown = capsys.readouterr().out
    assert "[1/2] a step  unchanged" in shown
    assert "[2/2] a step  done in" in shown


def test_a_digest_sees_contents_names_and_missing_files(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("x")
    b.write_text("x")
    before = digest([a, b])
    assert digest([b, a]) == before
    assert digest([a]) != before
    b.unlink()
    assert digest([a, b]) != before
    assert digest([a, b], "more") != digest([a, b])


def test_a_failing_program_is_shown_by_the_end_of_its_output_without_colours(tmp_path: Path) -> None:
    script = "print('\\033[31mthe reason\\033[0m'); raise SystemExit(3)"
    with pytest.raises(SetupError) as caught:
        call([sys.executable, "-c", script], tmp_path / "log/setup.log")
    assert str(caught.value).splitlines()[-1] == "the reason"
    assert "status 3" in str(caught.value)


def test_what_pip_knows_of_indexes_is_passed_to_uv() -> None:
    settings = (
        ":env:.find-links='/from/env'\n"
        "global.cert='/etc/ca.pem'\n"
        "global.extra-index-url='https://b.example/simple\\nhttps://c.example/simple'\n"
        "global.find-links='/from/file'\n"
        "global.index-url='https://user:pw@a.example/simple'\n"
        "global.no-input='true'\n"
    )
    result = uv_environment(settings, {"UV_DEFAULT_INDEX": "https://mine.example/simple"})
    assert result["UV_DEFAULT_INDEX"] == "https://mine.example/simple"
    assert result["UV_INDEX"] == "https://b.example/simple https://c.example/simple"
    assert result["UV_FIND_LINKS"] == "/from/env"
    assert result["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert "UV_NO_INDEX" not in uv_environment("", {})


@pytest.mark.parametrize(
    ("version", "fit"),
    [
        ("v18.20.4", False), ("v20.18.1", False), ("v20.19.0", True), ("v21.7.0", False),
        ("v22.11.0", False), ("v22.12.0", True), ("v24.1.0", True), ("", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_only_a_node_that_can_build_is_used(version: str, fit: bool) -> None:
    assert node_is_new_enough(version) is fit
