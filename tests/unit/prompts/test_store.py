"""Which sound is played, and a site's own recordings."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from springline.telephony import prompts
from springline.telephony.prompts import level, manifest, store, wav


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "spoken.wav"
    path.write_bytes(wav.encode(0.1 * np.sin(2 * np.pi * 300 * np.arange(16000) / 8000)))
    return path


def test_shipped_until_replaced_and_after_reset(tmp_path: Path, recording: Path) -> None:
    shipped = prompts.resolve(tmp_path, "welcome.day")
    before = shipped.read_bytes()
    row = prompts.replace(tmp_path, "welcome.day", recording)
    own = prompts.resolve(tmp_path, "welcome.day")
    assert own == tmp_path / "prompts" / "zh" / "welcome.day.wav"
    assert row.source == "human"
    assert row.sha256 == manifest.sha256(own.read_bytes())
    assert level.active_level(*wav.read(own))[0] == pytest.approx(-20, abs=1)
    assert store.check(tmp_path) == []
    assert prompts.reset(tmp_path, "welcome.day")
    assert not prompts.reset(tmp_path, "welcome.day")
    assert prompts.resolve(tmp_path, "welcome.day") == shipped
    assert shipped.read_bytes() == before


def test_a_recording_without_sound_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    path.write_bytes(wav.encode(np.zeros(8000)))
    with pytest.raises(level.Silence):
        prompts.replace(tmp_path, "welcome.day", path)
    assert not (tmp_path / "prompts").exists()


def test_a_dynamic_prompt_can_be_recorded_too(tmp_path: Path, recording: Path) -> None:
    with pytest.raises(prompts.PromptMissing, match="emergency"):
        prompts.resolve(tmp_path, "emergency")
    prompts.replace(tmp_path, "emergency", recording)
    assert prompts.resolve(tmp_path, "emergency").is_file()
    assert store.check(tmp_path) == []


@pytest.mark.parametrize("prompt_id", ["no.such", "../../etc/passwd", "", "agent.newuser", "queue.position"])
def test_missing_prompts_are_named(tmp_path: Path, prompt_id: str) -> None:
    with pytest.raises(prompts.PromptMissing) as caught:
        prompts.resolve(tmp_path, prompt_id)
    assert caught.value.prompt_id == prompt_id
    assert prompt_id in str(caught.value)


def test_texts_for_agents_take_no_recording(tmp_path: Path, recording: Path) -> None:
    with pytest.raises(prompts.PromptMissing, match=r"agent\.newuser"):
        prompts.replace(tmp_path, "agent.newuser", recording)


def test_check_finds_damage(tmp_path: Path, recording: Path) -> None:
    prompts.replace(tmp_path, "hold.back", recording)
    own = store.replacements(tmp_path)
    (own / "hold.back.wav").write_bytes(b"other")
    shutil.copy(recording, own / "busy.voicemail.wav")
    assert [p.split(":")[1].split()[0] for p in store.check(tmp_path)] == ["hold.back", "busy.voicemail.wav"]


def test_check_finds_a_recording_of_an_older_text(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"sound")
    row = manifest.Row("x", "旧文字", manifest.sha256(b"sound"), 1.0)
    manifest.write(tmp_path, {"x": row, "gone": manifest.Row("gone", "", "", 1.0)})
    assert manifest.problems(tmp_path, {"x": "旧文字"}) == ["gone: in the manifest, but no such prompt"]
    assert "新文字" in manifest.problems(tmp_path, {"x": "新文字"})[1]


@pytest.mark.parametrize(
    ("prompt_id", "slots", "ids"),
    [
        ("welcome.day", {}, ("welcome.day",)),
        ("route.transfer", {"region": "huoshan"}, ("route.transfer.huoshan",)),
        ("route.transfer", {"region": "agent"}, ("route.transfer.agent",)),
        ("queue.position", {"n": 3, "m": 4},
         ("queue.position.ahead.3", "queue.position.wait.4", "queue.position.offer")),
        ("queue.position", {"n": 12, "m": 7},
         ("queue.position.ahead.many", "queue.position.wait.8", "queue.position.offer")),
        ("queue.position", {"n": 2, "m": 99},
         ("queue.position.ahead.2", "queue.position.wait.many", "queue.position.offer")),
    ],
)  # fmt: skip
def test_compose(prompt_id: str, slots: dict[str, object], ids: tuple[str, ...]) -> None:
    assert prompts.compose(prompt_id, **slots) == ids
    assert set(ids) <= set(prompts.playable_ids())


@pytest.mark.parametrize(
    ("prompt_id", "slots"),
    [
        ("route.transfer", {"region": "suzhou"}),
        ("queue.position", {"n": 3}),
        ("nothing", {}),
        ("route.transfer", {}),
    ],
)
def test_compose_names_what_was_never_recorded(prompt_id: str, slots: dict[str, object]) -> None:
    with pytest.raises(prompts.PromptMissing, match=prompt_id):
        prompts.compose(prompt_id, **slots)
