"""The bench as a page to read."""

from __future__ import annotations

from springline.telephony.bench.load import BRIDGE_SECONDS, LOST_SOUND, LoadRun
from springline.telephony.bench.numbers import median, percentile
from springline.telephony.bench.results import BenchResult

_METHOD = """\
# The call path, measured

`springline bench call-path` puts the same load on two sides, on the same engine build, with the same SIP and
sound templates, prompts and music:

- **flow**: our control over ARI (Asterisk, nats-server, control; no web, no worker).
- **app_queue**: the same menus in plain dialplan (`Background`, `WaitExten`), `MixMonitor(…,Db)` started
  at the same place, `Queue` with `rrmemory`, the same ring time-out, retry and wrap-up; `queue_log` and CDR
  as Asterisk ships them, where ours writes its journal.

A call: INVITE, answer, two prompts, key 1 and key 2 pressed during the menus' prompts, queue, an agent who
answers at once, talk with real RTP both ways, recorded on two channels; the agent hangs up. Callers and
agents are SIPp on the same machine, so it shares the processors. A run is *clean* when every call ended as
it should, no message was sent twice, and every recording holds at least {whole:.0%} of the talk but for
{bridge:g} s of connecting. Rates are tried upwards until one is not clean twice, then halfway between; sides
take turns at each rate, and the order changes from round to round.

- *CPU per call*: processor time of a process from the begin of the first call to the end of the last,
  over the calls. The ratios are of runs *at once*: both sides under load at the same time, each at half of
  the lower maximum, because a machine's speed changes within minutes by more than the sides differ; the
  median over the rounds.
- *answer*: INVITE to 200 at the caller. *key → prompt*: at callers whose packets are our own, from the
  first packet with the end bit of a key to the first packet of sound that follows the quiet. Both at half
  of the lower maximum.

"""

_RUNS = (
    "| round | side | calls/s | calls | recorded | resent | CPU ms/call | others' CPU | answer p99 "
    "| key p99 | |"
)


def markdown(result: BenchResult) -> str:
    """One page: the summary, the table of runs, the latency at half load."""
    answer = _pair(result.answer_median_ms, result.answer_p99_ms)
    keys = _pair(result.key_to_prompt_median_ms, result.key_to_prompt_p99_ms)
    baseline = _pair(result.baseline_answer_p99_ms, result.baseline_key_to_prompt_p99_ms)
    lines = [
        _METHOD.format(whole=1 - LOST_SOUND, bridge=BRIDGE_SECONDS),
        f"{result.began:%Y-%m-%d}, {result.machine}, Asterisk {result.engine}, keys by {result.keys}; "
        f"{result.talk_seconds:g} s talk, {result.run_seconds:g} s of arrivals a run, "
        f"{len(result.rounds)} rounds, {result.seconds / 60:.0f} minutes.\n",
        "| measure | value | target |",
        "|---|---|---|",
        f"| CPU per call, engine and control, ours / app_queue | {_number(result.cpu_ratio)} | ≤ 1.05 |",
        f"| the same with nats-server | {_number(result.cpu_ratio_with_bus)} | |",
        f"| sustained calls/s, ours / app_queue | {_number(result.cps_ratio)} | ≥ 0.95 |",
        f"| sustained calls/s, ours by round | {_list(result.sustained_cps)} | |",
        f"| sustained calls/s, app_queue by round | {_list(result.baseline_sustained_cps)} | |",
        f"| answer, median and p99 (ms) | {answer} | p99 ≤ 50 |",
        f"| key → prompt, median and p99 (ms) | {keys} | p99 ≤ 100 |",
        f"| app_queue: answer p99, key → prompt p99 (ms) | {baseline} | |",
        "",
        _RUNS,
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for number, one in enumerate(result.rounds, start=1):
        lines += [_row(number, run) for run in [*one.search, *one.half_load]]
        lines += [_row(number, run, " at once") for run in one.at_once]
    return "\n".join(lines) + "\n"


def _row(number: int, run: LoadRun, how: str = "") -> str:
    cpu = ", ".join(f"{name} {ms:.1f}" for name, ms in run.cpu_ms.items())
    cells = [
        str(number),
        run.side + how,
        f"{run.rate:g}",
        f"{run.stats.successful}/{run.calls}",
        str(run.recorded),
        str(run.resent),
        cpu,
        f"{run.foreign:.0%}",
        _number(percentile(run.setup_ms, 99)),
        _number(percentile(run.key_to_prompt_ms, 99)),
        "clean" if run.clean else "not clean",
    ]
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _pair(first: float | None, second: float | None) -> str:
    return f"{_number(first)}, {_number(second)}"


def _list(values: list[float]) -> str:
    middle = median(values)
    return f"{', '.join(f'{v:g}' for v in values)} (median {_number(middle)})"
