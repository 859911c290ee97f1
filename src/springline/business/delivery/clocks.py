"""A phone's clock against ours. Pure."""

from datetime import UTC, datetime, timedelta

# Less than this is the network and not the clock.
TRUSTED = timedelta(seconds=30)
# Longer than this a phone's queue is not believed to hold a delivery.
LONGEST_OFFLINE = timedelta(hours=36)
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def corrected(client_at: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """When it happened by our clock. `sent_at`: the phone's clock as it sent; never after `received_at`.

    What is later than `sent_at` happened before the clock was set back, nobody knows when: taken as now.
    """
    wrong, ago = received_at - sent_at, sent_at - client_at
    if ago < timedelta(0):
        return received_at
    return min(client_at if abs(wrong) <= TRUSTED else received_at - ago, received_at)


def bounded(client_at: datetime) -> datetime:
    """A time that every database can store, whatever the phone's clock says."""
    return min(max(client_at, _EARLIEST), _LATEST)


def plausible(
    at: datetime, *, offered_at: datetime, received_at: datetime, told_at: datetime | None = None
) -> bool:
    """Whether they can have delivered at `at`: after the offer, before knowing that it was taken away."""
    known = min(told_at or received_at, received_at)
    return offered_at - TRUSTED <= at <= known + TRUSTED and received_at - at <= LONGEST_OFFLINE
