"""A phone's clock against ours. Pure."""

from datetime import datetime, timedelta

# Less than this is the network and not the clock.
TRUSTED = timedelta(seconds=30)
# Longer than this a phone's queue is not believed to hold a delivery.
LONGEST_OFFLINE = timedelta(hours=36)


def corrected(client_at: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """When it happened by our clock. `sent_at`: the phone's clock as it sent; never after `received_at`."""
    wrong = received_at - sent_at
    at = client_at if abs(wrong) <= TRUSTED else client_at + wrong
    return min(at, received_at)


def plausible(
    at: datetime, *, offered_at: datetime, received_at: datetime, told_at: datetime | None = None
) -> bool:
    """Whether they can have delivered at `at`: after the offer, before knowing that it was taken away."""
    known = min(told_at or received_at, received_at)
    return offered_at - TRUSTED <= at <= known + TRUSTED and received_at - at <= LONGEST_OFFLINE
