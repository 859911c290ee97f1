"""SIPp's callers and agents on both sides of the bench, briefly."""

from __future__ import annotations

from pathlib import Path

import pytest

from springline.platform.supervisor import free_port, free_range
from springline.telephony.bench.app_queue import queue_side
from springline.telephony.bench.houses import flow_side, phones
from springline.telephony.bench.jobs import Load
from springline.telephony.bench.load import LoadRun, run_load
from springline.telephony.simulator.sipp import SippJob, parse_stats, require_sipp, run_sipp

pytestmark = [pytest.mark.engine, pytest.mark.load]


LOAD = Load(rate=2, seconds=8, talk=2, probes=2)


def all_served(run: LoadRun) -> None:
    assert (run.stats.successful, run.stats.failed) == (16, 0)
    assert run.recorded == 16
    assert len(run.setup_ms) == 16
    assert run.cpu_ms["engine"] > 0
    assert run.key_to_prompt_ms
    # A key that was not understood would wait for the menu's time-out of 6 s.
    assert min(run.key_to_prompt_ms) < 500


async def test_our_flow_serves_and_records_the_calls(tmp_path: Path) -> None:
    async with flow_side(tmp_path / "home", phones(20)) as side:
        all_served(await run_load(side, LOAD, require_sipp(), tmp_path / "run"))


async def test_agents_come_in_shifts(tmp_path: Path) -> None:
    load = Load(rate=2, seconds=8, talk=2, shifts=2)
    async with flow_side(tmp_path / "home", phones(40)) as side:
        run = await run_load(side, load, require_sipp(), tmp_path / "run")
    assert (run.stats.successful, run.recorded) == (16, 16)
    relief = (tmp_path / "run" / "shift1" / "register.csv").read_text()
    assert parse_stats(relief).successful == 20


async def test_app_queue_does_too_and_a_refused_call_is_counted(tmp_path: Path) -> None:
    async with queue_side(tmp_path / "home", phones(20)) as side:
        all_served(await run_load(side, LOAD, require_sipp(), tmp_path / "run"))
        job = SippJob(
            "probe", tmp_path, side.target, free_port("udp"), free_range(4)[0], calls=1,
            values={"number": "unknown", "stay_ms": 1}, rows=["40000"],
        )  # fmt: skip
        result = await run_sipp(require_sipp(), job, within=60)
    assert (result.stats.successful, result.stats.failed) == (0, 1)
    assert result.stats.reasons == {"UnexpectedMessage": 1}
