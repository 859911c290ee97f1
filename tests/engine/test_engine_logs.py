"""The engine's logs are rotated when they have grown, and only a few old ones are kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from springline.telephony.ari import Ari, WebSocketConnector
from springline.telephony.control import engine_logs
from springline.telephony.control.engine_logs import KEPT, EngineLogs
from springline.telephony.engine.process import running_engine
from tests.engine.engine_helpers import config_on_free_ports
from tests.support.until import until

pytestmark = pytest.mark.engine


async def test_a_large_log_is_rotated_and_few_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_logs, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(engine_logs, "LARGEST_BYTES", 1000)
    cfg = config_on_free_ports(tmp_path / "engine")
    async with running_engine(cfg):
        connector = WebSocketConnector(cfg.ari_url, "springline", cfg.ari_user, cfg.ari_password)
        ari = Ari(connector, "springline", on_stasis_start=lambda event: None)
        jobs = [asyncio.create_task(ari.run()), asyncio.create_task(EngineLogs(cfg.logs, ari).run())]
        try:
            await ari.wait_ready()
            for number in range(KEPT + 2):
                with (cfg.logs / "messages").open("a") as log:
                    log.write("x" * 2000 + f"{number}\n")
                await until(lambda: turned_over(cfg.logs / "messages"))
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
        assert {path.name for path in cfg.logs.glob("messages.*")} == {f"messages.{n}" for n in range(KEPT)}
        # The engine may have said something before it turned the file over, or filled another one since.
        newest = "".join((cfg.logs / f"messages.{number}").read_text() for number in (0, 1))
        assert f"x{KEPT + 1}\n" in newest


def turned_over(log: Path) -> bool:
    """While the engine does it there is no file for a moment."""
    try:
        return log.stat().st_size < 1000
    except FileNotFoundError:
        return False
