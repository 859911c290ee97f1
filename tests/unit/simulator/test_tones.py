from pathlib import Path

import numpy as np
import pytest

from springline.telephony.simulator.listening import TailListener
from springline.telephony.simulator.sounds import raw_to_wav, tone_path
from springline.telephony.simulator.tones import heard, peaks, read_wav, share, tone_seconds

RATE = 8000


def sine(frequency: float, seconds: float, level: float = 0.3) -> np.ndarray:
    return level * np.sin(2 * np.pi * frequency * np.arange(int(RATE * seconds)) / RATE)


def raw_of(left: np.ndarray, right: np.ndarray) -> bytes:
    return np.rint(np.stack([left, right], axis=1) * 32767).astype("<i2").tobytes()


def test_each_channel_is_judged_alone() -> None:
    samples = np.stack([sine(440, 2), sine(1000, 2)], axis=1)
    assert share(samples, RATE, 440, 0) > 0.99
    assert share(samples, RATE, 440, 1) < 0.01
    assert share(samples, RATE, 1000, 1) > 0.99


def test_shares_of_two_tones_in_one_channel() -> None:
    samples = (sine(440, 2, 0.3) + sine(1000, 2, 0.15))[:, None]
    assert share(samples, RATE, 440) == pytest.approx(0.8, abs=0.01)
    first, second = peaks(samples, RATE, count=2)
    assert (round(first.frequency), round(second.frequency)) == (440, 1000)
    assert second.share == pytest.approx(0.2, abs=0.01)


def test_silence_and_nothing_have_no_tone() -> None:
    for samples in (np.zeros((RATE, 1)), np.zeros((0, 1))):
        assert share(samples, RATE, 440) == 0
        assert peaks(samples, RATE) == ()
        assert tone_seconds(samples, RATE, 440) == 0


def test_seconds_of_a_tone_between_other_sounds() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, RATE)
    samples = np.concatenate([np.zeros(RATE), sine(440, 1.5), noise, sine(700, 1)])[:, None]
    assert tone_seconds(samples, RATE, 440) == pytest.approx(1.5, abs=0.11)
    assert tone_seconds(samples, RATE, 443) == pytest.approx(1.5, abs=0.11)
    assert tone_seconds(samples, RATE, 900) == 0


def test_files(tmp_path: Path) -> None:
    raw = tmp_path / "call.raw"
    raw.write_bytes(raw_of(sine(440, 1), sine(1000, 1)) + b"\x01")
    assert heard(raw, 440, 0) > 0.99
    wav = raw_to_wav(raw, tmp_path / "call.wav")
    assert wav is not None
    assert heard(wav, 1000, 1) > 0.99
    assert not raw.exists()
    assert raw_to_wav(raw, tmp_path / "none.wav") is None


def test_a_tone_file_has_only_its_tone_and_no_click_when_played_again(tmp_path: Path) -> None:
    samples, rate = read_wav(tone_path(tmp_path, 440))
    assert share(samples, rate, 440) > 0.999
    assert abs(samples[0, 0] - samples[-1, 0]) < 0.1


def test_a_growing_file_is_heard_once(tmp_path: Path) -> None:
    raw = tmp_path / "live.raw"
    listener = TailListener(raw, 440)
    assert listener.listen() == 0
    data = raw_of(sine(440, 1), np.zeros(RATE))
    raw.write_bytes(data[:15001])
    first = listener.listen()
    assert 0.3 < first < 0.5
    with raw.open("ab") as file:
        file.write(data[15001:])
    assert listener.listen() == pytest.approx(1.0, abs=0.01)
    assert listener.listen() == pytest.approx(1.0, abs=0.01)
