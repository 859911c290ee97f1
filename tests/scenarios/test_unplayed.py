"""A prompt that the engine did not play: because the caller hung up, or because it cannot be played."""

import asyncio

import pytest
from structlog.testing import capture_logs

from springline.telephony.control.unplayed import UNPLAYED
from tests.support.exchange_house import ExchangeHouse


def told(logs: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["event"], one["log_level"]) for one in logs if str(one["event"]).startswith("prompt_")]


@pytest.mark.parametrize("prompt", ["welcome.day", "notice.record", "ivr.main"])
async def test_a_hang_up_is_no_fault_of_the_prompt(ready: ExchangeHouse, prompt: str) -> None:
    before = UNPLAYED._value.get()
    with capture_logs() as logs:
        caller = ready.call()
        await ready.hears(caller, prompt)
        caller.hang_up()
        await asyncio.sleep(5)
    assert told(logs) == [("prompt_cut_short", "info")]
    assert UNPLAYED._value.get() == before


async def test_a_prompt_without_a_file_is_an_error(ready: ExchangeHouse) -> None:
    before = UNPLAYED._value.get()
    ready.asterisk.durations["sound:/prompts/welcome.day"] = None
    with capture_logs() as logs:
        caller = ready.call()
        await ready.hears(caller, "ivr.main")
        caller.hang_up()
        await asyncio.sleep(5)
    assert ("prompt_not_played", "error") in told(logs)
    assert UNPLAYED._value.get() > before
