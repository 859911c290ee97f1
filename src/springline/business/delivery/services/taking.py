"""Applies what a courier's phone reports of a task, perhaps hours later and out of order."""

from collections.abc import Callable
from typing import Any

from springline.business.delivery import photos
from springline.business.delivery import schemas as io
from springline.business.delivery.models import DeliveryTask
from springline.business.delivery.services import assignment, delivering, doors, steps
from springline.business.delivery.services.steps import Conflict, Outcome, Report
from springline.business.delivery.states import RANK, STEP, EndedWhy, TaskEventKind, TaskState, after
from springline.business.orders import services as orders
from springline.business.orders.models import Order
from springline.business.orders.states import OrderEvent, OrderState

_K, _E, _S = TaskEventKind, OrderEvent, OrderState
_STAMPS = {_K.ACCEPT: "accepted_at", _K.PICK_UP: "picked_at", _K.ARRIVE: "arrived_at"}


def take(order: Order, task: DeliveryTask, kind: str, payload: dict[str, Any], report: Report) -> Outcome:
    """Apply one report. Raises Conflict, pydantic.ValidationError; then nothing was written that stays."""
    if task.state != TaskState.WITHDRAWN:
        report = steps.not_before_the_offer(task, report)
    return _STEPS[_K(kind)](order, task, payload, report)


def _forward(kind: TaskEventKind, to: OrderState | None) -> Callable[..., Outcome]:
    def step(order: Order, task: DeliveryTask, payload: dict[str, Any], report: Report) -> Outcome:
        if task.state == TaskState.WITHDRAWN:
            if not (kind == _K.ACCEPT and _still_free(order, task)):
                raise steps.gone(task)
            task.ended_why, task.ended_at, task.told_at = "", None, None
        if kind == _K.ARRIVE:
            doors.note(order, task.courier, io.HereIn.model_validate(payload))
        stamp = _STAMPS[kind]
        if getattr(task, stamp) is None:
            setattr(task, stamp, report.at)
        if RANK[TaskState(task.state)] >= STEP[kind]:
            steps.saved(task, kind, report, report.at, late=True)
            return Outcome("late")
        if to is not None:
            steps.bring(order, task, to, report)
        task.state = after(task.state, kind)
        steps.saved(task, kind, report, report.at)
        return Outcome()

    return step


def _still_free(order: Order, task: DeliveryTask) -> bool:
    """Answered too late, but nobody else has it: better late than never."""
    return task.ended_why == EndedWhy.UNANSWERED and order.state == _S.UNASSIGNED


def _refuse(order: Order, task: DeliveryTask, payload: dict[str, Any], report: Report) -> Outcome:
    told = io.RefuseIn.model_validate(payload)
    if task.state == TaskState.WITHDRAWN:
        raise steps.gone(task)
    if task.state != TaskState.OFFERED:
        raise Conflict(_CLOSED.get(task.state, "already_accepted"))
    task.state, task.ended_why, task.ended_at = TaskState.WITHDRAWN, EndedWhy.REFUSED, report.at
    task.note = told.reason
    steps.saved(task, _K.REFUSE, report, report.at, reason=told.reason)
    assignment.take_back(order, None, EndedWhy.REFUSED, key=f"task:{task.pk}:refused", by=report.by)
    assignment.assign(order.pk)
    return Outcome()


def _fail(order: Order, task: DeliveryTask, payload: dict[str, Any], report: Report) -> Outcome:
    told = io.FailIn.model_validate(payload)
    if task.state == TaskState.WITHDRAWN:
        raise steps.gone(task)
    if task.state in _CLOSED:
        raise Conflict(_CLOSED[task.state])
    order = steps.bring(order, task, _S.DELIVERING, report)
    task.state, task.fail_code = after(task.state, _K.FAIL), told.code
    task.done_at, task.note = report.at, told.note
    steps.saved(task, _K.FAIL, report, report.at, code=told.code, note=told.note)
    facts = {"code": told.code, "task_id": task.pk, "note": told.note}
    orders.record(order.pk, _E.FAILED, key=f"task:{task.pk}:failed", by=report.by, at=report.at, facts=facts)
    return Outcome() if photos.attach(told.photo_ids, task) else Outcome("bad_photo", conflict=True)


def _deliver(order: Order, task: DeliveryTask, payload: dict[str, Any], report: Report) -> Outcome:
    return delivering.deliver(order, task, io.DeliverIn.model_validate(payload), report)


_CLOSED = {TaskState.DELIVERED: "already_delivered", TaskState.FAILED: "already_failed"}
_STEPS: dict[TaskEventKind, Callable[..., Outcome]] = {
    _K.ACCEPT: _forward(_K.ACCEPT, _S.ACCEPTED),
    _K.PICK_UP: _forward(_K.PICK_UP, _S.DELIVERING),
    _K.ARRIVE: _forward(_K.ARRIVE, _S.DELIVERING),
    _K.REFUSE: _refuse,
    _K.DELIVER: _deliver,
    _K.FAIL: _fail,
}
