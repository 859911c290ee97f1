"""What the engine's process takes of the machine, for the metrics page."""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from springline.telephony.engine.config import EngineConfig

_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


class EngineFigures(Collector):
    def __init__(self, cfg: EngineConfig) -> None:
        self._pid_file = cfg.directory / "run" / "asterisk.pid"

    def collect(self) -> Iterable[Metric]:
        """Nothing while the engine does not run."""
        try:
            process = Path("/proc") / self._pid_file.read_text().strip()
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
            files = len(os.listdir(process / "fd"))
        except OSError:
            return
        yield CounterMetricFamily(
            "springline_engine_cpu_seconds",
            "Processor time of the engine",
            (int(fields[11]) + int(fields[12])) / _TICKS,
        )
        yield GaugeMetricFamily(
            "springline_engine_resident_bytes", "Memory of the engine", int(fields[21]) * _PAGE
        )
        yield GaugeMetricFamily("springline_engine_open_files", "Open files of the engine", files)
