"""All writes of orders. Each is one transaction, done once for its key. They raise OrderRefused."""

from springline.business.orders.changing import (
    bring_back,
    cancel,
    mark_overdue,
    record,
    reschedule,
    urge,
)
from springline.business.orders.delivering import deliver
from springline.business.orders.placing import place

__all__ = [
    "bring_back",
    "cancel",
    "deliver",
    "mark_overdue",
    "place",
    "record",
    "reschedule",
    "urge",
]
