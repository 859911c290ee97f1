"""What phones report, exactly once: by key, in any order, with clocks that are wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pydantic import ValidationError

from springline.business import notices
from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.again import again
from springline.business.delivery import clocks, showing, words
from springline.business.delivery import schemas as io
from springline.business.delivery.cleaning import storable
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier, DeliveryTask, SyncAction, SyncConflict
from springline.business.delivery.services import delivering, steps, taking
from springline.business.delivery.services.steps import Conflict, Outcome, Report
from springline.business.delivery.states import ConflictDecision, SyncStatus

log = structlog.get_logger("delivery")
_S, _D = SyncStatus, ConflictDecision


def sync(courier: Courier, body: io.SyncIn, received_at: datetime) -> list[io.ResultOut]:
    """Apply each report in a transaction of its own. Raises DeliveryRefused 503 when the database is away
    or full: what was applied until then stays, and answers `repeated` the next time.
    """
    try:
        Courier.objects.filter(pk=courier.pk).update(last_seen_at=received_at)
        return [_once(courier, body, action, received_at) for action in body.actions]
    except DatabaseError as error:
        log.error("sync_broke_off", error=type(error).__name__)
        full = "full" in str(error)
        raise DeliveryRefused(
            "disk_full" if full else "busy",
            "服务器存储空间不足，已保存在手机上，稍后自动重试" if full else "服务器繁忙，稍后自动重试",
            "The server has no room; your phone keeps it and tries again."
            if full
            else "The server is busy; your phone tries again.",
            status=503,
        ) from error


@again
def _once(courier: Courier, body: io.SyncIn, action: io.ActionIn, received_at: datetime) -> io.ResultOut:
    first = SyncAction.objects.filter(key=action.key).first()
    if first is None:
        first = _recorded(courier, body, action, received_at)
        if first is not None:
            return _result(first, first.status)
        first = SyncAction.objects.get(key=action.key)  # the same key came in twice at once
    if first.courier_id != courier.pk:
        return io.ResultOut(
            key=action.key, status="rejected", code="key_taken", message=words.of("key_taken"), task=None
        )
    return _result(first, _S.REPEATED if first.status == _S.DONE else first.status)


def _recorded(
    courier: Courier, body: io.SyncIn, action: io.ActionIn, received_at: datetime
) -> SyncAction | None:
    """The action with what came of it; None when its key came in by another request at the same time."""
    client_at = clocks.bounded(action.at)
    at = clocks.corrected(client_at, clocks.bounded(body.sent_at), received_at)
    report = Report(action.key, courier.user, at, client_at, received_at)
    payload = storable(action.payload)

    def write(outcome: Callable[[steps.Held | None], Outcome]) -> SyncAction:
        with transaction.atomic():
            held = steps.lock(courier, action.task_id)
            came = outcome(held)
            task = held[1] if held else None
            row = SyncAction.objects.create(
                key=action.key,
                courier=courier,
                device_id=body.device_id,
                task=task,
                kind=action.kind,
                payload=payload,
                at=at,
                client_at=client_at,
                received_at=received_at,
                status=_status(came),
                code=came.code,
            )
            if came.conflict or not came.applied:
                conflict(task, came, row)
            return row

    try:
        return write(lambda held: _taken(held, action.kind, payload, report))
    except IntegrityError:
        if SyncAction.objects.filter(key=action.key).exists():
            return None
        raise
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - one report's fault must not hold up the phone's queue
        log.error("report_failed", kind=action.kind, task=action.task_id, exc_info=error)
        return write(lambda _held: Outcome("internal", conflict=True, applied=False))


def _taken(held: steps.Held | None, kind: str, payload: dict[str, Any], report: Report) -> Outcome:
    if held is None:
        return Outcome("unknown_task", applied=False)
    order, task = held
    try:
        with transaction.atomic():
            return taking.take(order, task, kind, payload, report)
    except ValidationError:
        return Outcome("bad_payload", applied=False)
    except Conflict as found:
        task.refresh_from_db()
        return Outcome(found.code, conflict=True, applied=False, facts=found.facts)


def conflict(task: DeliveryTask | None, came: Outcome, action: SyncAction | None = None) -> SyncConflict:
    """For a person to look at; nothing that a phone reported is dropped."""
    row = SyncConflict.objects.create(
        action=action, task=task, code=came.code, facts=came.facts, applied=came.applied
    )
    notices.announce("conflict", row.pk)
    if task is None:
        return row
    notices.announce(
        "task",
        task.pk,
        state=str(task.state),
        order_id=task.order_id,
        courier_id=task.courier_id,
        conflict_id=row.pk,
    )
    return row


def _status(came: Outcome) -> SyncStatus:
    if came.conflict:
        return _S.CONFLICT
    return _S.DONE if came.applied else _S.REJECTED


def _result(action: SyncAction, status: str) -> io.ResultOut:
    return io.ResultOut(
        key=action.key,
        status=status,
        code=action.code,
        message=words.of(action.code),
        task=showing.one(action.task) if action.task else None,
    )


@transaction.atomic
def resolve(
    conflict_id: int, *, by: User, deliver: bool, note: str, told: io.DeliverIn | None = None
) -> SyncConflict:
    """A person says what came of it: a delivery that was refused counts after all (`deliver`, with `told`
    corrected if need be), or not. Raises DeliveryRefused.
    """
    found = SyncConflict.objects.filter(pk=conflict_id).select_related("action", "task__courier").first()
    if found is None:
        raise DeliveryRefused("not_found", "没有这条冲突", "There is no such conflict", status=404)
    if found.closed_at is not None:
        return found
    if not note.strip():
        raise DeliveryRefused("note_missing", "请填写处理说明", "Say what came of it", status=422)
    decision = _D.SEEN if found.applied else _D.DISMISSED
    if deliver and not found.applied:
        _believe(found, told)
        found.applied, decision = True, _D.CORRECTED if told else _D.ACCEPTED
    found.closed_at, found.closed_by, found.closing_note = timezone.now(), by, note.strip()[:200]
    found.decision = decision
    found.save(update_fields=["applied", "closed_at", "closed_by", "closing_note", "decision"])
    audit(by, "conflict.closed", found, why=note, applied=found.applied, decision=decision.value)
    notices.announce("conflict", found.pk)
    return found


def _believe(found: SyncConflict, told: io.DeliverIn | None) -> None:
    action, task = found.action, found.task
    if action is None or task is None or action.kind != "deliver":
        raise DeliveryRefused("not_a_delivery", "这条冲突不是送达记录", "This is no report of a delivery")
    held = steps.lock(task.courier, task.pk)
    assert held is not None
    report = Report(
        f"conflict:{found.pk}", task.courier.user, action.at, action.client_at, action.received_at
    )
    try:
        content = told or io.DeliverIn.model_validate(action.payload)
        delivering.deliver(*held, content, report, believed=True)
    except ValidationError as error:
        raise DeliveryRefused(
            "bad_payload", "记录不完整，请补充送达明细", "The report is not complete", status=422
        ) from error
    except Conflict as still:
        raise DeliveryRefused(still.code, *words.both(still.code)) from still
