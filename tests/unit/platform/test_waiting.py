"""Whoever is told to stop stops, although what they waited for comes in the same moment."""

import asyncio

import pytest

from springline.platform import waiting


@pytest.mark.parametrize("wait_for", [waiting.wait_for, asyncio.wait_for])
async def test_a_cancellation_that_comes_together_with_the_answer_is_kept(wait_for) -> None:  # type: ignore[no-untyped-def]
    """The tests run with `asyncio.wait_for` mended, as the programs do."""
    answer: asyncio.Future[str] = asyncio.Future()
    asking = asyncio.create_task(wait_for(answer, 60))
    await asyncio.sleep(0)
    answer.set_result("come")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_what_comes_in_time_is_given_and_what_does_not_is_a_timeout() -> None:
    assert await waiting.wait_for(asyncio.sleep(0, "come"), 60) == "come"
    assert await waiting.wait_for(asyncio.sleep(0, "come"), None) == "come"
    never = asyncio.Event()
    with pytest.raises(TimeoutError):
        await waiting.wait_for(never.wait(), 0.01)
    with pytest.raises(TimeoutError):
        await waiting.wait_for(never.wait(), 0)
