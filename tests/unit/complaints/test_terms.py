"""When a complaint is due: water quality by the service hours, somebody unwell and a day by the clock."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from springline.business.calls.models import Call
from springline.business.complaints import selectors, shapes, terms
from springline.business.complaints.models import Complaint, DueTime
from springline.business.complaints.states import Kind
from springline.business.complaints.terms import Term
from springline.business.customers.models import Customer
from springline.business.hotline.models import Hotline, OpeningTime
from springline.contracts.config import ServiceHours, Span
from tests.unit.complaints.people import late_delivery, quality

# 7:30 to 20:30 in Shanghai, each day.
HOURS = ServiceHours(week=((Span(opens=450, closes=1230),),) * 7)
TWO_HOURS = Term(120, True, HOURS)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("26T10:00", "26T12:00"),
        ("26T23:40", "27T09:30"),
        ("26T03:00", "26T09:30"),
        ("26T19:30", "27T08:30"),
        ("26T18:30", "26T20:30"),
    ],
)
def test_the_clock_stands_still_while_we_are_closed(filed: str, due: str) -> None:
    assert TWO_HOURS.due(shanghai(filed)) == shanghai(due)
    # Somebody is unwell: nobody waits for the morning.
    assert TWO_HOURS.due(shanghai(filed), grave=True) == shanghai(filed) + timedelta(hours=2)
    assert Term(120, False, HOURS).due(shanghai(filed)) == shanghai(filed) + timedelta(hours=2)
    assert Term(120, True, None).due(shanghai(filed)) == shanghai(filed) + timedelta(hours=2)


def test_when_it_stands_still() -> None:
    assert TWO_HOURS.waits(shanghai("26T23:40"))
    assert not TWO_HOURS.waits(shanghai("26T10:00"))
    assert not Term(120, False, HOURS).waits(shanghai("26T23:40"))


@pytest.fixture
def night(db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is 23:40; the hotline is open from 7:30 to 20:30."""
    hotline = Hotline.objects.create(number="4000564000")
    for day in range(7):
        OpeningTime.objects.create(hotline=hotline, weekday=day, opens=time(7, 30), closes=time(20, 30))
    now = timezone.make_aware(datetime.combine(timezone.localdate(), time(23, 40)))
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def given(row: Complaint) -> timedelta:
    return row.due_at - row.filed_at


def test_filed_at_night(night: datetime, wang: Customer) -> None:
    assert given(quality(wang)) == timedelta(hours=9, minutes=50)
    assert given(quality(wang, answers={"body": "unwell"})) == timedelta(hours=2)
    assert given(late_delivery(wang)) == timedelta(hours=24)
    DueTime.objects.create(kind=Kind.QUALITY, minutes=60, service_time=False)
    assert given(quality(wang)) == timedelta(hours=1)
    DueTime.objects.create(kind=Kind.DELIVERY, minutes=60, service_time=True)
    assert given(late_delivery(wang)) == timedelta(hours=8, minutes=50)


def test_it_warns_in_the_last_quarter_of_what_was_promised(night: datetime, wang: Customer) -> None:
    row = quality(wang)
    assert row.warn_at == row.due_at - timedelta(minutes=30)
    for ahead, state in ((31, "running"), (30, "warning"), (-1, "late")):
        assert selectors.clock(row, row.due_at - timedelta(minutes=ahead)).state == state
    # One from before the promise was kept: the whole time counts.
    row.due_minutes = None
    assert row.warn_at == row.due_at - (row.due_at - row.filed_at) / 4


def test_the_sentence_of_the_night_names_the_morning(night: datetime, wang: Customer) -> None:
    told = {one.kind: one for one in shapes.guides()}
    assert "明天 09:30前给您回话" in told["quality"].say_closed
    assert told["quality"].due_at == night + timedelta(hours=9, minutes=50)
    assert told["delivery"].say_closed == ""


def test_the_hours_are_those_of_the_call_s_hotline(night: datetime, wang: Customer) -> None:
    Hotline.objects.create(number="4000564999")
    Call.objects.create(id="c1", arrived_at=night, hotline="4000564000")
    Call.objects.create(id="c2", arrived_at=night, hotline="4000564999")
    assert terms.of(Kind.QUALITY, "c1").hours is not None
    # This one never closes.
    assert terms.of(Kind.QUALITY, "c2").hours is None
    assert terms.of(Kind.QUALITY, "no such call").hours is not None
