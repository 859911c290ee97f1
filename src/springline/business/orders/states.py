"""The life of an order (requirements §4.4) as a table, and the fixed lists around it."""

from enum import StrEnum
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.business.calls.states import LostReason as LostReason
from springline.platform.states import following


class OrderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    UNASSIGNED = "unassigned", _("To be assigned")
    ASSIGNED = "assigned", _("Assigned")
    ACCEPTED = "accepted", _("Accepted")
    DELIVERING = "delivering", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    SETTLED = "settled", _("Settled")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Delivery failed")
    AFTER_SALES = "after_sales", _("After-sales")
    REFUNDED = "refunded", _("Refunded")


class OrderEvent(models.TextChoices):
    PLACED = "placed", _("Placed")
    QUEUED = "queued", _("Waiting for a courier")
    ASSIGNED = "assigned", _("Assigned")
    UNASSIGNED = "unassigned", _("Taken back from the courier")
    ACCEPTED = "accepted", _("Accepted")
    PICKED_UP = "picked_up", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Delivery failed")
    RESCHEDULED = "rescheduled", _("Put off to another time")
    REASSIGNED = "reassigned", _("Given to another courier")
    RETURNED = "returned", _("Brought back and cancelled")
    CANCELLED = "cancelled", _("Cancelled")
    CHANGED = "changed", _("Changed")
    URGED = "urged", _("Urged")
    OVERDUE = "overdue", _("Overdue")
    PAID = "paid", _("Paid")
    SETTLED = "settled", _("Settled")
    AFTER_SALES_OPENED = "after_sales_opened", _("After-sales opened")
    AFTER_SALES_CLOSED = "after_sales_closed", _("After-sales closed")
    REFUNDED = "refunded", _("Refunded")
    VOUCHERS_REDEEMED = "vouchers_redeemed", _("Vouchers redeemed afterwards")
    VOUCHERS_REVERSED = "vouchers_reversed", _("Redemption reversed")
    VOUCHERS_OWED = "vouchers_owed", _("Voucher to follow")
    VOUCHERS_WAIVED = "vouchers_waived", _("Paid otherwise than by voucher")


_S, _E = OrderState, OrderEvent
# Water is still to come: it may be changed, urged, and be late.
OPEN = (_S.CONFIRMED, _S.UNASSIGNED, _S.ASSIGNED, _S.ACCEPTED, _S.DELIVERING, _S.FAILED)
# A courier has it, or was offered it.
WITH_A_COURIER = (_S.ASSIGNED, _S.ACCEPTED, _S.DELIVERING)
# Nobody is on the way yet: whoever may change orders may cancel.
BEFORE_DELIVERY = (_S.CONFIRMED, _S.UNASSIGNED, _S.ASSIGNED, _S.ACCEPTED)

