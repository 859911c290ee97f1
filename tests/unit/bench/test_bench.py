import msgspec
import numpy as np
import pytest

from springline.telephony.bench.load import LoadRun
from springline.telephony.bench.numbers import median, percentile, ratio
from springline.telephony.bench.prompts import alaw
from springline.telephony.bench.report import markdown
from springline.telephony.bench.results import BenchResult, Round, summary
from springline.telephony.bench.run import Plan
from springline.telephony.bench.search import Search
from springline.telephony.simulator.sipp import SippStats

STATS = SippStats(calls=10, successful=10, failed=0, retransmissions=0, reasons={})


def run(side: str, rate: float, cpu: dict[str, float], clean: bool = True, **more: list[float]) -> LoadRun:
    values = {"setup_ms": [], "key_to_prompt_ms": []} | more
    return LoadRun(
        side=side, rate=rate, seconds=1, calls=10, stats=STATS, recorded=10, resent=0, cpu_ms=cpu,
        foreign=0.0, clean=clean, **values,
    )  # fmt: skip


def search_of(limit: float, step: float = 0.25) -> tuple[float, list[float]]:
    search, tried = Search((1, 2, 4, 8), step), []
    while (rate := search.next) is not None:
        tried.append(rate)
        search.tried(rate, rate <= limit)
    return search.best, tried


@pytest.mark.parametrize("limit", [0.0, 0.3, 1.0, 2.0, 2.6, 3.99, 5.1, 7.9, 8.0, 20.0])
def test_the_search_finds_the_limit_to_a_step(limit: float) -> None:
    best, tried = search_of(limit)
    assert best <= limit
    assert limit - best < 0.25 or best == 8.0
    assert len(tried) == len(set(tried)) <= 9


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 99) == 99
    assert percentile([5.0], 99) == 5
    assert percentile([], 99) is None
    assert median([]) is None
    assert ratio(1.0, 0.0) is None


def test_the_summary_follows_from_the_runs() -> None:
    rounds = [
        Round(
            search=[
                run("flow", 1, {"engine": 190, "control": 20, "nats": 10}),
                run("app_queue", 1, {"engine": 100}),
                run("flow", 2, {"engine": 500, "control": 500, "nats": 10}, clean=False),
                run("app_queue", 2, {"engine": 100}),
            ],
            half_load=[
                run("flow", 0.5, {}, setup_ms=[1, 2, 3], key_to_prompt_ms=[4, 5, 60]),
                run("app_queue", 0.5, {}, setup_ms=[1], key_to_prompt_ms=[2]),
            ],
            at_once=[
                run("flow", 0.5, {"engine": 90, "control": 20, "nats": 10}),
                run("app_queue", 0.5, {"engine": 100}),
            ],
        ),
        Round(
            search=[],
            half_load=[],
            at_once=[run("flow", 0.5, {"engine": 900}), run("app_queue", 0.5, {"engine": 1}, clean=False)],
        ),
    ]
    found = summary(rounds)
    assert found.cpu_ratio == 1.1
    assert found.cpu_ratio_with_bus == 1.2
    assert found.cps_ratio == 0.5
    assert (found.sustained_cps, found.baseline_sustained_cps) == ([1, 0], [2, 0])
    assert (found.answer_p99_ms, found.key_to_prompt_p99_ms, found.key_to_prompt_median_ms) == (3, 60, 5)


def test_the_page_shows_every_run_and_says_what_is_unknown() -> None:
    empty = summary([Round(search=[run("flow", 1, {"engine": 1}, clean=False)], half_load=[])])
    result = BenchResult(
        began=msgspec.convert("2026-01-02T03:04:05Z", __import__("datetime").datetime),
        seconds=60, machine="m", engine="22.10.1", keys="RFC 4733", run_seconds=10, talk_seconds=5,
        rounds=[Round(search=[run("flow", 1, {"engine": 1}, clean=False)], half_load=[])],
        **msgspec.structs.asdict(empty),
    )  # fmt: skip
    page = markdown(result)
    assert "| 1 | flow | 1 | 10/10 | 10 | 0 | engine 1.0 | 0% | – | – | not clean |" in page
    assert "ours / app_queue | – |" in page


def test_alaw_has_known_codes() -> None:
    """ITU-T G.711: silence is D5 or 55, the loudest values are AA and 2A."""
    codes = alaw(np.array([0, -1, 32767, -32767, 1000, -1000], dtype="<i2"))
    assert codes[0] == 0xD5
    assert codes[2:4] == b"\xaa\x2a"
    assert codes[4] ^ codes[5] == 0x80


def test_later_rounds_begin_where_the_first_one_ended() -> None:
    tried = (("flow", 2.0), ("flow", 4.0), ("app_queue", 2.0), ("app_queue", 3.0))
    first = Round(search=[run(side, rate, {}) for side, rate in tried], half_load=[])
    assert first.lower_maximum == 3.0
    assert Plan().near(first.lower_maximum).rates == (3.0, 4.0, 5.0, 6.0)
    assert Plan().near(0.0).rates == Plan().rates
