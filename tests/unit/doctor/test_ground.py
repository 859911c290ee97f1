"""The home's own check-up, and what the engine and the agents say."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.events import CallerQuality
from springline.contracts.live import AgentRow, CallPhase, CallRow, LiveSnapshot
from springline.doctor import live
from springline.platform import checkup, tls
from springline.platform.findings import Level
from springline.platform.settings import create, load
from springline.platform.supervisor import home_lock
from springline.telephony.engine.checkup import trunk
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.home import Engine

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def test_a_home_that_nobody_runs_is_a_fault_until_somebody_does(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert checkup.running(settings) is None
    assert checkup.supervised(None).level is Level.FAULT
    with home_lock(settings.state_dir):
        pid = checkup.running(settings)
        assert pid
        assert checkup.supervised(pid).level is Level.GOOD
    assert checkup.running(settings) is None


@pytest.mark.parametrize(
    ("free", "level"),
    [(50 * checkup.GB, Level.GOOD), (2 * checkup.GB, Level.WARNING), (100 * 1024**2, Level.FAULT)],
)
def test_a_disk_that_fills_up(tmp_path: Path, free: int, level: Level) -> None:
    finding = checkup.disk(load(tmp_path), free)
    assert finding.level is level
    assert bool(finding.do_zh) is (level is not Level.GOOD)


def test_secrets_that_others_can_read_are_named(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert checkup.secrets_private(settings).level is Level.GOOD
    (tmp_path / "secrets.toml").chmod(0o644)
    finding = checkup.secrets_private(settings)
    assert finding.level is Level.FAULT
    assert "secrets.toml" in finding.do_en


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("  Contact:  trunk/sip:198.51.100.7:5060  aa1b Avail  12.4", Level.GOOD),
        ("  Contact:  trunk/sip:198.51.100.7:5060  aa1b Unavail  nan", Level.FAULT),
        ("  Contact:  trunk/sip:198.51.100.7:5060  aa1b NonQual  nan", Level.WARNING),
        ("No objects found.", Level.WARNING),
    ],
)
def test_what_the_carrier_answers(tmp_path: Path, row: str, level: Level) -> None:
    cfg = EngineConfig(
        directory=tmp_path,
        engine=Engine(root=tmp_path),
        ari_password="x" * 20,
        recordings=tmp_path,
        trunk_contact="198.51.100.7:5060",
    )
    assert trunk(row, cfg).level is level


def _snapshot(*rows: AgentRow | CallRow) -> LiveSnapshot:
    return LiveSnapshot(epoch="e", seq=1, at=NOW, rows=rows)


def _agent(state: AgentState, minutes: float, call_id: str | None = None) -> AgentRow:
    since = NOW - timedelta(minutes=minutes)
    return AgentRow(
        id="1001", name="小安", state=state, since=since, queues=(), device_online=True, call_id=call_id
    )


def test_agents_in_a_state_that_never_lasts_so_long_are_named() -> None:
    (finding,) = live.agents(_snapshot(_agent(AgentState.RINGING, 3)), NOW)
    assert finding.level is Level.WARNING
    assert "小安" in finding.zh
    (finding,) = live.agents(_snapshot(_agent(AgentState.PAUSED, 600)), NOW)
    assert finding.level is Level.GOOD


def test_an_agent_who_talks_to_nobody_is_named() -> None:
    call = CallRow(
        id="c1",
        phase=CallPhase.TALKING,
        since=NOW,
        arrived_at=NOW,
        caller=None,
        caller_raw="",
        caller_quality=CallerQuality.ANONYMOUS,
        hotline="4000564000",
    )
    talking = _agent(AgentState.TALKING, 1, "c1")
    assert live.agents(_snapshot(talking, call), NOW)[0].level is Level.GOOD
    assert live.agents(_snapshot(talking), NOW)[0].level is Level.WARNING


def test_a_disk_that_is_slow_stands_still_or_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checkup.disk_speed(tmp_path).level is Level.GOOD
    found = checkup.disk_speed(tmp_path / "none")
    assert (found.code, found.level) == ("disk-writes", Level.FAULT)
    goes_on = threading.Event()
    monkeypatch.setattr(checkup, "PATIENCE_SECONDS", 0.03)
    for slow, stuck, level in ((0.01, 10.0, Level.WARNING), (0.01, 0.02, Level.FAULT)):
        monkeypatch.setattr(checkup, "SLOW_SECONDS", slow)
        monkeypatch.setattr(checkup, "STUCK_SECONDS", stuck)
        found = checkup.disk_speed(tmp_path, lambda _folder: goes_on.wait(30))
        assert found.level is level
        assert found.do_zh
    goes_on.set()


def test_a_clock_that_was_set_is_found_until_the_next_start(tmp_path: Path) -> None:
    settings, pid = load(tmp_path), os.getpid()
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    assert checkup.clock_jump(settings, pid).level is Level.GOOD
    checkup.note_clock(settings)
    assert checkup.clock_jump(settings, pid).level is Level.GOOD
    wall, since_boot = checkup._clocks()
    for jump, level in ((-3600, Level.FAULT), (90, Level.FAULT), (-5, Level.WARNING), (1, Level.GOOD)):
        assert checkup.clock_jump(settings, pid, (wall + jump, since_boot)).level is level
    # Days later, nobody touched it.
    assert checkup.clock_jump(settings, pid, (wall + 1e6, since_boot + 1e6)).level is Level.GOOD
    assert checkup.clock_jump(settings, pid + 1, (wall - 3600, since_boot)).level is Level.GOOD


def test_a_certificate_that_ended_or_ends_soon(tmp_path: Path) -> None:
    assert tls.checkup(load(tmp_path)).level is Level.GOOD
    settings = create(tmp_path, tls_names=("192.168.1.10",))
    assert tls.checkup(settings).level is Level.FAULT
    tls.ensure(settings)
    now = datetime.now(UTC)
    ages = {0: Level.GOOD, 380: Level.WARNING, 400: Level.FAULT, -2: Level.FAULT}
    assert {days: tls.checkup(settings, now + timedelta(days=days)).level for days in ages} == ages
