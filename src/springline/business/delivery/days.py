"""Days are Shanghai's."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def bounds(day: date) -> tuple[datetime, datetime]:
    """[from, to) of a day."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, start + timedelta(days=1)
