"""Measuring and shaping sound."""

import wave
from pathlib import Path

import numpy as np
import pytest

from springline.telephony.prompts import level, shape, wav


def sine(hz: float, seconds: float, amplitude: float = 0.5, rate: int = 8000) -> wav.Sound:
    made: wav.Sound = amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)
    return made


def test_the_level_of_a_steady_tone_is_its_rms() -> None:
    measured, activity = level.active_level(sine(1000, 2, 0.2), 8000)
    assert measured == pytest.approx(level.db(0.2 / np.sqrt(2)), abs=0.1)
    assert activity == pytest.approx(1, abs=0.03)


def test_silence_between_words_does_not_count() -> None:
    word = sine(500, 3, 0.3)
    broken = np.concatenate([word, np.zeros(32000), word, np.zeros(32000)])
    measured, activity = level.active_level(broken, 8000)
    assert measured == pytest.approx(level.active_level(word, 8000)[0], abs=1.0)
    assert activity == pytest.approx(6.5 / 14, abs=0.02)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(800), np.full(800, 1e-7)])
def test_nothing_to_measure(sound: wav.Sound) -> None:
    with pytest.raises(level.Silence):
        level.active_level(sound, 8000)


@pytest.mark.parametrize("amplitude", [0.003, 0.05, 0.9])
def test_levelled_sound_is_at_the_target_under_the_ceiling(amplitude: float) -> None:
    noise = np.random.default_rng(1).laplace(size=16000)
    speechlike = noise * amplitude / np.max(np.abs(noise)) * np.repeat([1, 0, 1, 1], 4000)
    result = level.levelled(speechlike, 8000)
    assert level.active_level(result, 8000)[0] == pytest.approx(level.TARGET_DB, abs=0.5)
    assert level.db(np.max(np.abs(result))) <= level.CEILING_DB + 0.01


def test_the_telephone_band_keeps_speech_and_drops_hum_and_hiss() -> None:
    for hz, wanted in ((50, -30), (1000, 0), (3000, 0), (6000, -60)):
        band = shape.telephone_band(sine(hz, 2, rate=24000), 24000)
        middle = band[4000:-4000]
        assert level.db(np.sqrt(2 * np.mean(middle**2)) / 0.5) == pytest.approx(
            wanted, abs=6 if wanted else 0.2
        ) or (wanted == -60 and np.max(np.abs(middle)) < 0.001)
        assert band.size == 16000


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_any_rate_comes_out_at_8_khz_with_its_pitch(rate: int) -> None:
    band = shape.telephone_band(sine(700, 1.5, rate=rate), rate)
    assert band.size == pytest.approx(12000, abs=1)
    assert int(np.argmax(np.abs(np.fft.rfft(band[:8000])))) == 700


def test_a_recording_gets_the_same_silence_around_it() -> None:
    said = np.concatenate([np.zeros(20000), sine(400, 1), np.zeros(30000)])
    prompt = shape.recording(said, 8000)
    assert prompt.size / 8000 == pytest.approx(1.3, abs=0.03)
    assert not np.any(prompt[:900])
    assert np.any(prompt[1100:1300])


@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 1), (2, 2), (3, 2), (4, 1)])
def test_reads_common_wav_kinds(tmp_path: Path, width: int, channels: int) -> None:
    samples = sine(440, 0.1, 0.5)
    whole = np.repeat(samples, channels)
    scaled = np.rint(whole * (2 ** (width * 8 - 1) - 1)).astype("<i4")
    data = (scaled + 128).astype("u1").tobytes() if width == 1 else b""
    if width > 1:
        data = scaled.view("u1").reshape(-1, 4)[:, :width].tobytes()
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(8000)
        file.writeframes(data)
    read, rate = wav.read(tmp_path / "x.wav")
    assert rate == 8000
    np.testing.assert_allclose(read, samples, atol=0.01)


def test_what_is_no_wav_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"ID3 this is an mp3")
    with pytest.raises(wav.NotAudio, match=r"x\.wav"):
        wav.read(tmp_path / "x.wav")
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(wav.NotAudio):
        wav.read(tmp_path / "empty.wav")
