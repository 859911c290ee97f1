"""Statistics of the bench."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from springline.platform.benchmarks import percentile as percentile


def median(values: Iterable[float]) -> float | None:
    known = list(values)
    return statistics.median(known) if known else None


def ratio(above: float | None, below: float | None) -> float | None:
    """None where one side is unknown or zero."""
    return None if above is None or not below else above / below
