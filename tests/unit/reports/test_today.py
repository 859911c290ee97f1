from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.calls.callbacks import selectors as callbacks
from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.callbacks.states import Kind, State
from springline.business.calls.models import Call
from springline.business.reports import selectors
from springline.contracts.events import CallOutcome
from tests.unit.messaging.conftest import as_role  # noqa: F401

pytestmark = pytest.mark.django_db


def _call(number: int, **fields: object) -> None:
    since, _until = selectors.today()
    moment = since + timedelta(seconds=number)
    times = {"arrived_at": moment, "queued_at": moment, "ended_at": moment + timedelta(seconds=30)}
    Call.objects.create(id=f"c{number}", **{**times, "outcome": CallOutcome.HANDLED, **fields})


def test_today_counts_today_only_and_no_tests(as_role: Callable[[Role], Client]) -> None:  # noqa: F811
    since, _until = selectors.today()
    _call(1, connected_at=since + timedelta(seconds=5), talk_seconds=25.0)
    _call(2, outcome=CallOutcome.MESSAGE)
    _call(3, is_test=True)
    _call(6, direction="out", queued_at=None, connected_at=since + timedelta(seconds=9))
    _call(4, outcome=CallOutcome.REJECTED, queued_at=None)
    _call(5, arrived_at=since - timedelta(seconds=1))
    body = as_role(Role.SUPERVISOR).get("/api/reports/today").json()
    assert (body["calls"], body["connected"], body["messages"]) == (2, 1, 1)
    assert body["connect_rate"] == 0.5
    assert body["average_talk"] == 25.0
    assert body["connect_needs_action"] is False
    assert timezone.datetime.fromisoformat(body["since"]) == since


def _task(number: int, minutes_ago: float, **fields: object) -> None:
    ended = timezone.now() - timedelta(minutes=minutes_ago)
    CallbackTask.objects.create(
        call_id=f"b{number}",
        kind=Kind.MESSAGE,
        place_at=ended,
        begins_at=ended,
        **{"warn_at": ended + timedelta(minutes=10), "due_at": ended + timedelta(minutes=15), **fields},
    )


def test_who_waits_for_a_call_and_who_too_long(as_role: Callable[[Role], Client]) -> None:  # noqa: F811
    supervisor = as_role(Role.SUPERVISOR)
    assert supervisor.get("/api/reports/today").json()["callbacks"] == {
        "waiting": 0, "oldest_at": None, "warned": 0, "late": 0, "kept": 0, "due": 0, "kept_rate": None,
    }  # fmt: skip
    _task(1, 5)
    _task(2, 12)
    _task(3, 16)
    _task(4, 30, first_attempt_at=timezone.now() - timedelta(minutes=20), state=State.TAKEN)
    _task(5, 600, state=State.REACHED)
    _task(6, 540, warn_at=timezone.now() + timedelta(hours=1), due_at=timezone.now() + timedelta(hours=2))
    found = supervisor.get("/api/reports/today").json()["callbacks"]
    assert (found["waiting"], found["warned"], found["late"]) == (5, 1, 1)
    age = timezone.now() - timezone.datetime.fromisoformat(found["oldest_at"])
    assert 540 <= age.total_seconds() / 60 < 541, "the night counts as waiting, though not as late"


def test_how_many_were_called_back_in_time() -> None:
    """Begun at 14:59 is kept, at 15:01 is not; who called again in time, or is not due yet, counts not."""
    begin, until = selectors.today()

    def due(number: int, tried: float | None, **fields: object) -> None:
        ended = begin + timedelta(seconds=number)
        at = None if tried is None else ended + timedelta(minutes=tried)
        times = {"begins_at": ended, "place_at": ended, "due_at": ended + timedelta(minutes=15)}
        CallbackTask.objects.create(
            call_id=f"d{number}", kind=Kind.MESSAGE, warn_at=ended, first_attempt_at=at, **times | fields
        )

    now = begin + timedelta(hours=12)
    due(1, 14 + 59 / 60)
    due(2, 15 + 1 / 60)
    due(3, None)
    due(4, None, state=State.CAME_BACK, closed_at=begin + timedelta(minutes=5))
    due(5, None, state=State.CAME_BACK, closed_at=begin + timedelta(hours=5))
    due(6, None, due_at=now + timedelta(minutes=1))
    with patch.object(timezone, "now", return_value=now):
        found = callbacks.promise(begin, until)
    assert (found.kept, found.due, found.rate) == (1, 4, 0.25)


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    since, until = selectors.today()
    assert timezone.localtime(since).hour == 0
    assert until - since == timedelta(days=1)


def test_couriers_do_not_watch(as_role: Callable[[Role], Client]) -> None:  # noqa: F811
    assert as_role(Role.COURIER).get("/api/reports/today").status_code == 403
