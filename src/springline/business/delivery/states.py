"""What a task of a courier can become, and the words of delivery, as tables."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class TaskState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    PICKED_UP = "picked_up", _("On the road")
    ARRIVED = "arrived", _("Arrived")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Called off")


class TaskEventKind(models.TextChoices):
    OFFER = "offer", _("Offer")
    ACCEPT = "accept", _("Accept")
    REFUSE = "refuse", _("Refuse")
    PICK_UP = "pick_up", _("Pick up")
    ARRIVE = "arrive", _("Arrive")
    DELIVER = "deliver", _("Deliver")
    FAIL = "fail", _("Fail")
    WITHDRAW = "withdraw", _("Withdraw")
    CHANGE = "change", _("Order changed")
    CONFLICT = "conflict", _("Conflict")
    NEXT = "next", _("Next step")


_S, _K = TaskState, TaskEventKind
_OPEN = (_S.OFFERED, _S.ACCEPTED, _S.PICKED_UP, _S.ARRIVED)
# A phone that was offline reports steps late or not at all: whoever delivers has accepted and loaded, so a
# later step may be taken from any earlier one. Only the first answer to an offer can be a refusal.
TASKS: dict[tuple[TaskState, TaskEventKind], TaskState] = {
    (_S.OFFERED, _K.ACCEPT): _S.ACCEPTED,
    (_S.OFFERED, _K.REFUSE): _S.WITHDRAWN,
    **{(state, _K.PICK_UP): _S.PICKED_UP for state in _OPEN[:2]},
    **{(state, _K.ARRIVE): _S.ARRIVED for state in _OPEN[:3]},
    **{(state, _K.DELIVER): _S.DELIVERED for state in _OPEN},
    **{(state, _K.FAIL): _S.FAILED for state in _OPEN},
    **{(state, _K.WITHDRAW): _S.WITHDRAWN for state in _OPEN},
    # An answer that comes late counts as long as nobody else has the order.
    (_S.WITHDRAWN, _K.ACCEPT): _S.ACCEPTED,
    # The water is there although the task was taken away meanwhile: what happened wins.
    (_S.WITHDRAWN, _K.DELIVER): _S.DELIVERED,
}
OPEN = frozenset(_OPEN)
# How far a task has come, for steps that arrive after a later one.
RANK = {_S.OFFERED: 0, _S.ACCEPTED: 1, _S.PICKED_UP: 2, _S.ARRIVED: 3, _S.DELIVERED: 4, _S.FAILED: 4}
RANK[_S.WITHDRAWN] = 0
STEP = {_K.ACCEPT: 1, _K.PICK_UP: 2, _K.ARRIVE: 3}


def after(state: str, kind: str) -> TaskState:
    """What a task in `state` becomes. Raises IllegalTransition."""
    return following(TASKS, TaskState(state), TaskEventKind(kind))


class EndedWhy(models.TextChoices):
    """Why a task was withdrawn."""

    REFUSED = "refused", _("Refused by the courier")
    UNANSWERED = "unanswered", _("No answer")
    REASSIGNED = "reassigned", _("Given to another")
    CANCELLED = "cancelled", _("Order cancelled")
    MOVED = "moved", _("Address changed")
    DONE_ELSEWHERE = "done_elsewhere", _("Delivered by another")


class NextStep(models.TextChoices):
    """What follows a failed delivery."""

    RESCHEDULE = "reschedule", _("New appointment")
    REASSIGN = "reassign", _("Another courier")
    RETURN = "return", _("Take back and cancel")


class Vehicle(models.TextChoices):
    EBIKE = "ebike", _("Electric tricycle")
    VAN = "van", _("Van")
    TRUCK = "truck", _("Truck")
    FOOT = "foot", _("On foot")


class SyncStatus(StrEnum):
    """REPEATED: this key was done before, and nothing was done again."""

    DONE = "done"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class HandoverState(models.TextChoices):
    DECLARED = "declared", _("Declared")
    CONFIRMED = "confirmed", _("Confirmed")


class ConflictDecision(models.TextChoices):
    """What a person made of a report that could not be applied, or only with a question."""

    ACCEPTED = "accepted", _("Counts as reported")
    CORRECTED = "corrected", _("Counts as corrected")
    DISMISSED = "dismissed", _("Does not count")
    SEEN = "seen", _("Looked at")


class CommissionKind(models.TextChoices):
    DELIVERY = "delivery", _("Delivery")
    ADJUSTMENT = "adjustment", _("Adjustment")


class BatchMove(models.TextChoices):
    """What became of buckets of a batch. UNDONE takes back a report that was a mistake."""

    LOADED = "loaded", _("Loaded")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Brought back")
    UNDONE = "undone", _("Taken back")
