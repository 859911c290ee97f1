"""A courier's day: what was delivered and taken, and the cash that is handed over for it."""

from datetime import date

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.days import bounds
from springline.business.delivery import schemas as io
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import (
    BatchOnRoad,
    CashHandover,
    CommissionEntry,
    Courier,
    DaySignOff,
    DeliveryTask,
)
from springline.business.delivery.states import OPEN, BatchMove, HandoverState, TaskState
from springline.business.orders.models import OrderLine


def of_day(courier: Courier, day: date) -> io.SettlementOut:
    start, end = bounds(day)
    mine = DeliveryTask.objects.filter(courier=courier)
    closed = mine.filter(done_at__gte=start, done_at__lt=end)
    done = closed.filter(state=TaskState.DELIVERED)
    sums = done.aggregate(
        count=Count("id"),
        buckets=Sum("delivered_qty"),
        empties=Sum("empties"),
        vouchers=Sum("vouchers"),
        due=Sum("due_fen"),
        cash=Sum("cash_fen"),
        wechat=Sum("wechat_fen"),
    )
    handovers = list(
        CashHandover.objects.filter(courier=courier, day=day).select_related("confirmed_by", "courier")
    )
    handed = sum(row.received_fen for row in handovers)
    earned = CommissionEntry.objects.filter(courier=courier, day=day).aggregate(fen=Sum("fen"))["fen"]
    loaded, returned, left, unnoted = _loads(courier, day, done)
    return io.SettlementOut(
        day=day.isoformat(),
        delivered=sums["count"],
        failed=closed.filter(state=TaskState.FAILED).count(),
        open=mine.filter(state__in=OPEN).count(),
        products=_products(done),
        loaded=loaded,
        returned=returned,
        left=left,
        unnoted=unnoted,
        buckets=sums["buckets"] or 0,
        empties=sums["empties"] or 0,
        vouchers=sums["vouchers"] or 0,
        cash_due_fen=sums["due"] or 0,
        cash_fen=sums["cash"] or 0,
        wechat_fen=sums["wechat"] or 0,
        commission_fen=earned or 0,
        handed_fen=handed,
        to_hand_fen=(sums["cash"] or 0) - handed,
        handovers=[handover(row) for row in handovers],
        signed=_signed(_last_signature(courier, day), sums["cash"] or 0, handed),
    )


def _last_signature(courier: Courier, day: date) -> DaySignOff | None:
    return DaySignOff.objects.filter(courier=courier, day=day).select_related("by", "courier").first()


def _signed(row: DaySignOff | None, cash_fen: int, handed_fen: int) -> io.SignedOut | None:
    if row is None:
        return None
    return io.SignedOut(
        at=row.at,
        by=row.by.name or row.by.username,
        cash_fen=row.cash_fen,
        handed_fen=row.handed_fen,
        difference_fen=row.difference_fen,
        note=row.note,
        current=(row.cash_fen, row.handed_fen) == (cash_fen, handed_fen),
    )


def _loads(courier: Courier, day: date, done: QuerySet[DeliveryTask]) -> tuple[int, int, int, int]:
    """Loaded, brought back; product by product what is left of it, and what went without a load."""
    start, end = bounds(day)
    rows = BatchOnRoad.objects.standing().filter(courier=courier, at__gte=start, at__lt=end)
    moved = rows.values_list("move", "batch__product").annotate(total=Sum("qty")).order_by()
    sums = {(move, product): total for move, product, total in moved}
    lines = OrderLine.objects.filter(order__in=done.values("order_id"), delivered__gt=0)
    gone = dict(lines.values_list("product").annotate(total=Sum("delivered")).order_by())

    def of(move: BatchMove) -> dict[int, int]:
        return {product: total for (kind, product), total in sums.items() if kind == move}

    loaded, returned = of(BatchMove.LOADED), of(BatchMove.RETURNED)
    there = [
        loaded.get(product, 0) - returned.get(product, 0) - gone.get(product, 0)
        for product in {*loaded, *returned, *gone}
    ]
    left, lacking = sum(max(0, qty) for qty in there), sum(max(0, -qty) for qty in there)
    return sum(loaded.values()), sum(returned.values()), left, lacking


def _products(done: QuerySet[DeliveryTask]) -> list[io.CountOut]:
    lines = OrderLine.objects.filter(order__in=done.values("order_id"), delivered__gt=0)
    rows = lines.values("name").annotate(total=Sum("delivered")).order_by("name")
    return [io.CountOut(name=row["name"], qty=row["total"]) for row in rows]


def handover(row: CashHandover) -> io.HandoverOut:
    return io.HandoverOut(
        id=row.pk,
        courier_id=row.courier_id,
        courier=row.courier.name,
        day=row.day.isoformat(),
        due_fen=row.due_fen,
        declared_fen=row.declared_fen,
        counted_fen=row.counted_fen,
        difference_fen=row.difference_fen,
        state=row.state,
        declared_at=row.declared_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        note=row.note,
    )


@transaction.atomic
def declare(courier: Courier, day: date, cash_fen: int, key: str) -> CashHandover:
    """The courier brings cash; once per key. Raises DeliveryRefused for a day that is still to come."""
    # Two handovers at once would both see the same money as due.
    Courier.objects.select_for_update().get(pk=courier.pk)
    known = CashHandover.objects.filter(key=key).first()
    if known is not None:
        if known.courier_id != courier.pk:
            raise DeliveryRefused("key_taken", "提交编号已被使用", "This number is taken")
        return known
    if day > timezone.localdate():
        raise DeliveryRefused("future_day", "不能交未来日期的款", "This day is still to come", status=422)
    due = of_day(courier, day).to_hand_fen
    row = CashHandover.objects.create(courier=courier, day=day, key=key, due_fen=due, declared_fen=cash_fen)
    audit(courier.user, "cash.declared", row, fen=cash_fen, due_fen=due)
    notices.announce("cash", row.pk)
    return row


@transaction.atomic
def confirm(handover_id: int, counted_fen: int, by: User, note: str = "") -> CashHandover:
    """Somebody else counted it. A difference needs a note. Raises DeliveryRefused."""
    row = CashHandover.objects.select_for_update().filter(pk=handover_id).first()
    if row is None:
        raise DeliveryRefused("not_found", "没有这笔交款", "There is no such handover", status=404)
    if row.courier.user_id == by.pk:
        raise DeliveryRefused("own_approval", "需由另一人确认", "A second person must confirm")
    if row.state == HandoverState.CONFIRMED:
        if row.counted_fen == counted_fen:
            return row
        raise DeliveryRefused("confirmed", "该笔交款已确认", "This handover was confirmed already")
    if counted_fen != row.due_fen and not note.strip():
        raise DeliveryRefused(
            "note_missing", "实收与应收不符，请说明原因", "The sum differs; say why", status=422
        )
    row.counted_fen, row.confirmed_by, row.confirmed_at = counted_fen, by, timezone.now()
    row.state, row.note = HandoverState.CONFIRMED, note.strip()[:200]
    row.save(update_fields=["counted_fen", "confirmed_by", "confirmed_at", "state", "note"])
    audit(by, "cash.confirmed", row, counted_fen=counted_fen, difference_fen=row.difference_fen)
    notices.announce("cash", row.pk)
    return row