TRANSITIONS: dict[tuple[OrderState, OrderEvent], OrderState] = {
    (_S.DRAFT, _E.PLACED): _S.CONFIRMED,
    (_S.DRAFT, _E.CANCELLED): _S.CANCELLED,
    (_S.CONFIRMED, _E.QUEUED): _S.UNASSIGNED,
    (_S.CONFIRMED, _E.CANCELLED): _S.CANCELLED,
    (_S.UNASSIGNED, _E.ASSIGNED): _S.ASSIGNED,
    (_S.UNASSIGNED, _E.CANCELLED): _S.CANCELLED,
    (_S.ASSIGNED, _E.ACCEPTED): _S.ACCEPTED,
    (_S.ASSIGNED, _E.UNASSIGNED): _S.UNASSIGNED,
    (_S.ASSIGNED, _E.CANCELLED): _S.CANCELLED,
    (_S.ACCEPTED, _E.UNASSIGNED): _S.UNASSIGNED,
    (_S.ACCEPTED, _E.PICKED_UP): _S.DELIVERING,
    (_S.ACCEPTED, _E.CANCELLED): _S.CANCELLED,
    (_S.DELIVERING, _E.DELIVERED): _S.DELIVERED,
    (_S.DELIVERING, _E.FAILED): _S.FAILED,
    (_S.DELIVERING, _E.UNASSIGNED): _S.UNASSIGNED,
    (_S.DELIVERING, _E.CANCELLED): _S.CANCELLED,
    # A phone without network delivered what was called off meanwhile: the water is there.
    (_S.CANCELLED, _E.DELIVERED): _S.DELIVERED,
    (_S.FAILED, _E.RESCHEDULED): _S.UNASSIGNED,
    (_S.FAILED, _E.REASSIGNED): _S.UNASSIGNED,
    (_S.FAILED, _E.RETURNED): _S.CANCELLED,
    (_S.DELIVERED, _E.PAID): _S.DELIVERED,
    (_S.DELIVERED, _E.SETTLED): _S.SETTLED,
    (_S.DELIVERED, _E.AFTER_SALES_OPENED): _S.AFTER_SALES,
    (_S.SETTLED, _E.AFTER_SALES_OPENED): _S.AFTER_SALES,
    (_S.AFTER_SALES, _E.AFTER_SALES_CLOSED): _S.DELIVERED,
    (_S.AFTER_SALES, _E.REFUNDED): _S.REFUNDED,
    # A settled order whose voucher came back is owed for again.
    (_S.SETTLED, _E.VOUCHERS_REVERSED): _S.DELIVERED,
    **{(state, _E.VOUCHERS_REVERSED): state for state in (_S.DELIVERED, _S.AFTER_SALES, _S.REFUNDED)},
    **{
        (state, event): state
        for event in (_E.VOUCHERS_REDEEMED, _E.VOUCHERS_OWED)
        for state in (_S.DELIVERED, _S.AFTER_SALES)
    },
    **{(state, _E.VOUCHERS_WAIVED): state for state in (_S.DELIVERED, _S.AFTER_SALES, _S.REFUNDED)},
    **{(state, _E.CHANGED): state for state in (*BEFORE_DELIVERY, _S.DELIVERING)},
    **{(state, _E.URGED): state for state in OPEN},
    **{(state, _E.OVERDUE): state for state in OPEN},
}


def after(state: OrderState | str, event: OrderEvent) -> OrderState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, OrderState(state), event)


@cache
def possible(state: OrderState) -> tuple[OrderEvent, ...]:
    """What may happen next, in the order of the events."""
    return tuple(event for event in OrderEvent if (state, event) in TRANSITIONS)


def diagram() -> str:
    """The table as a Mermaid state diagram; what leaves a state as it is is left out."""
    moves = [(state, event, to) for (state, event), to in TRANSITIONS.items() if to != state]
    lines = ["stateDiagram-v2", f"    [*] --> {OrderState.DRAFT.value}"]
    lines += [f"    {state.value} --> {to.value}: {event.value}" for state, event, to in moves]
    return "\n".join(lines) + "\n"


class Source(models.TextChoices):
    HOTLINE = "hotline", _("Hotline")
    WEB = "web", _("Web page")
    MINI_PROGRAM = "mini_program", _("Mini program")
    AUTOMATIC = "automatic", _("Automatic")
    IMPORT = "import", _("Import")


class PayBy(models.TextChoices):
    VOUCHER = "voucher", _("Voucher")
    CASH = "cash", _("In cash")
    WECHAT = "wechat", _("WeChat")
    MONTHLY = "monthly", _("Monthly account")


class CancelReason(models.TextChoices):
    CUSTOMER = "customer", _("The customer no longer wants it")
    DUPLICATE = "duplicate", _("Ordered twice")
    MISTAKE = "mistake", _("Entered by mistake")
    ADDRESS = "address", _("Wrong address")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    TOO_LATE = "too_late", _("Not in time")
    PRICE = "price", _("Price")
    RETURNED = "returned", _("Brought back after a failed delivery")
    OTHER = "other", _("Other")


class FailCode(models.TextChoices):
    """Why a delivery failed (§4.4)."""

    NOBODY = "F1", _("Nobody there")
    WRONG_ADDRESS = "F2", _("Wrong address")
    REFUSED = "F3", _("Refused at the door")
    OUT_OF_STOCK = "F4", _("Out of stock")
    WATER_QUALITY = "F5", _("Water quality")
    ROAD = "F6", _("Road or weather")
    BUCKETS_OWED = "F7", _("Too many buckets owed")


class Ask(StrEnum):
    """What the agent must ask before the order stands."""

    ADDRESS = "address"
    COUNTY = "county"
    FLOOR = "floor"
    LIFT = "lift"
    WINDOW = "window"
