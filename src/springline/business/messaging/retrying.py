"""When a message is tried again. Pure."""

from datetime import datetime, timedelta

# After the n-th failure; a day in all, so that an outage of a provider's night loses nothing.
PAUSES = (10, 30, 120, 600, 1800, 3600, 3600, 7200, 14400, 28800)


def next_try(attempts: int, now: datetime, retry_after: float | None = None) -> datetime | None:
    """When to try after `attempts` failures; None: give up. `retry_after`: what was asked for (s)."""
    if attempts > len(PAUSES):
        return None
    return now + timedelta(seconds=max(PAUSES[attempts - 1], retry_after or 0.0))
