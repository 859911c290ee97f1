"""The life of a complaint as a table, and the words of its kinds and levels."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class Kind(models.TextChoices):
    QUALITY = "quality", _("Water quality")
    DELIVERY = "delivery", _("Delivery")
    ATTITUDE = "attitude", _("Attitude")
    VOUCHER = "voucher", _("Voucher")
    DEPOSIT = "deposit", _("Deposit")
    BILLING = "billing", _("Billing")


class Level(models.IntegerChoices):
    NORMAL = 1, _("Normal")
    SERIOUS = 2, _("Serious")
    # Somebody is unwell, or an overdue answer to a serious one.
    GRAVE = 3, _("Grave")


class State(models.TextChoices):
    OPEN = "open", _("Filed")
    WORKING = "working", _("In hand")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Taken back complaint")


class Step(StrEnum):
    """TAKE: somebody makes it theirs. ANSWER: the customer heard what is done; this meets the due time."""

    TAKE = "take"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.TAKE): State.WORKING,
    (State.OPEN, Step.ANSWER): State.ANSWERED,
    (State.OPEN, Step.WITHDRAW): State.WITHDRAWN,
    # Taken over by somebody else.
    (State.WORKING, Step.TAKE): State.WORKING,
    (State.WORKING, Step.ANSWER): State.ANSWERED,
    (State.WORKING, Step.WITHDRAW): State.WITHDRAWN,
    (State.ANSWERED, Step.CLOSE): State.CLOSED,
    (State.ANSWERED, Step.REOPEN): State.WORKING,
    (State.CLOSED, Step.REOPEN): State.WORKING,
}
# Nobody has told the customer anything yet: the due time counts.
UNANSWERED = (State.OPEN, State.WORKING)
# Not over: the recordings of its calls are held.
RUNNING = (*UNANSWERED, State.ANSWERED)


def after(state: State, step: Step) -> State:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, step)


class EventKind(models.TextChoices):
    FILED = "filed", _("Filed")
    TAKE = "take", _("Taken")
    ANSWER = "answer", _("Answered")
    CLOSE = "close", _("Closed")
    REOPEN = "reopen", _("Reopened")
    WITHDRAW = "withdraw", _("Taken back complaint")
    NOTE = "note", _("Note")
    LEVEL = "level", _("Level changed")
    ESCALATED = "escalated", _("Overdue, escalated")
    ASKED = "asked", _("Compensation asked for")
    GRANTED = "granted", _("Compensation given")
    REFUSED = "refused", _("Compensation refused")
    STOP_PROPOSED = "stop_proposed", _("Stop of the batch proposed")
    STOPPED = "stopped", _("Batch stopped")
    DISMISSED = "dismissed", _("Batch not stopped")


class CompensationState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Given")
    REFUSED = "refused", _("Refused")


class AlertState(models.TextChoices):
    OPEN = "open", _("To be decided")
    STOPPED = "stopped", _("Batch stopped")
    DISMISSED = "dismissed", _("Not stopped")


class Decision(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"


DECISIONS: dict[tuple[str, Decision], str] = {
    (CompensationState.ASKED, Decision.ACCEPT): CompensationState.GRANTED,
    (CompensationState.ASKED, Decision.REFUSE): CompensationState.REFUSED,
    (AlertState.OPEN, Decision.ACCEPT): AlertState.STOPPED,
    (AlertState.OPEN, Decision.REFUSE): AlertState.DISMISSED,
}


def decided(state: str, decision: Decision) -> str:
    """The state of a compensation or an alert that follows. Raises IllegalTransition."""
    return following(DECISIONS, state, decision)
