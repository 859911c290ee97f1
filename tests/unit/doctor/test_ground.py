"""The home's own check-up, and what the engine and the agents say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from springline.contracts.events import AgentState, CallerQuality
from springline.contracts.live import AgentRow, CallPhase, CallRow, LiveSnapshot
from springline.doctor import live
from springline.platform import checkup
from springline.platform.findings import Level
from springline.platform.settings import load
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
