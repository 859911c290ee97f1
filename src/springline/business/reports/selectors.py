"""All reads of reports."""

from datetime import datetime

from django.utils import timezone

from springline.business.calls.models import Abuse, Call
from springline.business.days import bounds
from springline.business.reports.measures import CallFacts, Measures, measure
from springline.contracts.events import CallOutcome


def today() -> tuple[datetime, datetime]:
    """The present day in Shanghai, [from, to)."""
    return bounds(timezone.localdate())


def facts(since: datetime, until: datetime) -> list[CallFacts]:
    """Calls that came in in [since, until), without tests and what was rejected at the door."""
    rows = Call.objects.filter(
        direction="in", arrived_at__gte=since, arrived_at__lt=until, is_test=False
    ).exclude(outcome=CallOutcome.REJECTED)
    columns = "arrived_at", "queued_at", "connected_at", "ended_at", "talk_seconds", "outcome", "abuse"
    return [
        CallFacts(
            *times,
            message=outcome == CallOutcome.MESSAGE,
            out_of_area=outcome == CallOutcome.OUT_OF_AREA,
            warned=abuse != Abuse.NONE,
        )
        for *times, outcome, abuse in rows.order_by().values_list(*columns)
    ]


def measures(since: datetime, until: datetime) -> Measures:
    return measure(facts(since, until))
