"""Which batch is on which vehicle: what couriers load, bring back and leave at doors."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business import notices
from springline.business.catalog.models import Batch
from springline.business.delivery import clocks, selectors
from springline.business.delivery import schemas as io
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import BatchOnRoad, Courier, DeliveryTask
from springline.business.delivery.states import BatchMove


def load(courier: Courier, told: io.LoadIn, received_at: datetime) -> BatchOnRoad:
    """Once per key. Raises DeliveryRefused: `unknown_batch` and `not_on_vehicle` (422), `stopped_batch` and
    `expired_batch` when it was loaded although it was stopped or too old already, `key_taken`.

    What was loaded before the stop counts, however late the phone tells it: the station must know of it.
    """

    def written(key: str, at: datetime) -> BatchOnRoad:
        batch = _batch(told.sku, told.batch_no)
        if told.move == BatchMove.RETURNED:
            _at_most_what_is_there(courier, batch, told.qty)
        else:
            _may_be_loaded(batch, at)
        return BatchOnRoad(courier=courier, batch=batch, move=told.move, qty=told.qty, key=key, at=at)

    return _once(courier, told, "load", received_at, written)


def undo(courier: Courier, told: io.UndoLoadIn, received_at: datetime) -> BatchOnRoad:
    """Take back a report that was a mistake, once whatever the key. Raises DeliveryRefused: `unknown_load`,
    `not_on_vehicle` (both 422), `key_taken`.
    """

    def written(key: str, at: datetime) -> BatchOnRoad:
        mistake = (
            BatchOnRoad.objects.filter(key=f"load:{told.load}", courier=courier)
            .select_related("batch__product", "undone")
            .first()
        )
        if mistake is None:
            raise DeliveryRefused("unknown_load", "没有这笔装车记录", "There is no such load", status=422)
        former = getattr(mistake, "undone", None)
        if former is not None:
            return former
        if mistake.move == BatchMove.LOADED:
            _at_most_what_is_there(courier, mistake.batch, mistake.qty)
        return BatchOnRoad(
            courier=courier,
            batch=mistake.batch,
            move=BatchMove.UNDONE,
            qty=mistake.qty,
            key=key,
            undoes=mistake,
            at=at,
        )

    return _once(courier, told, "undo", received_at, written)


def _once(
    courier: Courier,
    told: io.ToldIn,
    kind: str,
    received_at: datetime,
    written: Callable[[str, datetime], BatchOnRoad],
) -> BatchOnRoad:
    key = f"{kind}:{told.key}"
    client_at = clocks.bounded(told.at)
    at = clocks.corrected(client_at, clocks.bounded(told.sent_at), received_at)
    try:
        with transaction.atomic():
            # What is on a vehicle is counted before it is changed: one report of a courier at a time.
            Courier.objects.select_for_update().get(pk=courier.pk)
            row = _known(courier, key)
            if row is not None:
                return row
            row = written(key, at)
            if row.pk is None:
                row.client_at, row.received_at = client_at, received_at
                row.save()
                notices.announce("load", row.pk, courier_id=courier.pk)
            return row
    except IntegrityError:  # another courier's phone gave the same key at this moment
        row = _known(courier, key)
        if row is None:
            raise
        return row


def _known(courier: Courier, key: str) -> BatchOnRoad | None:
    row = BatchOnRoad.objects.filter(key=key).select_related("batch__product").first()
    if row is not None and row.courier_id != courier.pk:
        raise DeliveryRefused("key_taken", "提交编号已被使用", "This number is taken")
    return row


def _batch(sku: str, batch_no: str) -> Batch:
    number = "".join(batch_no.split())
    batch = Batch.objects.filter(product__sku=sku, batch_no__iexact=number).select_related("product").first()
    if batch is None:
        # 422 and not 404: what is asked for will not be there later either, and a phone would wait for it.
        raise DeliveryRefused(
            "unknown_batch",
            f"这种水没有批次 {number}，请对照桶口标签改正",
            f"This water has no batch {number}; look at the label again",
            status=422,
        )
    return batch


def _may_be_loaded(batch: Batch, at: datetime) -> None:
    if batch.stop_sale and (batch.stopped_at is None or at >= batch.stopped_at):
        why = f"（{batch.stop_reason}）" if batch.stop_reason else ""
        raise DeliveryRefused(
            "stopped_batch",
            f"批次 {batch.batch_no} 已停售{why}，没有登记；请把它卸下，换别的批次",
            f"The sale of batch {batch.batch_no} is stopped{why}; it was not noted: unload it",
        )
    if batch.expires < timezone.localdate(at):
        raise DeliveryRefused(
            "expired_batch",
            f"批次 {batch.batch_no} 已过保质期（{batch.expires}），没有登记；请把它卸下，换别的批次",
            f"Batch {batch.batch_no} was best before {batch.expires}; it was not noted: unload it",
        )


def _at_most_what_is_there(courier: Courier, batch: Batch, qty: int) -> None:
    there = selectors.loaded(courier, batch)
    if qty > there:
        raise DeliveryRefused(
            "not_on_vehicle",
            f"批次 {batch.batch_no} 登记在车上的只有 {there}，请核对数量",
            f"Of batch {batch.batch_no} only {there} are noted on the vehicle; check how many",
            status=422,
        )


def delivered(task: DeliveryTask, left: list[tuple[int, str, int]]) -> tuple[list[str], list[str]]:
    """Note the batches that were left: (product, batch no., quantity).

    Returns the stopped ones, and those that the catalogue does not know.
    """
    stopped, unknown = [], []
    for product_id, batch_no, qty in left:
        number = "".join(batch_no.split())
        if not number or not qty:
            continue
        batch = Batch.objects.filter(product_id=product_id, batch_no__iexact=number).first()
        if batch is None:
            unknown.append(number)
            continue
        BatchOnRoad.objects.get_or_create(
            key=f"task:{task.pk}:{batch.pk}",
            defaults={
                "courier": task.courier,
                "batch": batch,
                "task": task,
                "move": BatchMove.DELIVERED,
                "qty": qty,
                "at": task.done_at or timezone.now(),
            },
        )
        if batch.stop_sale:
            stopped.append(batch.batch_no)
    return stopped, unknown
