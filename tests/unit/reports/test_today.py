from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
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
    _call(4, outcome=CallOutcome.REJECTED, queued_at=None)
    _call(5, arrived_at=since - timedelta(seconds=1))
    body = as_role(Role.SUPERVISOR).get("/api/reports/today").json()
    assert (body["calls"], body["connected"], body["messages"]) == (2, 1, 1)
    assert body["connect_rate"] == 0.5
    assert body["average_talk"] == 25.0
    assert body["connect_needs_action"] is False
    assert timezone.datetime.fromisoformat(body["since"]) == since


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    since, until = selectors.today()
    assert timezone.localtime(since).hour == 0
    assert until - since == timedelta(days=1)


def test_couriers_do_not_watch(as_role: Callable[[Role], Client]) -> None:  # noqa: F811
    assert as_role(Role.COURIER).get("/api/reports/today").status_code == 403
