"""Two real engines call each other: each side is on its own channel, and only the talk is recorded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from springline.telephony.engine.process import command, running_engine
from tests.engine.ari_helpers import Ari, controlling
from tests.engine.engine_helpers import config_on_free_ports
from tests.support.until import until

pytestmark = pytest.mark.engine

RATE = 8000
CALLER_HZ, AGENT_HZ = 1004, 620
WAITING = 1.5
TALKING = 3.0
RECORDER = "20260131c1_2"

# The carrier calls with one tone, and answers with another.
CARRIER_DIALPLAN = f"""
[from-us]
exten => _X.,1,Answer()
 same => n,Playtones({AGENT_HZ})
 same => n,Wait(60)
[caller]
exten => s,1,Milliwatt()
"""

CARRIER_ANSWERS = """
[us]
type=endpoint
transport=transport-udp
context=from-us
disallow=all
allow=alaw
[us-addresses]
type=identify
endpoint=us
match=127.0.0.1
"""


def share_of(samples: np.ndarray, hertz: float) -> float:
    """Share of the energy within 15 Hz of `hertz`."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(spectrum[np.abs(frequencies - hertz) < 15].sum() / max(spectrum.sum(), 1e-9))


async def _talk(ari: Ari, agent_uri: str) -> None:
    """What control does: take the call, let the dialplan start the recorder, wait, connect, hang up."""
    await until(lambda: ari.find("StasisStart", "inbound") is not None)
    caller = ari.find("StasisStart", "inbound")["channel"]["id"]  # type: ignore[index]
    await ari.call("POST", f"/channels/{caller}/answer")
    await ari.call("POST", f"/channels/{caller}/variable", variable="SL_CALL", value="c-1")
    await ari.call("POST", f"/channels/{caller}/continue", context="record", extension=RECORDER, priority=1)
    await until(lambda: ari.find("StasisStart", "queue") is not None)
    assert ari.find("StasisStart", "queue")["channel"]["channelvars"]["SL_CALL"] == "c-1"  # type: ignore[index]
    # A holding bridge would count as "bridged" for the recorder; music on the channel itself does not.
    await ari.call("POST", f"/channels/{caller}/moh")
    await asyncio.sleep(WAITING)
    await ari.call(
        "POST", "/channels", endpoint=f"PJSIP/trunk/{agent_uri}", app="springline", appArgs="agent"
    )
    await until(lambda: ari.find("StasisStart", "agent") is not None)
    agent = ari.find("StasisStart", "agent")["channel"]["id"]  # type: ignore[index]
    await ari.call("DELETE", f"/channels/{caller}/moh")
    talking = (await ari.call("POST", "/bridges", type="mixing"))["id"]
    await ari.call("POST", f"/bridges/{talking}/addChannel", channel=f"{caller},{agent}")
    await asyncio.sleep(TALKING)
    await ari.call("DELETE", f"/channels/{agent}")
    await ari.call("DELETE", f"/channels/{caller}")


async def test_both_sides_are_recorded_on_two_channels_in_a_folder_that_did_not_exist(tmp_path: Path) -> None:
    recording = tmp_path / "spool one" / "2026-01-31" / "c1_2.raw"
    ours = config_on_free_ports(
        tmp_path / "ours", trunk_allow=("127.0.0.1/32",), recordings=tmp_path / "spool one"
    )
    carrier = config_on_free_ports(
        tmp_path / "carrier",
        trunk_contact=f"127.0.0.1:{ours.sip_port}",
        extra_dialplan=CARRIER_DIALPLAN,
        extra_pjsip=CARRIER_ANSWERS,
        extra_modules=("res_clioriginate",),
    )
    async with running_engine(ours), running_engine(carrier), controlling(ours) as ari:
        number = f"sip:4000000000@127.0.0.1:{ours.sip_port}"
        await command(carrier, f"channel originate PJSIP/trunk/{number} extension s@caller")
        await _talk(ari, f"sip:1001@127.0.0.1:{carrier.sip_port}")
        size = -1

        def settled() -> bool:
            nonlocal size
            before, size = size, recording.stat().st_size if recording.exists() else -1
            return size > 0 and size == before

        await until(settled)
    samples = np.frombuffer(recording.read_bytes(), dtype="<i2").reshape(-1, 2).astype(float)
    seconds = len(samples) / RATE
    assert abs(seconds - TALKING) < 0.5
    talk = samples[-int(2.0 * RATE) : -int(0.3 * RATE)]
    assert share_of(talk[:, 0], CALLER_HZ) > 0.9
    assert share_of(talk[:, 0], AGENT_HZ) < 0.01
    assert share_of(talk[:, 1], AGENT_HZ) > 0.9
    assert share_of(talk[:, 1], CALLER_HZ) < 0.01
