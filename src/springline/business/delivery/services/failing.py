"""What follows a delivery that failed: another time, another courier, or back to the station."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import DeliveryTask
from springline.business.delivery.services import steps
from springline.business.delivery.services.assignment import order_or_refuse
from springline.business.delivery.states import NextStep, TaskEventKind, TaskState
from springline.business.orders import services as orders


@transaction.atomic
def next_step(
    task_id: int,
    step: NextStep,
    *,
    key: str,
    by: User,
    window_from: datetime | None = None,
    window_to: datetime | None = None,
    note: str = "",
) -> DeliveryTask:
    """What follows a failed delivery. Raises DeliveryRefused, orders.OrderRefused."""
    found = DeliveryTask.objects.filter(pk=task_id).first()
    if found is None:
        raise DeliveryRefused("unknown_task", "没有这个任务", "There is no such task", status=404)
    order_or_refuse(found.order_id)
    task = DeliveryTask.objects.select_for_update().get(pk=task_id)
    if task.state != TaskState.FAILED:
        raise DeliveryRefused("not_possible", "该任务不是送达失败", "This task did not fail")
    if step == NextStep.RESCHEDULE and window_to is None:
        raise DeliveryRefused("window_missing", "请填写改约时间", "Say until when", status=422)
    if task.next_step:
        if task.next_step == step:
            return task
        raise DeliveryRefused("decided", "该任务已处理", "This was decided already")
    task.next_step = step
    steps.saved(task, TaskEventKind.NEXT, None, timezone.now(), by=by, key=key, step=str(step), note=note)
    if step == NextStep.RETURN:
        orders.bring_back(task.order_id, key=key, by=by, note=note)
    else:
        orders.reschedule(
            task.order_id,
            key=key,
            by=by,
            window_from=window_from if step == NextStep.RESCHEDULE else None,
            window_to=window_to if step == NextStep.RESCHEDULE else None,
        )
    return task
