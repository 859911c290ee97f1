"""Several complaints of water quality about one batch: a proposal to stop its sale, decided by one click."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from springline.business.accounts.services import audit
from springline.business.catalog.models import Batch
from springline.business.catalog.services import stop_sale
from springline.business.complaints.models import BatchAlert, Complaint
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.shared import Actor, log, person
from springline.business.complaints.states import AlertState, Decision, EventKind, Kind, State, decided
from springline.business.messaging.services import tell_robots
from springline.platform.states import IllegalTransition

# Handbook, chapter 6.
ENOUGH = 2


def about(batch_no: str) -> list[Complaint]:
    """All complaints of water quality about a batch, also answered and closed ones, the oldest first."""
    rows = Complaint.objects.filter(kind=Kind.QUALITY, batch_no=batch_no).exclude(state=State.WITHDRAWN)
    return list(rows.order_by("filed_at"))


def watch(row: Complaint, by: Actor) -> BatchAlert | None:
    """The alert of the complaint's batch, when there are enough of them and its sale goes on."""
    found = about(row.batch_no)
    if row.kind != Kind.QUALITY or len(found) < ENOUGH or (row.batch is not None and row.batch.stop_sale):
        return None
    alert, new = BatchAlert.objects.get_or_create(batch_no=row.batch_no, state=AlertState.OPEN)
    if new:
        log(row, EventKind.STOP_PROPOSED, by, alert=alert.pk, complaints=[one.no for one in found])
        tell_robots(
            "complaint.batch",
            f"批次 {row.batch_no} 已有 {len(found)} 起水质投诉，请负责人决定是否停售。",
            key=f"batch-alert:{alert.pk}",
            about=row.no,
        )
    return alert


@transaction.atomic
def decide_alert(alert_id: int, decision: Decision, why: str, by: Actor) -> BatchAlert:
    """Stop the batch or not. Raises ComplaintRefused: `unknown_alert`, `decided`, `batch_unknown`,
    `reason_missing` (for not stopping).
    """
    alert = BatchAlert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise ComplaintRefused("unknown_alert", "没有这条提醒", "There is no such alert")
    found = about(alert.batch_no)
    try:
        alert.state = decided(alert.state, decision)
    except IllegalTransition as error:
        raise ComplaintRefused("decided", "已有人处理", "This was decided already") from error
    numbers = "、".join(row.no for row in found)
    if decision is Decision.ACCEPT:
        why = why.strip() or f"{len(found)} 起水质投诉：{numbers}"
        batches = batches_of(alert.batch_no, found)
        if not batches:
            raise ComplaintRefused(
                "batch_unknown",
                "商品目录里没有这个批次，请先在后台登记批次再停售",
                "The catalogue has no such batch: enter it in the back office, then stop it",
            )
        for batch in batches:
            stop_sale(batch.pk, why, by)
    elif not why.strip():
        raise ComplaintRefused("reason_missing", "请填写不停售的原因", "Say why it is not stopped")
    alert.why, alert.decided_at, alert.decided_by = why.strip()[:200], timezone.now(), person(by)
    alert.save(update_fields=["state", "why", "decided_at", "decided_by"])
    kind = EventKind.STOPPED if decision is Decision.ACCEPT else EventKind.DISMISSED
    for row in found:
        log(row, kind, by, why, alert=alert.pk)
    audit(by, f"batch_alert.{alert.state}", alert, why=why, batch_no=alert.batch_no)
    return alert


def batches_of(batch_no: str, found: list[Complaint]) -> list[Batch]:
    """What a stop stops: the batches the complaints name, else all of that number, whatever the product."""
    named = {row.batch_id for row in found if row.batch_id}
    rows = Batch.objects.filter(Q(pk__in=named) if named else Q(batch_no__iexact=batch_no))
    return list(rows.select_related("product"))
