"""What SIPp is asked to do: agents that register and answer, callers that press keys and talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from springline.platform.supervisor import free_port, free_range
from springline.telephony.bench.houses import NUMBER, Side
from springline.telephony.bench.prompts import FIRST_KEY, SECOND_KEY, write_voice
from springline.telephony.simulator.packets import stream, write_capture
from springline.telephony.simulator.sipp import SippJob, can_send_raw
from springline.telephony.simulator.wiring import PhoneAccount

MEDIA_PORTS = 2000
REGISTER_RATE = 100.0
CALLERS = 1000
# Sound beyond the call's own length: a caller who has to wait a little is not silent.
SPARE_SOUND = 30.0


_SPARE_AGENTS = 1.25
_LEAST_AGENTS = 20


def agents_for(rate: float, talk: float) -> int:
    """How many serve `rate` calls/s of `talk` seconds: who talk, ring, wrap up or hang up late, and some to
    spare."""
    return max(_LEAST_AGENTS, round(rate * (talk + 3) * _SPARE_AGENTS))


def number_of(caller: int) -> str:
    """What caller 0 … CALLERS - 1 shows."""
    return f"138{caller:08d}"


@dataclass(frozen=True)
class Load:
    """`seconds` of arrivals at `rate` calls/s, each with `talk` seconds; `probes` concurrent key probes.

    `shifts`: into how many parts the agents are divided, one after the other.
    """

    rate: float
    seconds: float
    talk: float
    probes: int = 0
    shifts: int = 1

    @property
    def calls(self) -> int:
        return max(1, round(self.rate * self.seconds))

    @property
    def call_seconds(self) -> float:
        return SECOND_KEY + self.talk + 0.5


def register_job(side: Side, phones: Sequence[PhoneAccount], directory: Path, port: int) -> SippJob:
    """From the port the phones will be called at: the engine calls back where a registration came from."""
    rows = [f"{p.user};[authentication username={p.user} password={p.password}]" for p in phones]
    return SippJob(
        "register", directory, side.target, port, free_range(4)[0], REGISTER_RATE, len(rows), rows=rows
    )


def agents_job(side: Side, load: Load, directory: Path, port: int) -> SippJob:
    write_voice(directory / "agent.alaw", seed=2)
    return SippJob(
        "agent",
        directory,
        side.target,
        port,
        free_range(MEDIA_PORTS)[0],
        values={"sound": directory / "agent.alaw", "talk_ms": round(load.talk * 1000)},
    )


def callers_job(side: Side, load: Load, directory: Path, spare_sound: float = SPARE_SOUND) -> SippJob:
    voice = write_voice(directory / "caller.alaw", seed=3)
    rows = [number_of(n) for n in range(CALLERS)]
    media = free_range(4)[0] if can_send_raw() else free_range(MEDIA_PORTS)[0]
    values: dict[str, object] = {"number": NUMBER}
    if can_send_raw():
        keys = {FIRST_KEY: "1", SECOND_KEY: "2"}
        write_capture(directory / "caller.pcap", stream(voice, keys, load.call_seconds + spare_sound))
        values["capture"] = directory / "caller.pcap"
        name = "caller"
    else:
        values |= {
            "sound": directory / "caller.alaw",
            "first_key_ms": round(FIRST_KEY * 1000),
            "second_key_ms": round((SECOND_KEY - FIRST_KEY) * 1000),
        }
        name = "caller_info"
    return SippJob(name, directory, side.target, free_port("udp"), media, load.rate, load.calls, values, rows)
