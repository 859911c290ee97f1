"""The virtual clock, and whose call is whose."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from springline.contracts.events import AnyEvent, CallArrived, CallerQuality, CallRejected
from springline.day.journal import Trails
from springline.day.pace import Pace
from springline.day.profile import DAY_SECONDS

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)


def test_times_shrink_as_far_as_people_can() -> None:
    pace = Pace(60)

    assert pace.scaled(120, least=0.5) == 2
    assert pace.scaled(12, least=0.5) == 0.5
    assert pace.virtual == 0


def test_a_day_is_not_slower_than_a_day() -> None:
    with pytest.raises(ValueError, match="slower"):
        Pace(0.5)


def test_who_is_late_is_told_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("springline.day.pace.time.monotonic", lambda: clock[0])
    pace = Pace(100)
    pace.start()
    clock[0] += 3

    assert asyncio.run(pace.until(250)) == pytest.approx(0.5)
    assert pace.virtual == 300
    clock[0] += DAY_SECONDS
    assert pace.virtual == DAY_SECONDS


def arrived(call_id: str, number: str) -> CallArrived:
    return CallArrived(
        at=NOW,
        call_id=call_id,
        channel_id=call_id,
        dialled="4000564000",
        hotline="4000564000",
        caller_raw=number,
        caller=None,
        caller_quality=CallerQuality.ANONYMOUS,
    )


def test_each_caller_claims_one_call() -> None:
    events: list[AnyEvent] = [
        arrived("a", "anonymous"),
        CallRejected(at=NOW, call_id="b", dialled="1", caller_raw="13705000002", reason="unknown_number"),
        arrived("c", "anonymous"),
    ]

    async def journal() -> AsyncIterator[AnyEvent]:
        for event in events:
            yield event

    trails = Trails()
    asyncio.run(trails.follow(journal()))

    claimed = [trails.claim(number) for number in ("anonymous", "anonymous", "anonymous", "13705000002")]
    assert [trail and trail.call_id for trail in claimed] == ["a", "c", None, "b"]
    assert claimed[3] is not None
    assert claimed[3].has(CallRejected)
    assert not claimed[3].has(CallArrived)
