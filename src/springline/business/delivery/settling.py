"""A courier's day: what was delivered and taken, and the cash that is handed over for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

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
    return of_days([courier.pk], day)[courier.pk]


def of_days(couriers: Sequence[int], day: date) -> dict[int, io.SettlementOut]:
    """The day of each of them: as many queries for fifty as for one."""
    start, end = bounds(day)
    mine = DeliveryTask.objects.filter(courier__in=couriers).order_by()
    closed = mine.filter(done_at__gte=start, done_at__lt=end)
    done = closed.filter(state=TaskState.DELIVERED)
    sums = {row["courier_id"]: row for row in done.values("courier_id").annotate(**_SUMS)}
    failed, waiting = _counts(closed.filter(state=TaskState.FAILED)), _counts(mine.filter(state__in=OPEN))
    handovers: dict[int, list[CashHandover]] = {}
    for row in CashHandover.objects.filter(courier__in=couriers, day=day).select_related(
        "confirmed_by", "courier"
    ):
        handovers.setdefault(row.courier_id, []).append(row)
    entries = CommissionEntry.objects.filter(courier__in=couriers, day=day).order_by()
    earned = dict(entries.values_list("courier_id").annotate(fen=Sum("fen")))
    moved, gone, signed = _moved(couriers, day), _gone(done), _last_signatures(couriers, day)
    return {
        one: _settlement(
            day,
            sums.get(one, {}),
            handovers.get(one, []),
            gone.get(one, Counter()),
            moved.get(one, {}),
            signed.get(one),
            failed=failed.get(one, 0),
            open=waiting.get(one, 0),
            commission_fen=earned.get(one) or 0,
        )
        for one in couriers
    }


_SUMS = {
    "count": Count("id"),
    "buckets": Sum("delivered_qty"),
    "empties": Sum("empties"),
    "vouchers": Sum("vouchers"),
    "due": Sum("due_fen"),
    "cash": Sum("cash_fen"),
    "wechat": Sum("wechat_fen"),
}
# Product and its name → buckets.
Gone: TypeAlias = "Counter[tuple[int, str]]"
Moved: TypeAlias = dict[tuple[str, int], int]


def _settlement(
    day: date,
    sums: Mapping[str, int],
    handovers: list[CashHandover],
    gone: Gone,
    moved: Moved,
    signed: DaySignOff | None,
    **counts: int,
) -> io.SettlementOut:
    handed, cash = sum(row.received_fen for row in handovers), sums.get("cash") or 0
    loaded, returned, left, unnoted = _loads(moved, gone)
    products: Counter[str] = Counter()
    for (_product, name), qty in gone.items():
        products[name] += qty
    return io.SettlementOut(
        day=day.isoformat(),
        delivered=sums.get("count", 0),
        products=[io.CountOut(name=name, qty=qty) for name, qty in sorted(products.items())],
        loaded=loaded,
        returned=returned,
        left=left,
        unnoted=unnoted,
        buckets=sums.get("buckets") or 0,
        empties=sums.get("empties") or 0,
        vouchers=sums.get("vouchers") or 0,
        cash_due_fen=sums.get("due") or 0,
        cash_fen=cash,
        wechat_fen=sums.get("wechat") or 0,
        handed_fen=handed,
        to_hand_fen=cash - handed,
        handovers=[handover(row) for row in handovers],
        signed=_signed(signed, cash, handed),
        **counts,
    )


def _counts(tasks: QuerySet[DeliveryTask]) -> dict[int, int]:
    return dict(tasks.values_list("courier_id").annotate(Count("id")))


def _last_signatures(couriers: Sequence[int], day: date) -> dict[int, DaySignOff]:
    rows = DaySignOff.objects.filter(courier__in=couriers, day=day).select_related("by", "courier")
    return {row.courier_id: row for row in rows.order_by("id")}


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


def _moved(couriers: Sequence[int], day: date) -> dict[int, Moved]:
    """By courier: what was loaded and brought back of each product."""
    start, end = bounds(day)
    rows = BatchOnRoad.objects.standing().filter(courier__in=couriers, at__gte=start, at__lt=end)
    sums = rows.values_list("courier_id", "move", "batch__product").annotate(total=Sum("qty")).order_by()
    found: dict[int, Moved] = {}
    for courier_id, move, product, total in sums:
        found.setdefault(courier_id, {})[move, product] = total
    return found


def _gone(done: QuerySet[DeliveryTask]) -> dict[int, Gone]:
    """By courier: what was left at doors."""
    whose = dict(done.values_list("order_id", "courier_id"))
    lines = OrderLine.objects.filter(order__in=done.values("order_id"), delivered__gt=0).order_by()
    found: dict[int, Gone] = {}
    for order_id, product, name, qty in lines.values_list("order_id", "product_id", "name", "delivered"):
        found.setdefault(whose[order_id], Counter())[product, name] += qty or 0
    return found


def _loads(moved: Moved, there: Gone) -> tuple[int, int, int, int]:
    """Loaded, brought back; product by product what is left of it, and what went without a load."""
    gone: Counter[int] = Counter()
    for (product, _name), qty in there.items():
        gone[product] += qty

    def of(move: BatchMove) -> dict[int, int]:
        return {product: total for (kind, product), total in moved.items() if kind == move}

    loaded, returned = of(BatchMove.LOADED), of(BatchMove.RETURNED)
    over = [
        loaded.get(product, 0) - returned.get(product, 0) - gone.get(product, 0)
        for product in {*loaded, *returned, *gone}
    ]
    left, lacking = sum(max(0, qty) for qty in over), sum(max(0, -qty) for qty in over)
    return sum(loaded.values()), sum(returned.values()), left, lacking


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
