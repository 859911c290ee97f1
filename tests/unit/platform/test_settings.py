import stat
from pathlib import Path

import pytest

from springline.platform import settings
from springline.platform.settings import SettingsError


def test_a_new_home_gets_secrets_that_only_its_owner_reads(tmp_path: Path) -> None:
    first = settings.load(tmp_path)
    assert len(first.secrets.ari_password) >= 32
    assert stat.S_IMODE((tmp_path / "secrets.toml").stat().st_mode) == 0o600
    assert settings.load(tmp_path).secrets == first.secrets


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load(tmp_path).web_port == 8400
    assert settings.create(tmp_path, web_port=9001).web_port == 9001
    monkeypatch.setenv("SPRINGLINE_WEB_PORT", "9002")
    monkeypatch.setenv("SPRINGLINE_TRUNK_ALLOW", "203.0.113.0/24,198.51.100.7/32")
    found = settings.load(tmp_path)
    assert found.web_port == 9002
    assert found.trunk_allow == ("203.0.113.0/24", "198.51.100.7/32")


def test_a_change_keeps_what_was_set_before(tmp_path: Path) -> None:
    settings.create(tmp_path, web_port=9001)
    settings.create(tmp_path, sip_port=5999)
    assert settings.load(tmp_path).web_port == 9001


def test_sqlite_has_one_web_process_and_postgresql_one_a_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(3)))
    assert settings.load(tmp_path).web_names == ("web",)
    home = settings.create(tmp_path, database_url="postgresql://u:p@db/springline")
    assert home.web_names == ("web-1", "web-2", "web-3")
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(64)))
    assert len(settings.load(tmp_path).web_names) == 8
    monkeypatch.setenv("SPRINGLINE_WEB_PROCESSES", "1")
    assert settings.load(tmp_path).web_names == ("web",)


@pytest.mark.parametrize("text", ["web_processes = 2", "web_processes = -1"])
def test_a_number_of_web_processes_that_cannot_be(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"web_processes.*SQLite|>= 0"):
        settings.load(tmp_path)


@pytest.mark.parametrize("seconds", ["0", "-10", "0.5", "nan", "inf"])
def test_a_comparison_without_a_pause_is_refused(tmp_path: Path, seconds: str) -> None:
    (tmp_path / "settings.toml").write_text(f"reconcile_seconds = {seconds}")
    with pytest.raises(SettingsError, match=r"reconcile_seconds.*应为 1–3600 秒.*must be 1–3600 seconds"):
        settings.load(tmp_path)


def test_the_causes_of_a_hang_up_may_be_set_and_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load(tmp_path).trunk_hang_up_causes == (0, 16, 31)
    monkeypatch.setenv("SPRINGLINE_TRUNK_HANG_UP_CAUSES", "0,16")
    assert settings.load(tmp_path).trunk_hang_up_causes == (0, 16)
    for wrong in ("0,31", "16,128", "16,-1", ""):
        monkeypatch.setenv("SPRINGLINE_TRUNK_HANG_UP_CAUSES", wrong)
        with pytest.raises(SettingsError, match="trunk_hang_up_causes"):
            settings.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "word"),
    [("web_port = 'many'", "web_port"), ("wep_port = 1", "wep_port"), ("web_port = ", "TOML")],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=word):
        settings.load(tmp_path)
