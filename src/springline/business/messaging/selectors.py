"""All reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from springline.business.messaging.models import UNSENT, Message
from springline.business.messaging.states import MessageState


@dataclass(frozen=True)
class Backlog:
    """`oldest`: since when the oldest unsent message waits."""

    waiting: int
    dead: int
    oldest: datetime | None


def backlog() -> Backlog:
    # One by one, each by its own index: sent ones are a million.
    unsent = Message.objects.filter(UNSENT)
    found = unsent.aggregate(waiting=Count("pk"), oldest=Min("created_at"))
    return Backlog(dead=Message.objects.filter(state=MessageState.DEAD).count(), **found)


def messages(*, state: str = "", channel: str = "", about: str = "") -> QuerySet[Message]:
    """The newest first."""
    wanted = {"state": state, "channel": channel, "about": about}
    rows = Message.objects.select_related("outlet").prefetch_related("tries")
    return rows.filter(**{name: value for name, value in wanted.items() if value})
