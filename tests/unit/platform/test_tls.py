"""The home's own authority, checked by OpenSSL in real handshakes."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from springline.platform import settings as settings_of
from springline.platform import tls
from springline.platform.settings import Settings, SettingsError


def _home(tmp_path: Path, *names: str) -> Settings:
    return settings_of.create(tmp_path, tls_names=names)


def _handshake(settings: Settings, name: str) -> None:
    """A browser that trusts the authority opens https://name/. Raises ssl.SSLError."""
    pair = tls.ensure(settings)
    assert pair
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pair.certificate, pair.key)
    browser = tls.client_context(settings)
    assert isinstance(browser, ssl.SSLContext)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = browser.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    for _turn in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def _leaf(settings: Settings) -> x509.Certificate:
    pair = tls.ensure(settings)
    assert pair
    return x509.load_pem_x509_certificates(pair.certificate.read_bytes())[0]


def test_without_names_there_is_no_https(tmp_path: Path) -> None:
    settings = settings_of.load(tmp_path)
    assert tls.ensure(settings) is None
    assert settings.web_url.startswith("http://")
    assert not (tmp_path / "tls").exists()


@pytest.mark.parametrize("name", ["192.168.1.10", "desk.lan", "127.0.0.1", "localhost"])
def test_a_browser_that_trusts_the_authority_trusts_the_desk(tmp_path: Path, name: str) -> None:
    settings = _home(tmp_path, "192.168.1.10", "desk.lan")
    assert settings.web_url == f"https://192.168.1.10:{settings.web_port}"
    _handshake(settings, name)


def test_nobody_else_can_be_impersonated(tmp_path: Path) -> None:
    settings = _home(tmp_path, "192.168.1.10")
    with pytest.raises(ssl.SSLError):
        _handshake(settings, "bank.example")
    tls.ensure(settings)
    with pytest.raises(SettingsError, match=r"bank\.example"):
        tls.ensure(_home(tmp_path, "192.168.1.10", "bank.example"))
    with pytest.raises(SettingsError, match=r"8\.8\.8\.8"):
        tls.ensure(_home(tmp_path, "8.8.8.8"))


def test_even_a_stolen_authority_key_signs_for_no_other_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls.ensure(_home(tmp_path, "192.168.1.10"))
    monkeypatch.setattr(tls, "_check_allowed", lambda *_: None)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        _handshake(_home(tmp_path, "bank.example"), "bank.example")


def test_a_public_name_that_was_asked_for_at_the_start_works(tmp_path: Path) -> None:
    _handshake(_home(tmp_path, "desk.example.com"), "desk.example.com")


def test_the_certificate_is_renewed_in_time_and_the_authority_stays(tmp_path: Path) -> None:
    settings = _home(tmp_path, "192.168.1.10")
    first, now = _leaf(settings), datetime.now(UTC)
    authority = tls.authority_file(settings).read_bytes()
    assert _leaf(settings) == first
    assert first.not_valid_after_utc - first.not_valid_before_utc <= timedelta(days=398)
    tls.ensure(settings, now + timedelta(days=300))
    assert _leaf(settings) == first
    tls.ensure(settings, now + timedelta(days=350))
    pair_time = x509.load_pem_x509_certificates((tmp_path / "tls/server.crt").read_bytes())[0]
    assert pair_time.not_valid_after_utc > first.not_valid_after_utc
    assert tls.authority_file(settings).read_bytes() == authority


def test_processes_that_start_side_by_side_make_one_authority(tmp_path: Path) -> None:
    settings = _home(tmp_path, "192.168.1.10")
    with ThreadPoolExecutor(4) as starting:
        assert len(set(starting.map(lambda _n: tls.ensure(settings), range(4)))) == 1
    _handshake(settings, "192.168.1.10")


def test_another_name_makes_another_certificate(tmp_path: Path) -> None:
    first = _leaf(_home(tmp_path, "192.168.1.10"))
    assert _leaf(_home(tmp_path, "192.168.1.11")) != first


def test_keys_are_for_the_owner_alone(tmp_path: Path) -> None:
    tls.ensure(_home(tmp_path, "192.168.1.10"))
    for name in ("ca.key", "server.key"):
        assert (tmp_path / "tls" / name).stat().st_mode & 0o077 == 0
