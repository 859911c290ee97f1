"""Tasks as a courier's phone shows them."""

from datetime import datetime

from springline.business.delivery.models import Courier, DeliveryTask
from springline.business.delivery.schemas import TaskOut


def list_for(courier: Courier, now: datetime) -> list[TaskOut]:
    return []


def one(task: DeliveryTask) -> TaskOut | None:
    return None
