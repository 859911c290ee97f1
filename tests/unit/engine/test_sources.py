"""Reading the machine's apt configuration, in both formats and with what people really have in there."""

from __future__ import annotations

from pathlib import Path

import pytest

from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.sources import (
    AptSource,
    debian_mirror,
    host_sources,
    machine_sources,
    parse_deb822,
    parse_one_line,
)

BOOKWORM = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
NOBLE = {"ID": "ubuntu", "VERSION_CODENAME": "noble"}
MAIN = AptSource("http://mirror.example/debian", ("bookworm",), ("main",))


def test_one_line_with_options_comments_and_source_lines() -> None:
    text = """
    # deb http://old.example/debian buster main
    deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg] http://m.example/debian bookworm main contrib
    deb-src http://mirror.example/debian bookworm main
    deb http://short.example
    deb cdrom:[Debian]/ bookworm main
    """
    found = parse_one_line(text)
    assert found[0] == AptSource(
        "http://m.example/debian",
        ("bookworm",),
        ("main", "contrib"),
        signed_by="/usr/share/keyrings/x.gpg",
        architectures="amd64 arm64",
    )
    assert [source.uri for source in found] == ["http://m.example/debian", "cdrom:[Debian]/"]


def test_deb822_with_several_addresses_an_inline_key_and_a_disabled_stanza() -> None:
    text = """Types: deb deb-src
URIs: http://one.example/debian http://two.example/debian
Suites: bookworm bookworm-updates
# a comment inside
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://three.example/debian
Suites: bookworm
Components: main
"""
    found = parse_deb822(text)
    assert [source.uri for source in found] == ["http://one.example/debian", "http://two.example/debian"]
    assert found[0].suites == ("bookworm", "bookworm-updates")
    assert found[0].signed_by.splitlines()[0] == "-----BEGIN PGP PUBLIC KEY BLOCK-----"
    assert parse_deb822(found[0].as_deb822()) == [found[0]]


def test_trust_without_a_signature_is_never_carried_over() -> None:
    (source,) = parse_one_line("deb [trusted=yes] http://mirror.example/debian bookworm main")
    assert source.trusted
    assert "rusted" not in source.as_deb822()


def test_all_files_are_read_and_others_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text("deb http://a.example/debian bookworm main\n")
    (folder / "b.list").write_text("deb http://b.example/debian bookworm main\n")
    (folder / "c.sources").write_text(
        "Types: deb\nURIs: http://c.example/debian\nSuites: bookworm\nComponents: main\n"
    )
    (folder / "d.list.disabled").write_text("deb http://d.example/debian bookworm main\n")
    assert [s.uri[7] for s in machine_sources(tmp_path)] == ["a", "b", "c"]
    assert machine_sources(tmp_path / "nowhere") == []


def test_the_mirror_is_the_machines_own_and_not_its_security_archive() -> None:
    security = AptSource("http://mirror.example/debian-security", ("bookworm-security",), ("main",))
    shop = AptSource("http://shop.example/debian", ("stable",), ("shop",))
    assert debian_mirror([security, shop, MAIN], BOOKWORM) == "http://mirror.example/debian"


def test_a_mirror_list_is_passed_on_as_it_is() -> None:
    listed = AptSource("mirror+file:///etc/apt/mirrors/debian.list", ("trixie",), ("main",))
    release = {"ID": "debian", "VERSION_CODENAME": "trixie"}
    assert debian_mirror([listed], release) == "mirror+file:///etc/apt/mirrors/debian.list"


def test_the_setting_wins() -> None:
    assert debian_mirror([MAIN], BOOKWORM, "http://other.example/debian/") == "http://other.example/debian"


@pytest.mark.parametrize("release", [NOBLE, {}, {"ID": "linuxmint", "VERSION_CODENAME": "bookworm"}])
def test_other_distributions_are_told_which_setting_to_make(release: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="SPRINGLINE_DEBIAN_MIRROR") as caught:
        debian_mirror([MAIN], release)
    assert caught.value.code == "no-debian-mirror"
    assert "SPRINGLINE_DEBIAN_MIRROR" in caught.value.message_zh


def test_tools_come_from_this_release_with_its_security_updates_only() -> None:
    sources = [
        AptSource(
            "http://m.example/ubuntu", ("noble", "noble-updates", "noble-backports"), ("main", "universe")
        ),
        AptSource("http://s.example/ubuntu", ("noble-security",), ("main",)),
        AptSource("http://shop.example/apt", ("nodistro",), ("main",)),
        AptSource("http://m.example/ubuntu", ("jammy",), ("main",)),
    ]
    assert [s.uri for s in host_sources(sources, NOBLE)] == [
        "http://m.example/ubuntu",
        "http://s.example/ubuntu",
    ]
    with pytest.raises(EngineError, match="bookworm"):
        host_sources(sources, BOOKWORM)
