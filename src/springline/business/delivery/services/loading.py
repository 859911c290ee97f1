"""Which batch is on which vehicle."""

from django.db import transaction

from springline.business.catalog.models import Batch
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import BatchOnRoad, Courier, DeliveryTask
from springline.business.delivery.states import BatchMove


@transaction.atomic
def load(courier: Courier, sku: str, batch_no: str, qty: int, key: str) -> BatchOnRoad:
    """Once per key. Raises DeliveryRefused: no such batch (404), or its sale is stopped."""
    known = BatchOnRoad.objects.filter(key=key, courier=courier).select_related("batch").first()
    if known is not None:
        return known
    batch = Batch.objects.filter(product__sku=sku, batch_no__iexact="".join(batch_no.split())).first()
    if batch is None:
        raise DeliveryRefused("unknown_batch", "没有这个批次", "There is no such batch", status=404)
    if batch.stop_sale:
        raise DeliveryRefused(
            "stopped_batch", "该批次已停售，请勿装车", "The sale of this batch is stopped; do not load it"
        )
    return BatchOnRoad.objects.create(courier=courier, batch=batch, move=BatchMove.LOADED, qty=qty, key=key)


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
            },
        )
        if batch.stop_sale:
            stopped.append(batch.batch_no)
    return stopped, unknown
