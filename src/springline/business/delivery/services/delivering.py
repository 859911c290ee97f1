"""Water at the door: task, order, vouchers, buckets, money, photos and commission in one transaction."""

from dataclasses import replace

from django.utils import timezone

from springline.business.delivery import clocks, earning, photos
from springline.business.delivery import schemas as io
from springline.business.delivery.models import CommissionEntry, DeliveryTask
from springline.business.delivery.services import assignment, doors, loading, steps
from springline.business.delivery.services.steps import Conflict, Outcome, Report
from springline.business.delivery.states import EndedWhy, TaskEventKind, TaskState, after
from springline.business.orders import services as orders
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import DeliveredIn, DeliveredLine, EmptiesIn
from springline.business.orders.models import Order
from springline.business.orders.states import OrderState

_K, _S = TaskEventKind, OrderState
_REFUSED = {"bad_quantity": "lines_changed", "nothing_delivered": "nothing_delivered"}
_DONE = {_S.DELIVERED, _S.SETTLED, _S.AFTER_SALES, _S.REFUNDED}


def deliver(
    order: Order, task: DeliveryTask, told: io.DeliverIn, report: Report, *, believed: bool = False
) -> Outcome:
    """Book the delivery. One for a task that was taken away meanwhile counts when its time is plausible, or a
    supervisor says so (`believed`). Raises Conflict.
    """
    if task.state == TaskState.DELIVERED or order.state in _DONE:
        raise Conflict("already_delivered", state=order.state)
    if task.state == TaskState.FAILED or order.state == _S.FAILED:
        raise Conflict("already_failed", state=order.state)
    outcome = Outcome()
    if task.state == TaskState.WITHDRAWN:
        outcome = _although_withdrawn(order, task, report, believed)
    report = steps.not_before_the_offer(task, report)
    if order.state != _S.CANCELLED:
        order = steps.bring(order, task, _S.DELIVERING, report)
    order = _book(order, task, told, report)
    _close(order, task, told, report)
    _commission(order, task, report)
    doors.note(order, task.courier, told)
    stopped, unknown = loading.delivered(task, _batches(order, told))
    if not photos.attach(told.photo_ids, task):
        outcome = replace(outcome, code=outcome.code or "bad_photo", conflict=True)
    if unknown and not outcome.code:
        outcome = Outcome("applied_unknown_batch", conflict=True, facts={"batches": unknown})
    if stopped:
        outcome = Outcome("applied_stopped_batch", conflict=True, facts={"batches": stopped})
    return outcome


def _although_withdrawn(order: Order, task: DeliveryTask, report: Report, believed: bool) -> Outcome:
    """The water is there: what happened wins. Whoever has the order now loses it."""
    cancelled = order.state == _S.CANCELLED
    plausible = clocks.plausible(
        report.at, offered_at=task.offered_at, received_at=report.received_at, told_at=task.told_at
    )
    if not (plausible or believed):
        raise Conflict("implausible_time", why=task.ended_why, at=report.at.isoformat())
    other = assignment.open_task(order.pk)
    if other is not None:
        assignment.withdraw(other, EndedWhy.DONE_ELSEWHERE, by=report.by)
    return Outcome(
        "applied_after_cancel" if cancelled else "applied_after_withdrawal",
        conflict=True,
        facts={"why": task.ended_why, "other_task": other.pk if other else None},
    )


def _book(order: Order, task: DeliveryTask, told: io.DeliverIn, report: Report) -> Order:
    delivered = DeliveredIn(
        lines=[DeliveredLine(id=line.id, qty=line.qty) for line in told.lines],
        empties=[EmptiesIn(bucket_type_id=row.bucket_type_id, qty=row.qty) for row in told.empties],
        cash_fen=told.cash_fen,
        wechat_fen=told.wechat_fen,
        vouchers=told.vouchers,
        note=told.note,
    )
    try:
        return orders.deliver(
            order.pk,
            delivered,
            key=f"task:{task.pk}:delivered",
            by=report.by,
            delivery_id=task.pk,
            station_id=task.station_id,
            at=report.at,
        )
    except OrderRefused as refusal:
        raise Conflict(
            _REFUSED.get(refusal.code, "refused_by_order"), refused=refusal.code, state=order.state
        ) from refusal


def _close(order: Order, task: DeliveryTask, told: io.DeliverIn, report: Report) -> None:
    paid = told.cash_fen + told.wechat_fen
    lines = list(order.lines.all())
    task.state, task.done_at = after(task.state, _K.DELIVER), report.at
    task.cash_fen, task.wechat_fen = told.cash_fen, told.wechat_fen
    task.due_fen = 0 if order.monthly else max(0, order.owed_fen + paid)
    task.vouchers = sum(line.redeemed + line.vouchers_owed for line in lines)
    task.delivered_qty = sum(line.delivered or 0 for line in lines)
    task.empties = sum(row.qty for row in told.empties)
    task.note = told.note
    steps.saved(
        task,
        _K.DELIVER,
        report,
        report.at,
        lines=[[line.id, line.qty] for line in told.lines],
        batches=[[line.id, line.batch_no] for line in told.lines if line.batch_no],
        empties=[[row.bucket_type_id, row.qty] for row in told.empties],
        cash_fen=told.cash_fen,
        wechat_fen=told.wechat_fen,
        vouchers=task.vouchers,
    )


def _commission(order: Order, task: DeliveryTask, report: Report) -> None:
    rule = task.courier.commission_rule
    if rule is None:
        return
    pays = earning.Rule(rule.per_order_fen, rule.per_bucket_fen, rule.per_floor_fen)
    fen, why = earning.earned(pays, task.delivered_qty, order.floor, order.lift)
    CommissionEntry.objects.create(
        courier=task.courier, task=task, day=timezone.localdate(report.at), fen=fen, why=why[:200]
    )


def _batches(order: Order, told: io.DeliverIn) -> list[tuple[int, str, int]]:
    products = {line.pk: line.product_id for line in order.lines.all()}
    return [(products[line.id], line.batch_no, line.qty) for line in told.lines if line.batch_no]
