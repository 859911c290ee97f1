"""Calls that the engine refused by itself are counted from its words."""

import asyncio
from pathlib import Path

import pytest

from springline.contracts.events import AnyEvent
from springline.contracts.house_events import CallsTurnedAway, TurnedAwayFor
from springline.telephony.control.turned_away import TurnedAway
from tests.support.virtual_time import run_virtual

AT = "[2026-11-28 13:28:47.417] "
CODEC = "DEBUG[23548] res_pjsip_sdp_rtp.c:  No incoming call offer caps\n"
TRANSPORT = (
    "ERROR[20680] res_pjsip_session.c:  {}: Couldn't negotiate stream 0:audio-0:audio:sendrecv (nothing)\n"
)
OFFER = "ERROR[20680] pjproject: \t             sip_inv.c .Error parsing/validating SDP body: Invalid SDP\n"
NUMBER = (
    "NOTICE[20680] res_pjsip_session.c:  {}: Call (UDP:127.0.0.7:56398) to extension ' ' rejected because "
    "extension not found in context 'from-trunk'.\n"
)


def _counts(told: list[AnyEvent]) -> dict[TurnedAwayFor, int]:
    found: dict[TurnedAwayFor, int] = {}
    for event in told:
        assert isinstance(event, CallsTurnedAway)
        found[event.reason] = found.get(event.reason, 0) + event.count
    return found


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CODEC, TurnedAwayFor.CODEC),
        (TRANSPORT.format("trunk"), TurnedAwayFor.TRANSPORT),
        (OFFER, TurnedAwayFor.OFFER),
        (NUMBER.format("trunk"), TurnedAwayFor.NUMBER),
    ],
)
def test_a_refused_call_counts_by_its_reason(tmp_path: Path, line: str, reason: TurnedAwayFor) -> None:
    told: list[AnyEvent] = []
    counting = TurnedAway([tmp_path / "messages"], "trunk", told.append)
    for _ in range(3):
        counting.see(AT + line)
    counting.report()
    counting.report()
    assert len(told) == 1
    assert _counts(told) == {reason: 3}


@pytest.mark.parametrize(
    "line",
    [
        TRANSPORT.format("agent-1001"),
        NUMBER.format("agent-1001"),
        "DEBUG[1] res_pjsip_sdp_rtp.c:  Endpoint has no codecs\n",
        "WARNING[1] res_pjsip_refer.c: Endpoint trunk transfer attempt blocked due to configuration\n",
        "",
    ],
)
def test_other_words_do_not_count(tmp_path: Path, line: str) -> None:
    told: list[AnyEvent] = []
    counting = TurnedAway([tmp_path / "messages"], "trunk", told.append)
    counting.see(AT + line)
    counting.report()
    assert told == []


def test_the_log_is_followed_and_a_flood_is_few_events(tmp_path: Path) -> None:
    messages = tmp_path / "messages"
    messages.write_text(AT + CODEC)
    told: list[AnyEvent] = []

    async def main() -> None:
        following = asyncio.create_task(
            TurnedAway([messages, tmp_path / "offers"], "trunk", told.append).run()
        )
        await asyncio.sleep(0.1)
        for _ in range(60):
            with messages.open("a") as file:
                file.write((AT + CODEC) * 20)
            await asyncio.sleep(0.5)
        await asyncio.sleep(20)
        following.cancel()

    run_virtual(main())
    assert _counts(told) == {TurnedAwayFor.CODEC: 1200}, "what was there at the start is old"
    assert len(told) <= 5
