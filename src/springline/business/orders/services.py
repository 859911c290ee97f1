"""All writes of orders. Each is one transaction, done once for its key. They raise OrderRefused."""

from springline.business.orders.changing import (
    bring_back,
    cancel,
    mark_overdue,
    record,
    record_locked,
    reschedule,
    urge,
)
from springline.business.orders.delivering import book_missing, deliver
from springline.business.orders.editing import change, preview_change
from springline.business.orders.placing import place
from springline.business.orders.settling import (
    close_after_sales,
    open_after_sales,
    pay,
    refund,
    settle,
    settle_ready,
)

__all__ = [
    "book_missing",
    "bring_back",
    "cancel",
    "change",
    "close_after_sales",
    "deliver",
    "mark_overdue",
    "open_after_sales",
    "pay",
    "place",
    "preview_change",
    "record",
    "record_locked",
    "refund",
    "reschedule",
    "settle",
    "settle_ready",
    "urge",
]
