"""The sound files that are shipped, and the exact wording that was given to us."""

import wave

import pytest

from springline.telephony.prompts import level, manifest, texts, wav

EXACT = {
    "ivr.main": "订水服务请按 1，售后咨询请按 2，企业团购请按 3，投诉建议请按 4，人工服务请按 0",
    "ivr.order.region": "六安城区请按 1，霍山县请按 2，舒城县请按 3，其他区域请按 4",
    "agent.newuser": "首次订水请提供地址",
    "outarea": "目前仅支持六安区域送水，感谢理解",
    "busy.voicemail": "当前线路繁忙，请留下您的手机号和需求，我们将在 15 分钟内回电",
}
RENDERED = [(c, p) for c in (texts.shipped(), texts.simulator()) for p in c.rendered()]


def test_the_given_wording_is_kept_to_the_character() -> None:
    assert {p.id: p.text for p in texts.shipped().prompts.values() if p.exact} == EXACT


@pytest.mark.parametrize("catalogue", [texts.shipped(), texts.simulator()], ids=["prompts", "simulator"])
def test_texts_sound_files_and_manifest_agree(catalogue: texts.Catalogue) -> None:
    assert manifest.problems(catalogue.directory, {p.id: p.text for p in catalogue.rendered()}) == []
    rows = manifest.read(catalogue.directory)
    for prompt in catalogue.rendered():
        row = rows[prompt.id]
        assert (row.spoken, row.voice, row.speed) == (
            ("", "", 0.0) if prompt.tone_hz else (prompt.spoken, prompt.voice, prompt.speed)
        )
    assert {p.stem for p in catalogue.directory.glob("*.wav")} == set(rows)


@pytest.mark.parametrize(("catalogue", "prompt"), RENDERED, ids=[p.id for _, p in RENDERED])
def test_shipped_sound(catalogue: texts.Catalogue, prompt: texts.Prompt) -> None:
    path = catalogue.directory / f"{prompt.id}.wav"
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    sound, rate = wav.read(path)
    measured, activity = level.active_level(sound, rate)
    assert measured == pytest.approx(level.TARGET_DB, abs=1)
    assert abs(sound).max() <= 10 ** (level.CEILING_DB / 20) + 1e-3
    assert activity > 0.5
    assert sound.size / rate <= 15
    if not prompt.tone_hz:
        letters = sum(c not in "，。？！：；、" for c in prompt.spoken)
        assert 2 < letters / (sound.size / rate) < 7, "a person says three to six syllables a second"


def test_the_whole_is_small_enough_to_ship() -> None:
    assert (
        sum(f.stat().st_size for c in (texts.shipped(), texts.simulator()) for f in c.directory.iterdir())
        < 8e6
    )
