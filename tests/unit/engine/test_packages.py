"""What the private apt does with an index and with files, without any network."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from springline.telephony.engine.apt import Package, PrivateApt, check_hashes, parse_depends, parse_packages
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.recipes import CHROMIUM, ENGINE, Recipe

INDEX = """Package: asterisk
Version: 1:22.10.1-1
Pre-Depends: init-helpers
Depends: libc6 (>= 2.38), asterisk-config (= 1) | asterisk-config-custom, libopus0:any
Size: 2534036
SHA256: ABCDEF

Package: installed-only
Version: 1
Status: install ok installed
"""


def test_an_index_stanza_becomes_a_package() -> None:
    (package,) = parse_packages(INDEX)
    assert (package.name, package.version, package.size) == ("asterisk", "1:22.10.1-1", 2534036)
    assert package.sha256 == "abcdef"
    assert package.depends == (
        ("init-helpers",),
        ("libc6",),
        ("asterisk-config", "asterisk-config-custom"),
        ("libopus0",),
    )


def test_no_dependencies_are_no_names() -> None:
    assert parse_depends("") == ()


def package_of(content: bytes, name: str = "a") -> Package:
    return Package(name=name, version="1", sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def test_the_right_file_is_found_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "any_1%3a2.deb").write_bytes(b"good")
    assert check_hashes([package_of(b"good")], tmp_path) == [tmp_path / "any_1%3a2.deb"]


@pytest.mark.parametrize("content", [b"gooD", b"", b"good "])
def test_a_file_with_another_hash_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a_1.deb").write_bytes(content)
    with pytest.raises(EngineError, match="a is not the file") as caught:
        check_hashes([package_of(b"good")], tmp_path)
    assert caught.value.code == "hash-mismatch"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a_1.deb").write_bytes(b"good")
    with pytest.raises(EngineError, match="b, c"):
        check_hashes([package_of(b"good"), package_of(b"x", "b"), package_of(b"y", "c")], tmp_path)


class Archive(PrivateApt):
    """A private apt whose index is a dictionary."""

    def __init__(self, depends: dict[str, str]) -> None:
        self.index = {
            name: Package(name, "1", "", 0, parse_depends(needs)) for name, needs in depends.items()
        }

    def show(self, names: object) -> dict[str, Package]:
        return {name: self.index[name] for name in names if name in self.index}  # type: ignore[attr-defined]


def test_the_closure_follows_needs_and_stops_at_what_is_cut() -> None:
    archive = Archive(
        {"a": "b, c | d, heavy-1", "b": "a, e", "d": "", "e": "", "heavy-1": "heavier", "heavier": ""}
    )
    assert [p.name for p in archive.closure(["a"], [r"heavy-\d"])] == ["a", "b", "d", "e"]


def test_a_need_the_archive_cannot_meet_is_named() -> None:
    with pytest.raises(EngineError, match="gone"):
        Archive({"a": "gone"}).closure(["a"], [])


def test_a_recipe_has_another_digest_when_it_or_the_suite_changes() -> None:
    assert ENGINE.digest("forky") != ENGINE.digest("sid")
    assert Recipe("x", ("a",)).digest() != Recipe("x", ("a", "b")).digest()
    assert CHROMIUM.digest() == CHROMIUM.digest()
