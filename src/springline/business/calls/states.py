"""The life of a recording as a table, and what a call can have been about and come to."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class RecordingState(models.TextChoices):
    PENDING = "pending", _("Pending")
    READY = "ready", _("Ready")
    MISSING = "missing", _("Missing")
    PURGED = "purged", _("Purged")


class RecordingEvent(StrEnum):
    STORED = "stored"
    NOT_FOUND = "not_found"
    EXPIRED = "expired"


# A file that was missed may still turn up: control, when it is back, closes it and says so.
TRANSITIONS: dict[tuple[RecordingState, RecordingEvent], RecordingState] = {
    (RecordingState.PENDING, RecordingEvent.STORED): RecordingState.READY,
    (RecordingState.PENDING, RecordingEvent.NOT_FOUND): RecordingState.MISSING,
    (RecordingState.MISSING, RecordingEvent.STORED): RecordingState.READY,
    (RecordingState.MISSING, RecordingEvent.NOT_FOUND): RecordingState.MISSING,
    (RecordingState.READY, RecordingEvent.EXPIRED): RecordingState.PURGED,
}


def after(state: RecordingState, event: RecordingEvent) -> RecordingState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, event)


class Intent(models.TextChoices):
    """What a call was about. The wrap-up codes that are shipped bear the same names."""

    ORDER = "order", _("Order")
    URGE = "urge", _("Where is my order")
    AFTERSALE = "aftersale", _("After-sales")
    VOUCHER = "voucher", _("Vouchers")
    ENTERPRISE = "enterprise", _("Enterprise")
    COMPLAINT = "complaint", _("Complaint")
    ENQUIRY = "enquiry", _("Enquiry")
    OTHER = "other", _("Other")


class WrapUpOutcome(models.TextChoices):
    ORDER_PLACED = "order_placed", _("Order placed")
    SOLVED = "solved", _("Solved")
    CASE_OPENED = "case_opened", _("Case opened")
    CALL_BACK = "call_back", _("To be called back")
    NONE = "none", _("Nothing came of it")


class LostReason(models.TextChoices):
    """Why a call for water gave no order (N2)."""

    OUTSIDE = "outside", _("Outside the delivery area")
    PRICE = "price", _("Price")
    TOO_SLOW = "too_slow", _("Not soon enough")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    ENQUIRY = "enquiry", _("Only asked")
    REPEATED = "repeated", _("Called again about the same")
    HUNG_UP = "hung_up", _("Hung up")
    OTHER = "other", _("Other")
