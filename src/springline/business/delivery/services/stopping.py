"""The sale of a batch is stopped: who has it on the vehicle must know, and so must the station."""

from django.utils import timezone

from springline.business import notices
from springline.business.catalog.models import Batch
from springline.business.delivery import carrying
from springline.business.messaging.services import tell_robots

# In a robot's message, which has room for some; all are told on their phones.
MOST_NAMED = 20


def stop_changed(batch: Batch) -> None:
    """Carriers' phones read it at once; robots are told who they are. Also when the sale goes on."""
    now = timezone.now()
    there = [one for of in carrying.carried(now, [batch]) for one in of.carriers]
    for one in there:
        notices.announce("load", batch.pk, courier_id=one.courier_id)
    if not (batch.stop_sale and there):
        return
    product = batch.product
    who = "、".join(f"{one.courier}（{one.station}）{one.left} {product.unit}" for one in there[:MOST_NAMED])
    if len(there) > MOST_NAMED:
        who += f" 等 {len(there)} 人"
    tell_robots(
        "batch.stopped",
        f"批次 {batch.batch_no}（{product.name_zh}）已停售，还登记在车上：{who}。请通知带回站点。",
        key=f"batch-stopped:{batch.pk}:{batch.stopped_at:%Y%m%d%H%M%S}",
        about=batch.batch_no,
    )
