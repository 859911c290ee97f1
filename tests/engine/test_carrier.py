"""The simulator's carrier and the engine speak to each other: two real Asterisks on free ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
from springline.telephony.engine.process import command, running_engine
from springline.telephony.simulator import (
    AgentPlan,
    Carrier,
    PhoneAccount,
    StepFailed,
    parse_script,
    play_script,
)
from springline.telephony.simulator.tones import heard, read_wav, share, tone_seconds
from tests.engine.engine_helpers import config_on_free_ports
from tests.support.until import until, until_true

pytestmark = pytest.mark.engine

PLAN = """
[from-trunk]
; Rings, answers, plays 1000 Hz until four keys were pressed, plays 700 Hz when they were 12*#.
exten => 100,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,MixMonitor(${KEPT}/keys.raw,D)
 same => n,Playtones(1000)
 same => n,Set(KEYS=)
 same => n,While($[${LEN(${KEYS})} < 3])
 same => n,Read(KEY,,1,,,10)
 same => n,Set(KEYS=${KEYS}${KEY})
 same => n,EndWhile()
 same => n,GotoIf($["${KEYS}" = "12*"]?right)
 same => n,Hangup()
 same => n(right),Playtones(700)
 same => n,Wait(20)
 same => n,Hangup()
exten => 200,1,Dial(PJSIP/agent-1001,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => 300,1,Set(GLOBAL(SHOWN)=${PJSIP_HEADER(read,From)})
 same => n,Hangup(17)
exten => 400,1,Answer()
 same => n,Wait(120)
[from-agent]
exten => _X.,1,Hangup(21)
"""


@dataclass
class Pair:
    house: EngineConfig
    carrier: Carrier
    kept: Path

    async def channels(self) -> int:
        return int((await command(self.house, "core show channels count")).split()[0])

    async def empty(self) -> None:
        """Until the engine has let go of every call, a moment after the phone has."""

        async def so() -> bool:
            return await self.channels() == 0

        await until_true(so)


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    kept = tmp_path / "kept"
    kept.mkdir()
    house = config_on_free_ports(
        tmp_path / "house",
        trunk_allow=("127.0.0.1/32",),
        agents=(AgentEndpoint("agent-1001", ha1("agent-1001", "secret"), "sip"),),
        extra_files={"extensions.conf": f"[globals]\nKEPT={kept}\n{PLAN}"},
    )
    async with (
        running_engine(house),
        Carrier(
            house.engine,
            tmp_path / "carrier",
            target=f"127.0.0.1:{house.sip_port}",
            phones=[PhoneAccount("1001", "secret"), PhoneAccount("1002", "secret")],
        ) as carrier,
    ):
        yield Pair(house, carrier, kept)


async def test_a_script_presses_keys_and_both_sides_hear_tones(pair: Pair) -> None:
    script = parse_script("""
format: 1
name: keys
about: keys and tones
callers:
  - number: "13805640001"
    script:
      - {wait_answer: , within: 5}
      - {wait_tone: 1000, within: 5}
      - press: "12*"
      - {wait_tone: 700, within: 5}
      - {tone: 440, seconds: 1.5}
      - hang_up
""")
    (report,) = await play_script(pair.carrier, script, "100")
    assert report.failure is None
    assert [done.step for done in report.steps] == [
        "wait_answer", "wait_tone", "press", "wait_tone", "tone", "hang_up",
    ]  # fmt: skip
    assert report.ringing_at is not None
    assert report.answered_at is not None
    assert 0.2 < (report.answered_at - report.ringing_at).total_seconds() < 2
    assert (report.ended_by, report.cause) == ("caller", 16)
    assert report.heard is not None
    samples, rate = read_wav(report.heard)
    assert tone_seconds(samples, rate, 700, channel=0) > 1
    assert tone_seconds(samples, rate, 440, channel=1) > 1
    assert share(samples, rate, 440, channel=0) < 0.01
    kept = pair.kept / "keys.raw"
    await until(lambda: kept.exists() and heard(kept, 440, channel=0) > 0.9)


async def test_an_unknown_number_is_refused_and_no_channel_stays(pair: Pair) -> None:
    handset = await pair.carrier.dial("13805640001", "999")
    await handset.gone()
    assert (handset.sip_status, handset.cause, handset.ended_by_us) == (404, 1, False)
    await pair.empty()


async def test_hanging_up_while_it_rings_and_after_the_answer(pair: Pair) -> None:
    await pair.carrier.phones["1001"].registered()
    pair.carrier.phones["1001"].plan = AgentPlan(answer_after=None)
    ringing = await pair.carrier.dial("13805640001", "200")
    await ringing.until(lambda: ringing.ringing_at is not None, 5, "ringing")
    await ringing.hang_up()
    await ringing.gone()
    assert ringing.answered_at is None
    talking = await pair.carrier.dial("13805640001", "400")
    await talking.answered()
    await talking.hang_up()
    await talking.gone()
    assert talking.ended_by_us
    await pair.empty()


async def test_the_number_is_shown_as_it_was_given(pair: Pair) -> None:
    shown = {
        "13805640001": "<sip:13805640001@",
        "anonymous": "<sip:anonymous@127",
        "": '"Anonymous" <sip:anonymous@anonymous.invalid>',
        "12345678901234567890": "<sip:12345678901234567890@",
        "+86 138%25.;x=y": "sip:+86",
    }
    for number, expected in shown.items():
        handset = await pair.carrier.dial(number, "300")
        await handset.gone()
        assert (handset.sip_status, handset.cause) == (486, 17)
        assert expected in await command(pair.house, "dialplan show globals")


async def test_a_registered_phone_answers_speaks_and_hangs_up(pair: Pair) -> None:
    phone = pair.carrier.phones["1001"]
    await phone.registered()
    phone.plan = AgentPlan(answer_after=0.3, tone=900, talk=2)
    handset = await pair.carrier.dial("13805640001", "200")
    await handset.answered()
    await handset.tone(440)
    await handset.hears(900, within=5)
    await handset.gone(within=5)
    (call,) = phone.calls
    assert call.failure is None
    assert call.shown == "13805640001"
    recording = await call.handset.recording()
    assert recording is not None
    assert heard(recording, 440, channel=0) > 0.9
    assert heard(recording, 900, channel=1) > 0.9


async def test_a_phone_that_is_busy_and_one_that_signs_off(pair: Pair) -> None:
    phone = pair.carrier.phones["1001"]
    await phone.registered()
    phone.plan = AgentPlan(reject=True)
    refused = await pair.carrier.dial("13805640001", "200")
    await refused.gone()
    assert refused.cause == 17
    await phone.unregister()
    async with asyncio.timeout(5):
        while await phone.is_registered():
            pass
    away = await pair.carrier.dial("13805640001", "200")
    await away.gone()
    assert away.answered_at is None
    assert len(phone.calls) == 1


async def test_a_phone_nobody_knows_is_not_registered(pair: Pair) -> None:
    with pytest.raises(StepFailed, match="agent-1002 is registered"):
        await pair.carrier.phones["1002"].registered(within=2)


async def test_a_phone_without_power_says_no_bye(pair: Pair) -> None:
    script = parse_script("""
format: 1
name: gone
about: vanishes
callers:
  - {number: "13805640001", script: [wait_answer, {tone: 440, seconds: 0.5}, vanish]}
""")
    (report,) = await play_script(pair.carrier, script, "400")
    assert report.failure is None
    assert (report.ended_by, report.ended_at) == ("nobody", None)
    assert await pair.channels() == 1
