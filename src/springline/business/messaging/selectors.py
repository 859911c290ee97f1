"""All reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from springline.business.messaging.models import Message
from springline.business.messaging.states import MessageState


@dataclass(frozen=True)
class Backlog:
    """`oldest`: since when the oldest unsent message waits."""

    waiting: int
    dead: int
    oldest: datetime | None


def backlog() -> Backlog:
    unsent = Q(state__in=[MessageState.WAITING, MessageState.SENDING])
    found = Message.objects.aggregate(
        waiting=Count("pk", filter=unsent),
        dead=Count("pk", filter=Q(state=MessageState.DEAD)),
        oldest=Min("created_at", filter=unsent),
    )
    return Backlog(**found)


def messages(*, state: str = "", channel: str = "", about: str = "") -> QuerySet[Message]:
    """The newest first."""
    wanted = {"state": state, "channel": channel, "about": about}
    rows = Message.objects.select_related("outlet").prefetch_related("tries")
    return rows.filter(**{name: value for name, value in wanted.items() if value})
