"""Days are Shanghai's."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def bounds(day: date) -> tuple[datetime, datetime]:
    """[from, to) of a day."""
    start = beginning_of(day)
    return start, start + timedelta(days=1)
