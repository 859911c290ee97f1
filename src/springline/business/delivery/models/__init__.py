from springline.business.delivery.models.loads import BatchOnRoad
from springline.business.delivery.models.money import (
    CashHandover,
    CommissionEntry,
    CommissionRule,
    DaySignOff,
)
from springline.business.delivery.models.places import Station, Territory
from springline.business.delivery.models.staff import Courier, Door, Shift
from springline.business.delivery.models.sync import Photo, SyncAction, SyncConflict
from springline.business.delivery.models.tasks import DeliveryTask, TaskEvent

__all__ = [
    "BatchOnRoad",
    "CashHandover",
    "CommissionEntry",
    "CommissionRule",
    "Courier",
    "DaySignOff",
    "DeliveryTask",
    "Door",
    "Photo",
    "Shift",
    "Station",
    "SyncAction",
    "SyncConflict",
    "TaskEvent",
    "Territory",
]
